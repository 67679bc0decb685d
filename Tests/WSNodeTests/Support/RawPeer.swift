import Testing
import WSNode

/// One end of a plain byte stream: it writes bytes made by hand and collects what comes.
final class RawPeer: TransportHandler {
    /// What has arrived and was not taken.
    private(set) var received: [UInt8] = []
    /// Whether the other end has ended the stream.
    private(set) var hasEnded = false
    /// Why the stream was lost.
    private(set) var failure: TransportError?
    private(set) var isConnected: Bool

    /// Whether nothing more will come.
    var isOver: Bool { hasEnded || failure != nil }

    /// Called when something has arrived or ended.
    var onInput: (() -> Void)?

    /// Whether to leave what arrives with the system.
    var isPaused = false {
        didSet { updateInterest() }
    }

    private let transport: any Transport
    private var unwritten: [UInt8] = []
    /// How much of `unwritten` was taken.
    private var written = 0
    private var endsWhenWritten = false

    init(_ transport: any Transport, isConnected: Bool) {
        self.transport = transport
        self.isConnected = isConnected
        transport.handler = self
        if isConnected { updateInterest() }
    }

    // MARK: Writing

    func write(_ bytes: [UInt8]) {
        unwritten += bytes
        flush()
    }

    func write(_ text: String) { write(Array(text.utf8)) }

    /// Ends our side once all is written.
    func end() {
        endsWhenWritten = true
        flush()
    }

    func close() { transport.close() }
    func reset() { transport.reset() }

    /// Bytes that the other end has not taken yet.
    var unwrittenCount: Int { unwritten.count - written }

    private func flush() {
        guard isConnected else { return }
        while written < unwritten.count {
            let outcome = unwritten.withUnsafeBytes { bytes in
                transport.write(
                    UnsafeRawBufferPointer(rebasing: bytes[written...]), UnsafeRawBufferPointer(start: nil, count: 0))
            }
            guard case .wrote(let count) = outcome, count > 0 else {
                if case .failed(let error) = outcome { failure = failure ?? error }
                break
            }
            written += count
        }
        if written == unwritten.count {
            unwritten = []
            written = 0
            if endsWhenWritten { transport.endWriting() }
        }
        updateInterest()
    }

    private func updateInterest() {
        guard isConnected else { return }
        transport.setInterest(reading: !isPaused && !isOver, writing: !unwritten.isEmpty && failure == nil)
    }

    // MARK: Reading

    /// All that has arrived, as text.
    var text: String { String(decoding: received, as: UTF8.self) }

    /// The frames that have arrived.
    var frames: [Wire.Frame] { Wire.frames(in: received) }

    /// Takes an HTTP head, if one has arrived.
    func takeHead() -> String? {
        let end = Array("\r\n\r\n".utf8)
        guard received.count >= end.count else { return nil }
        for index in 0...(received.count - end.count) where received[index..<index + end.count].elementsEqual(end) {
            let head = String(decoding: received[..<index], as: UTF8.self)
            received.removeFirst(index + end.count)
            return head
        }
        return nil
    }

    /// Takes all that has arrived, when it is enough.
    func take(when isEnough: ([UInt8]) -> Bool) -> [UInt8]? {
        guard isEnough(received) else { return nil }
        defer { received = [] }
        return received
    }

    /// Forgets what has arrived.
    func clear() { received = [] }

    // MARK: From the transport

    func transportDidConnect(_ transport: any Transport) {
        isConnected = true
        flush()
    }

    func transport(_ transport: any Transport, didFailToConnect error: TransportError) {
        failure = error
        onInput?()
    }

    func transport(_ transport: any Transport, isReady readiness: Readiness) {
        if readiness.contains(.writable) { flush() }
        guard !isPaused, readiness.contains(.readable) || readiness.contains(.closed) else { return }
        let capacity = 64 * 1024
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
        defer { chunk.deallocate() }
        guard let base = chunk.baseAddress else { return }
        switch transport.read(into: base, capacity: capacity) {
        case .bytes(let count): received.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        case .wouldBlock: return
        case .ended: hasEnded = true
        case .failed(let error): failure = error
        }
        updateInterest()
        onInput?()
    }
}

extension TestLoop {
    /// Connects a byte stream to a server.
    func connectRaw(to server: WebSocketServer) throws -> RawPeer {
        let port = try #require(server.address()).port
        let peer = RawPeer(events.backend.connect(to: .tcp(host: "127.0.0.1", port: port)), isConnected: false)
        track(peer)
        return peer
    }

    /// Connects a byte stream to a server and does the opening handshake. Answers the head of the server's answer too.
    func upgradeRaw(
        to server: WebSocketServer, _ request: [UInt8] = Wire.request(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> (peer: RawPeer, accepted: WebSocket, head: String) {
        var accepted: WebSocket?
        server.once(.connection) { socket, _ in accepted = socket }
        let peer = try connectRaw(to: server)
        peer.write(request)
        var head: String?
        try run(
            until: {
                head = head ?? peer.takeHead()
                return head != nil && accepted != nil
            }, "the upgrade was refused", sourceLocation: sourceLocation)
        let socket = try #require(accepted)
        track(socket)
        return (peer, socket, try #require(head))
    }
}
