import WSConnection
import WSFrame
import WSHandshake

/// The events of one stream, up to the close frame or the fault that ends it, in words that other implementations can be
/// compared by:
///
///     text:<bytes>:<CRC-32> binary:<bytes>:<CRC-32> ping:<hex> pong:<hex> close:<code>:<hex> fail:<code>:<rule>
struct Judgement {
    private(set) var line = ""

    /// Without limits, since the others have other ones.
    private static let configuration: ConnectionConfiguration.Shared = {
        var limits = Limits.standard
        limits.maxPayload = 0
        limits.maxFragments = 0
        return ConnectionConfiguration.Shared(ConnectionConfiguration(limits: limits))
    }()

    init(of stream: ArraySlice<UInt8>, received role: Role) {
        var connection = Connection(
            upgraded: role, configuration: Self.configuration, keys: SeededMaskingKeys(seed: 1), now: .zero)
        connection.receive(Bytes(stream), now: .zero)
        while let event = connection.nextEvent(now: .zero), add(event) {
            connection.discardOutput()
        }
    }

    /// Adds an event. Whether more may follow.
    private mutating func add(_ event: ConnectionEvent) -> Bool {
        if !line.isEmpty { line += " " }
        switch event {
        case .message(let message):
            line += "\(message.isBinary ? "binary" : "text"):\(message.bytes.count):"
            line += String(CRC32.checksum(of: message.bytes), radix: 16)
        case .ping(let bytes): line += "ping:\(hex(bytes))"
        case .pong(let bytes): line += "pong:\(hex(bytes))"
        case .closing(let frame):
            line += "close:\(frame.reportedCode.rawValue):\(hex(frame.reason))"
            return false
        case .failed(let failure):
            line += "fail:\(failure.closeCode?.rawValue ?? 0):\(failure.rule)"
            return false
        case .messagePart, .drained, .closed, .opened, .upgradeRequested, .plainRequest, .refused, .upgradeResponse,
            .unexpectedResponse, .responseBody:
            line += "unexpected:\(event)"
            return false
        }
        return true
    }

    private func hex(_ bytes: Bytes) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension ConnectionFailure {
    /// The rule that was broken, as one word.
    fileprivate var rule: String {
        let words = "\(self)".split { !$0.isLetter && !$0.isNumber && $0 != "." && $0 != "_" }
        // Of `frame(WSFrame.FrameError.reservedOpcode(3))`, the case inside, without what it holds.
        let word = words.first { $0.contains(".") } ?? words.first ?? ""
        return word.split(separator: ".").last.map(String.init) ?? "unknown"
    }
}

/// The checksum of IEEE 802.3, as zlib has it.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }

    static func checksum(of bytes: Bytes) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            bytes.withUnsafeBytes { bytes in
                ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
            }
        }
    }
}
