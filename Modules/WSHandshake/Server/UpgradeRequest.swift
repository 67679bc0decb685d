/// A request that has passed every check of RFC 6455 §4.2.1 and waits for the application's decision.
///
/// Accept it with ``response(subprotocol:extensions:extraFields:allowsUnofferedSubprotocol:)``, or answer with a
/// ``HandshakeRefusal`` and close the connection.
public struct UpgradeRequest: Sendable, Equatable {
    /// The whole head.
    public let head: RequestHead
    /// The `Sec-WebSocket-Key` as it was received, 24 characters.
    public let key: String
    /// The version of the protocol the client speaks.
    public let version: ProtocolVersion
    /// The subprotocols the client offers, most preferred first; tokens, none twice.
    public let subprotocols: [String]
    /// The extensions the client offers, all lines joined and not parsed: read it with ``ExtensionHeader/parse(_:)`` when
    /// extensions are enabled at all. Nil without a line.
    public let extensionsField: String?
    /// The origin of the script that connects, from the field its version uses. Nil means the client is no browser; a
    /// client that is none can claim any origin (RFC 6455 §10.1).
    public let origin: String?
    /// The path and query as they were written.
    public let resourceName: String
    /// The host and port the client means: the target's own when it is in absolute form (RFC 9112 §3.2.2), else the Host
    /// field's.
    public let host: String

    /// The path without the query, as it was written.
    public var path: String {
        String(resourceName.prefix { $0 != "?" })
    }
}
