internal import COpenSSL

/// Certificates, keys, trust and versions, loaded and checked: Node's secure context. It serves any number of
/// connections of both roles, and as it never changes, on any number of threads.
@safe public final class TLSContext: @unchecked Sendable {
    /// What it was made of.
    public let configuration: TLSConfiguration
    let pointer: OpaquePointer

    /// Loads what the configuration names.
    ///
    /// - Throws: why a certificate, key, authority or cipher list cannot be used.
    public init(_ configuration: TLSConfiguration = TLSConfiguration()) throws(TLSError) {
        ERR_clear_error()
        guard let pointer = unsafe SSL_CTX_new(TLS_method()) else { throw TLSError.queued(or: .outOfMemory) }
        unsafe self.pointer = pointer
        self.configuration = configuration
        setUpProtocol()
        try limitVersions()
        try chooseCiphers()
        try loadIdentity()
        try loadAuthorities()
        setUpCallbacks()
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }

    /// Whether it has a certificate, as a server needs.
    public var hasCertificate: Bool { unsafe SSL_CTX_get0_certificate(pointer) != nil }

    private func setUpProtocol() {
        unsafe SSL_CTX_set_options(
            pointer, CSSL_NO_COMPRESSION | CSSL_NO_RENEGOTIATION | CSSL_CIPHER_SERVER_PREFERENCE)
        unsafe cssl_set_mode(
            pointer, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER) | Int(SSL_MODE_AUTO_RETRY)
        )
        // Servers resume by tickets, which cost them no memory; clients keep their sessions themselves.
        unsafe cssl_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_BOTH | SSL_SESS_CACHE_NO_INTERNAL))
        unsafe SSL_CTX_set_timeout(pointer, configuration.sessionTimeout)
        // Without a name of their own, sessions with a client's certificate could not be resumed.
        let name = Array("swift-ws".utf8)
        unsafe SSL_CTX_set_session_id_context(pointer, name, UInt32(name.count))
    }

    private func limitVersions() throws(TLSError) {
        try limit(from: max(configuration.minVersion, .tls12), to: configuration.maxVersion)
    }

    private func limit(from oldest: TLSVersion, to newest: TLSVersion) throws(TLSError) {
        guard
            unsafe cssl_set_min_version(pointer, oldest.number) == 1,
            unsafe cssl_set_max_version(pointer, newest.number) == 1
        else { throw TLSError.queued(or: .outOfMemory) }
    }

    /// One list for all versions, as Node has it; OpenSSL keeps the suites of TLS 1.3 apart. A version without any is not
    /// spoken.
    private func chooseCiphers() throws(TLSError) {
        guard let ciphers = configuration.ciphers else { return }
        let names = ciphers.split(separator: ":")
        let suites = names.filter { $0.hasPrefix("TLS_") }.joined(separator: ":")
        let others = names.filter { !$0.hasPrefix("TLS_") }.joined(separator: ":")
        let isSet =
            unsafe SSL_CTX_set_ciphersuites(pointer, suites) == 1
            && (others.isEmpty || SSL_CTX_set_cipher_list(pointer, others) == 1)
        guard isSet else { throw TLSError.queued(or: .outOfMemory) }
        try limit(
            from: others.isEmpty ? .tls13 : max(configuration.minVersion, .tls12),
            to: suites.isEmpty ? min(configuration.maxVersion, .tls12) : configuration.maxVersion)
    }

    private func setUpCallbacks() {
        unsafe SSL_CTX_set_cert_verify_callback(pointer, { chain, _ in unsafe TLSFilter.verify(chain) }, nil)
        unsafe SSL_CTX_set_alpn_select_cb(
            pointer,
            { ssl, chosen, chosenCount, offered, offeredCount, _ in
                unsafe TLSFilter.selectProtocol(ssl, chosen, chosenCount, offered, offeredCount)
            }, nil)
        unsafe cssl_set_server_name_callback(pointer) { ssl, _, _ in unsafe TLSFilter.serverNameArrived(ssl) }
        unsafe SSL_CTX_sess_set_new_cb(pointer) { ssl, session in unsafe TLSFilter.sessionArrived(ssl, session) }
    }
}
