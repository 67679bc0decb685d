/// How much of a message body a peer may make us read and store.
///
/// Every limit is inclusive. A negative number counts as zero.
public struct BodyLimits: Sendable, Equatable {
    /// Most octets of content; nil for no limit, since content is handed on as it arrives and not stored.
    public var maxBytes: Int? { didSet { maxBytes = maxBytes.map { max(0, $0) } } }
    /// Most octets of chunk extensions in one body, which nobody reads. Default 16 KiB, as Node.
    public var maxExtensionBytes: Int { didSet { maxExtensionBytes = max(0, maxExtensionBytes) } }
    /// What the trailer section may hold: the limits of a head.
    public var trailers: HeadLimits

    /// No limit of content, and Node's limits of what surrounds it.
    public static let standard = BodyLimits()

    /// Limits in octets.
    public init(maxBytes: Int? = nil, maxExtensionBytes: Int = 16 * 1024, trailers: HeadLimits = .standard) {
        self.maxBytes = maxBytes.map { max(0, $0) }
        self.maxExtensionBytes = max(0, maxExtensionBytes)
        self.trailers = trailers
    }
}
