import WSConnection
import WSDeflate
import WSFrame

/// One end of an open connection that has agreed on compression, with no socket. It notes its events as lines.
final class End {
    private var connection: Connection
    private(set) var events: [String] = []
    private(set) var messages: [Message] = []
    let role: Role

    init(
        _ role: Role, _ parameters: PerMessageDeflateParameters = PerMessageDeflateParameters(),
        _ options: PerMessageDeflateOptions = PerMessageDeflateOptions(),
        workspace: DeflateWorkspace = DeflateWorkspace(),
        _ configure: (inout ConnectionConfiguration) -> Void = { _ in }
    ) {
        self.role = role
        var configuration = ConnectionConfiguration()
        configure(&configuration)
        let terms = PerMessageDeflate.Terms(parameters, isServer: role == .server, options, in: workspace)
        connection = Connection(
            upgraded: role, configuration: .init(configuration), keys: role == .client ? ZeroKeys() : nil,
            compression: terms, now: .zero)
    }

    /// Takes bytes, and all events that follow.
    func receive(_ bytes: [UInt8]) {
        connection.receive(Bytes(bytes), now: .zero)
        pullEvents()
    }

    func pullEvents() {
        while let event = connection.nextEvent(now: .zero) { note(event) }
        connection.releaseInput()
    }

    private func note(_ event: ConnectionEvent) {
        switch event {
        case .message(let message):
            messages.append(message)
            let isLong = message.bytes.count > 40
            events.append(
                isLong
                    ? "message of \(message.bytes.count)"
                    : message.isBinary ? "binary \(message.bytes)" : "text \(message.text)")
        case .messagePart(let part): events.append("part of \(part.bytes.count)\(part.isLast ? ", last" : "")")
        case .ping(let bytes): events.append("ping \(String(bytes))")
        case .pong: events.append("pong")
        case .closing(let frame): events.append("closing \(frame.reportedCode.rawValue)")
        case .failed(let failure): events.append("failed \(failure.closeCode?.rawValue ?? 0)")
        case .closed(let report): events.append("closed \(report.code.rawValue)")
        default: events.append("\(event)")
        }
    }

    /// What this end has to say.
    func takeOutput() -> [UInt8] { connection.takeOutput() }

    func send(_ text: String, isFinal: Bool = true, compress: Bool = true) throws {
        try connection.send(text: text, isFinal: isFinal, compress: compress, now: .zero)
    }

    func send(_ bytes: [UInt8], isFinal: Bool = true, compress: Bool = true) throws {
        try connection.send(Bytes(bytes), isBinary: true, isFinal: isFinal, compress: compress, now: .zero)
    }

    func send(_ prepared: PreparedMessage) throws { try connection.send(prepared, now: .zero) }
    func ping() throws { try connection.sendPing(now: .zero) }
    func close() throws { try connection.close(code: .normalClosure, now: .zero) }
    func receiveEnd() {
        connection.receiveEnd(now: .zero)
        pullEvents()
    }

    var hasPostponedInput: Bool { connection.hasPostponedInput }
    var wantsToRead: Bool { connection.wantsToRead }
    func beginTurn() {
        connection.beginTurn()
        pullEvents()
    }

    /// A frame the peer of this end writes; a client's key is zero.
    func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let mask: UInt8 = role == .server ? 0x80 : 0
        let length: [UInt8] =
            payload.count < 126
            ? [mask | UInt8(payload.count)]
            : payload.count < 65_536
                ? [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
                : [mask | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        return [first] + length + (mask == 0 ? [] : [0, 0, 0, 0]) + payload
    }
}

/// Keys that change nothing.
private final class ZeroKeys: MaskingKeySource {
    func nextKey() -> MaskingKey { .zero }
}
