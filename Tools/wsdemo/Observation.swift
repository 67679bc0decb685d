import ToolSupport
import WSNode

/// Something that one side of a connection has seen.
struct Observation: Equatable, Sendable {
    enum Side: String, Sendable {
        case client
        case server
    }

    enum What: Equatable, Sendable {
        case open
        case text(String)
        case binary([UInt8])
        case ping(String)
        case pong(String)
        case closed(CloseCode, String)
    }

    let side: Side
    let what: What

    init(_ side: Side, _ what: What) {
        self.side = side
        self.what = what
    }

    /// A message as one side has received it.
    init(_ side: Side, _ message: Message) {
        self.init(side, message.isBinary ? .binary(Array(message.bytes)) : .text(message.text))
    }
}

extension Observation.What: CustomStringConvertible {
    var description: String {
        switch self {
        case .open: "is open"
        case .text(let text): "receives text \"\(String(escaping: text))\""
        case .binary(let bytes): "receives \(bytes.count) bytes: \(Bytes(bytes))"
        case .ping(let data): "receives a ping with \"\(String(escaping: data))\" and answers it"
        case .pong(let data): "receives a pong with \"\(String(escaping: data))\""
        case .closed(let code, let reason): "is closed: \(code.rawValue) \"\(String(escaping: reason))\""
        }
    }
}
