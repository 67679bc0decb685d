/// Why a `Sec-WebSocket-Extensions` or `Sec-WebSocket-Protocol` value is not what its grammar says (RFC 6455 §9.1, §4.1).
public enum HeaderSyntaxError: Error, Equatable, Sendable {
    /// A character that cannot stand at this position, counted from 0.
    case unexpectedCharacter(index: Int)
    /// The value ends where more had to follow.
    case unexpectedEnd
    /// A subprotocol that is named twice.
    case duplicate(String)
}

extension HeaderSyntaxError: CustomStringConvertible {
    /// The text Node's `ws` gives the same fault.
    public var description: String {
        switch self {
        case .unexpectedCharacter(let index): "Unexpected character at index \(index)"
        case .unexpectedEnd: "Unexpected end of input"
        case .duplicate(let name): "The \"\(name)\" subprotocol is duplicated"
        }
    }
}
