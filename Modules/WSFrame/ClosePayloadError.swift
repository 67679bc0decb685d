/// What is wrong with the body of a close frame (RFC 6455 §5.5.1, §7.4).
public enum ClosePayloadError: Error, Equatable, Sendable {
    /// The body is a single byte, too short for a code (§5.5.1).
    case truncatedCode
    /// The code is one that no close frame may carry (§7.4.2).
    case invalidCode(UInt16)
    /// The reason is not UTF-8 (§5.5.1, §8.1).
    ///
    /// The offset, in the body, is that of the first byte that cannot follow; the body's end when the reason stops in the
    /// middle of a character.
    case invalidReason(offset: Int)

    /// The code of the close frame that answers the fault (§7.4.1).
    public var closeCode: CloseCode {
        switch self {
        case .truncatedCode, .invalidCode: .protocolError
        case .invalidReason: .invalidPayloadData
        }
    }

    /// The section of RFC 6455 that holds the rule, such as `7.4.2`.
    public var rfcSection: String {
        switch self {
        case .truncatedCode: "5.5.1"
        case .invalidCode: "7.4.2"
        case .invalidReason: "8.1"
        }
    }
}
