#if TLS
public import WSTLS

/// How a client secures `wss:` and `https:` addresses, with the names and defaults of Node's `tls.connect`. The
/// certificates, keys and versions of ``WSTLS/TLSConfiguration`` are options too: `tls.ca`, `tls.cert`, `tls.key`, `tls.pfx`,
/// `tls.passphrase`, `tls.ciphers`, `tls.minVersion`, `tls.maxVersion`.
///
/// The protocol to speak inside is always `http/1.1` (Node's `ALPNProtocols`).
@dynamicMemberLookup
public struct TLSClientOptions {
    /// Certificates, keys and versions. Sockets with equal ones share what was loaded from them.
    public var configuration = TLSConfiguration()
    /// The name to ask for by SNI, and to expect in the certificate. Nil for the host of the address, unless that is an IP
    /// literal; empty for none, and the certificate is then expected to be for the host.
    public var servername: String?
    /// Whether a server is refused that cannot prove to be who it should be. Without, the connection is secret, but with
    /// whom is anybody's guess: for tests.
    public var rejectUnauthorized = true
    /// Judges the certificate of a server, which can be traced to an authority already, in place of the comparison with
    /// the host: nil accepts it. It is given the name the certificate should be for.
    public var checkServerIdentity: ((String, TLSCertificate) -> WebSocketError?)?
    /// A session to resume, that ``onSession`` was given for the same host.
    public var session: TLSSession?
    /// Is given each session that can be resumed by a later socket (Node's `session` event). It must not use the socket.
    public var onSession: ((TLSSession) -> Void)?

    /// The defaults.
    public init() {}

    /// The options that certificates, keys and versions are.
    public subscript<Value>(dynamicMember path: WritableKeyPath<TLSConfiguration, Value>) -> Value {
        get { configuration[keyPath: path] }
        set { configuration[keyPath: path] = newValue }
    }
}
#endif
