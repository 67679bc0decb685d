#if TLS
public import WSTLS

/// How a server secures its connections, with the names and defaults of Node's `tls.createServer`. The certificates, keys
/// and versions of ``WSTLS/TLSConfiguration`` are options too: `tls.cert`, `tls.key`, `tls.pfx`, `tls.passphrase`, `tls.ca`
/// (for the clients' certificates), `tls.ciphers`, `tls.minVersion`, `tls.maxVersion`.
@dynamicMemberLookup
public struct TLSServerOptions {
    /// Certificates, keys and versions.
    public var configuration = TLSConfiguration()
    /// Whether clients are asked for a certificate.
    public var requestCert = false
    /// Whether a client is refused that was asked for a certificate and has none of an authority in `ca`.
    public var rejectUnauthorized = true
    /// Chooses the certificate by the name the client asks for; nil for the server's own.
    public var SNICallback: ((String) -> TLSContext?)?

    /// The defaults, which have no certificate yet.
    public init() {}

    /// A certificate with its key.
    public init(cert: TLSMaterial, key: TLSMaterial) {
        configuration.cert = cert
        configuration.key = key
    }

    /// The options that certificates, keys and versions are.
    public subscript<Value>(dynamicMember path: WritableKeyPath<TLSConfiguration, Value>) -> Value {
        get { configuration[keyPath: path] }
        set { configuration[keyPath: path] = newValue }
    }
}
#endif
