/// How much of an HTTP head a peer may make us read, store and repeat.
///
/// Every limit is inclusive: a head that reaches it exactly still passes. A negative number counts as zero.
public struct HeadLimits: Sendable, Equatable {
    /// Most octets of one head, line ends and leading empty lines included. Default 16 KiB, as Node.
    public var maxBytes: Int { didSet { maxBytes = max(0, maxBytes) } }
    /// Most octets of one field line without its line end, and of the request target. Default 8 KiB; RFC 9112 §3
    /// recommends that at least 8000 octets of request line work.
    public var maxLineBytes: Int { didSet { maxLineBytes = max(0, maxLineBytes) } }
    /// Most field lines of one head. Default 100.
    public var maxFields: Int { didSet { maxFields = max(0, maxFields) } }
    /// Most interim (1xx) responses a client reads before the final one. Default 8.
    public var maxInterimResponses: Int { didSet { maxInterimResponses = max(0, maxInterimResponses) } }
    /// Most empty lines a server skips before the request line. Default 1, what RFC 9112 §2.2 asks for.
    public var maxLeadingEmptyLines: Int { didSet { maxLeadingEmptyLines = max(0, maxLeadingEmptyLines) } }

    /// The limits compatible with what browsers and proxies send.
    public static let standard = HeadLimits()
    /// Tighter limits for servers that face the open network: 8 KiB, 64 fields, 2 interim responses.
    public static let hardened = HeadLimits(maxBytes: 8 * 1024, maxFields: 64, maxInterimResponses: 2)

    /// Limits in octets and counts.
    public init(
        maxBytes: Int = 16 * 1024,
        maxLineBytes: Int = 8 * 1024,
        maxFields: Int = 100,
        maxInterimResponses: Int = 8,
        maxLeadingEmptyLines: Int = 1
    ) {
        self.maxBytes = max(0, maxBytes)
        self.maxLineBytes = max(0, maxLineBytes)
        self.maxFields = max(0, maxFields)
        self.maxInterimResponses = max(0, maxInterimResponses)
        self.maxLeadingEmptyLines = max(0, maxLeadingEmptyLines)
    }
}
