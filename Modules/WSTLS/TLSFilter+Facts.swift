internal import COpenSSL

// What was agreed.
extension TLSFilter {
    /// The version of the protocol: `TLSv1.2` or `TLSv1.3`.
    public var protocolVersion: String { unsafe String(cString: SSL_get_version(ssl)) }

    /// OpenSSL's name of the cipher; nil before there is one.
    public var cipher: String? {
        let name = unsafe cssl_cipher_name(ssl).map { unsafe String(cString: $0) }
        return name == "(NONE)" ? nil : name
    }

    /// The protocol ALPN has settled; nil without.
    public var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(ssl, &name, &count)
        guard let name = unsafe name, count > 0 else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: name, count: Int(count))
        return unsafe TLSError.escaped(String(decoding: bytes, as: UTF8.self))
    }

    /// The name the client has asked for by SNI; nil without.
    public var serverName: String? {
        unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { unsafe TLSError.escaped(String(cString: $0)) }
    }

    /// The certificate of the peer, read anew with each use; nil if it has presented none.
    public var peerCertificate: TLSCertificate? {
        guard let certificate = unsafe SSL_get0_peer_certificate(ssl) else { return nil }
        return unsafe TLSCertificate(certificate)
    }

    /// Whether an earlier session was resumed.
    public var isSessionReused: Bool { unsafe cssl_is_reused(ssl) == 1 }
}
