/// The 101 that has opened a client's connection.
public struct UpgradeResponse: Sendable, Equatable {
    /// The whole head, with cookies and the like (RFC 6455 §4.1).
    public let head: ResponseHead
    /// The subprotocol in use, one of those offered; nil when none was offered.
    public let subprotocol: String?
    /// The extensions in use, in the order in which they apply. Each was offered and comes once; its parameters are the
    /// extension's to check.
    public let extensions: [ExtensionOffer]
}
