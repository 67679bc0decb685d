/// What one connection of a client is about.
public struct TLSClientParameters {
    /// Whom the server's certificate must be for: a name, or an address literal without brackets.
    public var host: String
    /// What to ask for by SNI; nil for the host if that is a name, empty for nothing.
    public var serverName: String?
    /// Whether a server that cannot prove to be the host is refused. If not, ``TLSFilter/authorizationError`` tells.
    public var rejectUnauthorized = true
    /// A session to resume. What is required of a certificate is then required of the one the session began with.
    public var session: TLSSession?
    /// Judges a certificate that can be traced to an authority, instead of the comparison with ``host``.
    public var checkIdentity: ((TLSCertificate) -> TLSError?)?
    /// Is given each session that can be resumed later. Called while bytes are received, and must not use the filter.
    public var onSession: ((TLSSession) -> Void)?

    /// A connection to a host.
    public init(host: String) {
        self.host = host
    }
}
