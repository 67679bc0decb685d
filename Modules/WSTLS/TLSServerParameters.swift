/// What one connection of a server is about.
public struct TLSServerParameters {
    /// Whether the client is asked for a certificate.
    public var requestCert = false
    /// Whether a client that was asked and presents none, or one that cannot be traced to an authority, is refused. If not,
    /// ``TLSFilter/authorizationError`` tells.
    public var rejectUnauthorized = true
    /// Chooses another context for the name the client asks for by SNI; nil keeps the first. Called while bytes are
    /// received, and must not use the filter.
    public var selectContext: ((String) -> TLSContext?)?

    /// The defaults.
    public init() {}
}
