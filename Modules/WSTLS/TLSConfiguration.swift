/// What a ``TLSContext`` is made of, with the names and defaults of Node's `tls.createSecureContext`.
public struct TLSConfiguration: Sendable, Hashable {
    /// The authorities to trust, instead of the system's; nil for the system's.
    public var ca: [TLSMaterial]?
    /// Our certificate, followed by those between it and its authority.
    public var cert: TLSMaterial?
    /// The private key of ``cert``.
    public var key: TLSMaterial?
    /// Key and certificates in one PKCS #12 archive, instead of ``cert`` and ``key``.
    public var pfx: TLSMaterial?
    /// What ``key`` or ``pfx`` is encrypted with.
    public var passphrase: String?
    /// OpenSSL's cipher list, with names of TLS 1.3 (`TLS_…`) among them if those are to be chosen too; nil for OpenSSL's
    /// defaults.
    public var ciphers: String?
    /// The oldest version to speak; one before TLS 1.2 is taken for TLS 1.2.
    public var minVersion = TLSVersion.tls12
    /// The newest version to speak. Below ``minVersion``, nothing is left to speak, and each handshake fails.
    public var maxVersion = TLSVersion.tls13
    /// How long a session can be resumed, in seconds.
    public var sessionTimeout = 300

    /// The defaults.
    public init() {}
}
