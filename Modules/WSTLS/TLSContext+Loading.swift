internal import COpenSSL

// Certificates and keys, into the context.
extension TLSContext {
    func loadIdentity() throws(TLSError) {
        if let archive = configuration.pfx { try loadArchive(archive) }
        if let certificates = configuration.cert { try loadCertificates(certificates) }
        if let key = configuration.key { try loadKey(key) }
        guard configuration.cert != nil || configuration.pfx != nil else { return }
        guard unsafe SSL_CTX_check_private_key(pointer) == 1 else { throw TLSError.queued(or: .outOfMemory) }
    }

    /// Our own certificate, then those that lead from it to an authority.
    private func loadCertificates(_ material: TLSMaterial) throws(TLSError) {
        var isFirst = true
        unsafe try forEachCertificate(in: material) { certificate throws(TLSError) in
            if isFirst {
                isFirst = false
                guard unsafe SSL_CTX_use_certificate(pointer, certificate) == 1 else {
                    throw TLSError.queued(or: .outOfMemory)
                }
            } else {
                unsafe try addToChain(certificate)
            }
        }
    }

    private func addToChain(_ certificate: OpaquePointer) throws(TLSError) {
        unsafe X509_up_ref(certificate)
        guard unsafe cssl_add_chain_certificate(pointer, certificate) == 1 else {
            unsafe X509_free(certificate)
            throw TLSError.queued(or: .outOfMemory)
        }
    }

    private func loadKey(_ material: TLSMaterial) throws(TLSError) {
        let key = unsafe try material.withReader { reader throws(TLSError) in
            unsafe try withPassphrase { passphrase throws(TLSError) in
                ERR_clear_error()
                if let key = unsafe PEM_read_bio_PrivateKey(reader, nil, givePassphrase, passphrase) {
                    return unsafe key
                }
                let error = TLSError.queued(or: .outOfMemory)
                unsafe BIO_reset_to_start(reader)
                guard let key = unsafe d2i_PrivateKey_bio(reader, nil) else {
                    ERR_clear_error()
                    // A wrong passphrase turns one key in 256 into noise that ends as padding does, and that is then no key.
                    let isNoise = configuration.passphrase != nil && error.code == "ERR_OSSL_UNSUPPORTED"
                    throw isNoise ? .badDecrypt : error
                }
                return unsafe key
            }
        }
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe SSL_CTX_use_PrivateKey(pointer, key) == 1 else { throw TLSError.queued(or: .outOfMemory) }
    }

    private func loadArchive(_ material: TLSMaterial) throws(TLSError) {
        let archive = unsafe try material.withReader { reader throws(TLSError) in
            ERR_clear_error()
            guard let archive = unsafe d2i_PKCS12_bio(reader, nil) else { throw TLSError.queued(or: .outOfMemory) }
            return unsafe archive
        }
        defer { unsafe PKCS12_free(archive) }
        var key: OpaquePointer?
        var certificate: OpaquePointer?
        var others: OpaquePointer?
        guard unsafe PKCS12_parse(archive, configuration.passphrase ?? "", &key, &certificate, &others) == 1 else {
            throw TLSError.queued(or: .outOfMemory)
        }
        defer {
            unsafe EVP_PKEY_free(key)
            unsafe X509_free(certificate)
            unsafe cssl_free_certificates(others)
        }
        guard
            unsafe SSL_CTX_use_certificate(pointer, certificate) == 1,
            unsafe SSL_CTX_use_PrivateKey(pointer, key) == 1
        else { throw TLSError.queued(or: .outOfMemory) }
        for index in 0..<max(0, unsafe cssl_certificate_count(others)) {
            if let other = unsafe cssl_certificate(others, index) { unsafe try addToChain(other) }
        }
    }

    /// Those the application trusts, or else the system does.
    func loadAuthorities() throws(TLSError) {
        guard let authorities = configuration.ca else {
            if let store = unsafe Self.systemStore { unsafe SSL_CTX_set1_cert_store(pointer, store) }
            return
        }
        let store = unsafe SSL_CTX_get_cert_store(pointer)
        for material in authorities {
            unsafe try forEachCertificate(in: material) { certificate throws(TLSError) in
                // A server names them when it asks a client for a certificate.
                guard
                    unsafe X509_STORE_add_cert(store, certificate) == 1,
                    unsafe SSL_CTX_add_client_CA(pointer, certificate) == 1
                else { throw TLSError.queued(or: .outOfMemory) }
            }
        }
    }

    /// The system's authorities, which take a while to read: once, for all contexts. `SSL_CERT_FILE` and `SSL_CERT_DIR`
    /// name others. Without any, nobody is trusted.
    nonisolated(unsafe) private static let systemStore: OpaquePointer? = {
        guard let store = unsafe X509_STORE_new() else { return nil }
        unsafe X509_STORE_set_default_paths(store)
        ERR_clear_error()
        return unsafe store
    }()

    private func forEachCertificate(
        in material: TLSMaterial, _ body: (OpaquePointer) throws(TLSError) -> Void
    ) throws(TLSError) {
        unsafe try material.withReader { reader throws(TLSError) in
            ERR_clear_error()
            var isEmpty = true
            while let certificate = unsafe PEM_read_bio_X509(reader, nil, givePassphrase, nil) {
                isEmpty = false
                defer { unsafe X509_free(certificate) }
                try unsafe body(certificate)
            }
            // What follows the last certificate is no other one; anything else is a certificate that is broken.
            let isAtEnd = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
            if !isEmpty, isAtEnd { return ERR_clear_error() }
            let error = TLSError.queued(or: .outOfMemory)
            guard isEmpty, isAtEnd else { throw error }
            unsafe BIO_reset_to_start(reader)
            guard let certificate = unsafe d2i_X509_bio(reader, nil) else {
                ERR_clear_error()
                throw error
            }
            defer { unsafe X509_free(certificate) }
            try unsafe body(certificate)
        }
    }

    private func withPassphrase<Result>(
        _ body: (UnsafeMutableRawPointer?) throws(TLSError) -> Result
    ) throws(TLSError) -> Result {
        guard let passphrase = configuration.passphrase else { return try body(nil) }
        let bytes = Array(passphrase.utf8) + [0]
        return try unsafe bytes.span.bytes.withUnsafeBytes { (bytes) throws(TLSError) -> Result in
            try unsafe body(UnsafeMutableRawPointer(mutating: bytes.baseAddress))
        }
    }
}

/// OpenSSL asks here instead of at the terminal.
private func givePassphrase(
    _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32, _ isWriting: Int32, _ passphrase: UnsafeMutableRawPointer?
) -> Int32 {
    guard let buffer = unsafe buffer, let passphrase = unsafe passphrase else { return -1 }
    let text = unsafe passphrase.assumingMemoryBound(to: CChar.self)
    var count: Int32 = 0
    while unsafe text[Int(count)] != 0 {
        guard count < size else { return -1 }
        unsafe buffer[Int(count)] = text[Int(count)]
        count += 1
    }
    return count
}

/// `BIO_reset` of a BIO over memory that is only read.
private func BIO_reset_to_start(_ reader: OpaquePointer) {
    unsafe BIO_ctrl(reader, BIO_CTRL_RESET, 0, nil)
}
