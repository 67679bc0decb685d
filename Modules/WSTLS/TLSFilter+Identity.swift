internal import COpenSSL

// Who the peer is.
extension TLSFilter {
    /// Called by OpenSSL with the peer's certificates.
    static func verify(_ chain: OpaquePointer?) -> Int32 {
        let index = SSL_get_ex_data_X509_STORE_CTX_idx()
        guard let ssl = unsafe X509_STORE_CTX_get_ex_data(chain, index), let filter = unsafe of(OpaquePointer(ssl))
        else {
            return 0
        }
        return unsafe filter.verify(chain) ? 1 : 0
    }

    /// Looks at the whole chain, whatever is wrong with it, as Node does: the last finding says most.
    private func verify(_ chain: OpaquePointer?) -> Bool {
        unsafe X509_STORE_CTX_set_verify_cb(chain) { _, _ in 1 }
        let isDone = unsafe X509_verify_cert(chain) == 1
        let result = unsafe X509_STORE_CTX_get_error(chain)
        ERR_clear_error()
        guard isDone, result == X509_V_OK else {
            let error = unsafe error(for: result == X509_V_OK ? X509_V_ERR_UNSPECIFIED : result, of: chain)
            guard handshake?.rejectUnauthorized ?? true else {
                authorizationError = error
                return true
            }
            handshake?.verificationError = error
            return false
        }
        return true
    }

    private func error(for result: Int32, of chain: OpaquePointer?) -> TLSError {
        switch result {
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            guard let name = handshake?.name, let certificate = unsafe X509_STORE_CTX_get0_cert(chain) else {
                return TLSError(verification: Int(result))
            }
            return TLSError(unsafe TLSCertificate(certificate), isNotOf: name)
        default: return TLSError(verification: Int(result))
        }
    }

    /// After the handshake: what could not be judged during it, and what a resumed session was not judged for, since no
    /// certificate was exchanged.
    func judgePeer() -> TLSError? {
        guard let handshake else { return nil }
        if let error = wrongProtocol() { return error }
        let isReused = unsafe cssl_is_reused(ssl) == 1
        if isReused, let error = resumedError() {
            if handshake.rejectUnauthorized { return error }
            authorizationError = authorizationError ?? error
        }
        guard isClient, handshake.rejectUnauthorized, let check = handshake.checkIdentity else { return nil }
        guard let certificate = peerCertificate else { return TLSError(verification: Int(X509_V_ERR_UNSPECIFIED)) }
        return check(certificate)
    }

    private func resumedError() -> TLSError? {
        let result = unsafe SSL_get_verify_result(ssl)
        let certificate = unsafe SSL_get0_peer_certificate(ssl)
        // A server asks for certificates only if it is told to.
        if !isClient, unsafe certificate == nil { return nil }
        if result != Int(X509_V_OK) { return TLSError(verification: result) }
        guard isClient, let name = handshake?.name, handshake?.checkIdentity == nil else { return nil }
        guard let certificate = unsafe certificate else { return TLSError(verification: Int(X509_V_ERR_UNSPECIFIED)) }
        if unsafe name.isName(of: certificate) { return nil }
        return TLSError(unsafe TLSCertificate(certificate), isNotOf: name)
    }

    /// OpenSSL takes any answer to what we offered.
    private func wrongProtocol() -> TLSError? {
        guard isClient, let chosen = applicationProtocol, chosen != "http/1.1" else { return nil }
        return TLSError(
            code: "ERR_SSL_BAD_PROTOCOL", reason: "the server has chosen a protocol that was not offered: \(chosen)")
    }

    // MARK: What OpenSSL calls during the handshake

    static func of(_ ssl: OpaquePointer?) -> TLSFilter? {
        guard let pointer = unsafe SSL_get_ex_data(ssl, 0) else { return nil }
        return unsafe Unmanaged<TLSFilter>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// The client has said whom it wants (or that it does not care).
    static func serverNameArrived(_ ssl: OpaquePointer?) -> Int32 {
        guard let name = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name),
            let context = unsafe of(ssl)?.handshake?.selectContext?(String(cString: name))
        else { return SSL_TLSEXT_ERR_OK }
        unsafe SSL_set_SSL_CTX(ssl, context.pointer)
        return SSL_TLSEXT_ERR_OK
    }

    /// The client offers protocols: ours is taken, or else there is nothing to talk (RFC 7301 §3.2).
    static func selectProtocol(
        _ ssl: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
        _ chosenCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ offeredCount: UInt32
    ) -> Int32 {
        guard let offered = unsafe offered else { return SSL_TLSEXT_ERR_NOACK }
        let list = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredCount))
        var next = 0
        while next < list.count {
            let start = next + 1
            let end = unsafe start + Int(list[next])
            guard end <= list.count else { break }
            if unsafe list[start..<end].elementsEqual(protocols.dropFirst()) {
                unsafe chosen?.pointee = unsafe offered + start
                unsafe chosenCount?.pointee = UInt8(end - start)
                return SSL_TLSEXT_ERR_OK
            }
            next = end
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }

    /// The server has given a session that can be resumed. Nothing of it is kept by reference.
    static func sessionArrived(_ ssl: OpaquePointer?, _ session: OpaquePointer?) -> Int32 {
        guard let filter = unsafe of(ssl), filter.isClient, let onSession = filter.onSession else { return 0 }
        let count = unsafe i2d_SSL_SESSION(session, nil)
        guard count > 0 else { return 0 }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(count)) { bytes, written in
            var next = bytes.baseAddress
            written = max(0, Int(unsafe i2d_SSL_SESSION(session, &next)))
        }
        onSession(TLSSession(bytes))
        return 0
    }
}
