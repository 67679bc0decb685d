import COpenSSL

/// A certificate and its private key, made for a test.
public final class TestIdentity: @unchecked Sendable {
    /// Whether a certificate is valid today.
    public enum Validity: Sendable {
        case current
        case expired
        case notYet
    }

    /// What a certificate may prove.
    public enum Purpose: String, Sendable {
        case server = "serverAuth"
        case client = "clientAuth"
    }

    let certificate: OpaquePointer
    let key: OpaquePointer

    /// The certificate as PEM.
    public let cert: String
    /// The key as PEM.
    public let privateKey: String

    /// A certificate.
    ///
    /// - Parameters:
    ///   - name: the common name.
    ///   - names: alternative names as OpenSSL writes them: `DNS:example.com`, `IP:192.0.2.1`.
    ///   - issuer: who signs it; nil for itself.
    ///   - isAuthority: whether it may sign others.
    public init(
        _ name: String, names: [String] = [], issuer: TestIdentity? = nil, isAuthority: Bool = false,
        validity: Validity = .current, purpose: Purpose = .server
    ) {
        key = Self.makeKey()
        certificate = X509_new()!
        X509_set_version(certificate, 2)
        Self.serialNumber(of: certificate)
        let subject = X509_get_subject_name(certificate)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, Array(name.utf8), Int32(name.utf8.count), -1, 0)
        X509_set_issuer_name(certificate, issuer.map { X509_get_subject_name($0.certificate) } ?? subject)
        Self.limit(certificate, validity)
        X509_set_pubkey(certificate, key)
        if isAuthority {
            Self.extend(certificate, NID_basic_constraints, "critical,CA:TRUE")
            Self.extend(certificate, NID_key_usage, "critical,keyCertSign,cRLSign")
        } else {
            Self.extend(certificate, NID_basic_constraints, "CA:FALSE")
            Self.extend(certificate, NID_ext_key_usage, purpose.rawValue)
        }
        if !names.isEmpty { Self.extend(certificate, NID_subject_alt_name, names.joined(separator: ",")) }
        X509_sign(certificate, issuer?.key ?? key, EVP_sha256())

        let (certificate, key) = (certificate, key)
        cert = Self.text { PEM_write_bio_X509($0, certificate) }
        privateKey = Self.text { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    /// An authority that signs itself.
    public static func authority(_ name: String = "Test Authority", validity: Validity = .current) -> TestIdentity {
        TestIdentity(name, isAuthority: true, validity: validity)
    }

    /// The key as PEM, encrypted.
    public func privateKey(passphrase: String) -> String {
        Self.text { [key] writer in
            let bytes = Array(passphrase.utf8)
            return PEM_write_bio_PrivateKey(writer, key, EVP_aes_128_cbc(), bytes, Int32(bytes.count), nil, nil)
        }
    }

    /// Certificate and key as DER.
    public var der: (cert: [UInt8], key: [UInt8]) {
        (
            Self.bytes { [certificate] in i2d_X509_bio($0, certificate) },
            Self.bytes { [key] in i2d_PrivateKey_bio($0, key) }
        )
    }

    /// Certificate, key and the issuer's certificate in one archive (PKCS #12).
    public func archive(passphrase: String, with issuer: TestIdentity? = nil) -> [UInt8] {
        let others = OPENSSL_sk_new_null()
        defer { OPENSSL_sk_free(others) }
        if let issuer { OPENSSL_sk_push(others, UnsafeRawPointer(issuer.certificate)) }
        let archive = PKCS12_create(passphrase, "test", key, certificate, others, 0, 0, 0, 0, 0)
        defer { PKCS12_free(archive) }
        return Self.bytes { i2d_PKCS12_bio($0, archive) }
    }

    // MARK: Making

    private static func makeKey() -> OpaquePointer {
        let maker = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { EVP_PKEY_CTX_free(maker) }
        EVP_PKEY_keygen_init(maker)
        EVP_PKEY_CTX_set_ec_paramgen_curve_nid(maker, NID_X9_62_prime256v1)
        var key: OpaquePointer?
        EVP_PKEY_keygen(maker, &key)
        return key!
    }

    private static func serialNumber(of certificate: OpaquePointer) {
        ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), .random(in: 1...UInt64(Int64.max)))
    }

    private static func limit(_ certificate: OpaquePointer, _ validity: Validity) {
        let day = 86_400
        let (from, to) =
            switch validity {
            case .current: (-day, 365 * day)
            case .expired: (-10 * day, -day)
            case .notYet: (day, 10 * day)
            }
        X509_gmtime_adj(X509_getm_notBefore(certificate), from)
        X509_gmtime_adj(X509_getm_notAfter(certificate), to)
    }

    private static func extend(_ certificate: OpaquePointer, _ identifier: Int32, _ value: String) {
        let addition = X509V3_EXT_conf_nid(nil, nil, identifier, value)
        X509_add_ext(certificate, addition, -1)
        X509_EXTENSION_free(addition)
    }

    private static func bytes(_ write: (OpaquePointer) -> Int32) -> [UInt8] {
        let writer = BIO_new(BIO_s_mem())!
        defer { BIO_free(writer) }
        precondition(write(writer) == 1)
        var start: UnsafeMutablePointer<CChar>?
        let count = cssl_memory(writer, &start)
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    private static func text(_ write: (OpaquePointer) -> Int32) -> String {
        String(decoding: bytes(write), as: UTF8.self)
    }
}
