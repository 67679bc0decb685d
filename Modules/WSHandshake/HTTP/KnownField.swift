/// The fields the handshake itself reads and writes (RFC 6455 §11.3, RFC 9110).
///
/// A name is recognised once, when its line is read; after that, looking a field up compares one byte per line.
enum KnownField: UInt8, Sendable, CaseIterable {
    case allow
    case authorization
    case connection
    case contentLength
    case contentType
    case expect
    case host
    case origin
    case secWebSocketAccept
    case secWebSocketExtensions
    case secWebSocketKey
    case secWebSocketOrigin
    case secWebSocketProtocol
    case secWebSocketVersion
    case transferEncoding
    case upgrade

    /// The spelling we send.
    var name: String {
        switch self {
        case .allow: "Allow"
        case .authorization: "Authorization"
        case .connection: "Connection"
        case .contentLength: "Content-Length"
        case .contentType: "Content-Type"
        case .expect: "Expect"
        case .host: "Host"
        case .origin: "Origin"
        case .secWebSocketAccept: "Sec-WebSocket-Accept"
        case .secWebSocketExtensions: "Sec-WebSocket-Extensions"
        case .secWebSocketKey: "Sec-WebSocket-Key"
        case .secWebSocketOrigin: "Sec-WebSocket-Origin"
        case .secWebSocketProtocol: "Sec-WebSocket-Protocol"
        case .secWebSocketVersion: "Sec-WebSocket-Version"
        case .transferEncoding: "Transfer-Encoding"
        case .upgrade: "Upgrade"
        }
    }

    /// The field of that name in any letter case, or nil.
    init?(_ name: Span<UInt8>) {
        guard let candidate = Self.candidate(name), name.isEqualIgnoringCase(to: candidate.name) else { return nil }
        self = candidate
    }

    /// The only field a name can be, by its length and, where two share one, by an octet that differs.
    private static func candidate(_ name: Span<UInt8>) -> KnownField? {
        switch name.count {
        case 4: .host
        case 5: .allow
        case 6: name[0].lowercased == UInt8(ascii: "o") ? .origin : .expect
        case 7: .upgrade
        case 10: .connection
        case 12: .contentType
        case 13: .authorization
        case 14: .contentLength
        case 17: name[0].lowercased == UInt8(ascii: "s") ? .secWebSocketKey : .transferEncoding
        case 20: name[14].lowercased == UInt8(ascii: "a") ? .secWebSocketAccept : .secWebSocketOrigin
        case 21: .secWebSocketVersion
        case 22: .secWebSocketProtocol
        case 24: .secWebSocketExtensions
        default: nil
        }
    }
}
