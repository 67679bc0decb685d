/// What differs between the heads of requests and responses: the first line.
protocol HeadStartLine: Sendable {
    /// Whether empty lines before it are skipped (RFC 9112 §2.2).
    static var mayFollowEmptyLines: Bool { get }
    /// Whether folded fields after it are unfolded rather than refused (RFC 9112 §5.2).
    static var unfoldsFields: Bool { get }
    /// Most octets of the whole line.
    static func maxLineBytes(_ limits: HeadLimits) -> Int
    /// The fault of a line that is longer, told from its first octets.
    static func tooLong(beginning: Span<UInt8>, limits: HeadLimits) -> HeadError
    /// Reads the line, in which every octet may stand in a field value.
    init(parsing line: Span<UInt8>, limits: HeadLimits) throws(HeadError)
}
