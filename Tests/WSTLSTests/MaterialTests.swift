import TestCertificates
import Testing
import WSTLS

@Suite("TLS: certificates and keys of our own")
struct MaterialTests {
    private func context(_ change: (inout TLSConfiguration) -> Void) throws -> TLSContext {
        var configuration = TLSConfiguration()
        change(&configuration)
        return try TLSContext(configuration)
    }

    @Test
    func `PEM, DER, encrypted keys and archives`() throws {
        let identity = Shared.localhost
        #expect(!(try context { _ in }.hasCertificate))
        let loaded = [
            try context {
                $0.cert = TLSMaterial(identity.cert)
                $0.key = TLSMaterial(identity.privateKey)
            },
            try context {
                $0.cert = TLSMaterial(identity.der.cert)
                $0.key = TLSMaterial(identity.der.key)
            },
            try context {
                $0.cert = TLSMaterial(identity.cert)
                $0.key = TLSMaterial(identity.privateKey(passphrase: "open sesame"))
                $0.passphrase = "open sesame"
            },
            try context {
                $0.pfx = TLSMaterial(identity.archive(passphrase: "secret", with: Shared.authority))
                $0.passphrase = "secret"
            },
        ]
        for context in loaded { #expect(context.hasCertificate) }
    }

    @Test
    func `an archive brings its chain along`() throws {
        let middle = TestIdentity("Middle", issuer: Shared.authority, isAuthority: true)
        let leaf = TestIdentity("localhost", names: ["DNS:localhost"], issuer: middle)
        let link = try Link(
            leaf,
            server: { _, configuration in
                configuration.cert = nil
                configuration.key = nil
                configuration.pfx = TLSMaterial(leaf.archive(passphrase: "x", with: middle))
                configuration.passphrase = "x"
            })
        link.run()
        #expect(link.client.filter.isEstablished)
    }

    /// What cannot be used, and the error that says so.
    static let unusable: [(String, @Sendable (inout TLSConfiguration) -> Void)] = [
        (
            "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
            {
                $0.cert = TLSMaterial(Shared.localhost.cert)
                $0.key = TLSMaterial(Shared.authority.privateKey)
            }
        ),
        (
            "ERR_SSL_NO_PRIVATE_KEY_ASSIGNED",
            { $0.cert = TLSMaterial(Shared.localhost.cert) }
        ),
        ("ERR_OSSL_PEM_NO_START_LINE", { $0.cert = TLSMaterial("this is no certificate") }),
        ("ERR_OSSL_PEM_NO_START_LINE", { $0.ca = [TLSMaterial("")] }),
        (
            "ERR_OSSL_PEM_BAD_END_LINE",
            { $0.ca = [TLSMaterial(String(Shared.authority.cert.replacing("END", with: "AND")))] }
        ),
        (
            "ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED",
            {
                $0.cert = TLSMaterial(Shared.localhost.cert)
                $0.key = TLSMaterial(Shared.localhost.privateKey(passphrase: "secret"))
            }
        ),
        (
            "ERR_OSSL_BAD_DECRYPT",
            {
                $0.cert = TLSMaterial(Shared.localhost.cert)
                $0.key = TLSMaterial(Shared.localhost.privateKey(passphrase: "secret"))
                $0.passphrase = "wrong"
            }
        ),
        (
            "ERR_OSSL_BAD_DECRYPT",
            {
                $0.cert = TLSMaterial(Shared.localhost.cert)
                $0.key = TLSMaterial(misleadingKey)
                $0.passphrase = "wrong"
            }
        ),
        (
            "ERR_OSSL_PKCS12_MAC_VERIFY_FAILURE",
            {
                $0.pfx = TLSMaterial(Shared.localhost.archive(passphrase: "secret"))
                $0.passphrase = "wrong"
            }
        ),
        ("ERR_SSL_NO_CIPHER_MATCH", { $0.ciphers = "NO-SUCH-CIPHER" }),
    ]

    // T-12
    @Test(arguments: unusable)
    func `what cannot be used is named, without secrets`(
        code: String, change: @Sendable (inout TLSConfiguration) -> Void
    ) throws {
        let error = try #require(throws: TLSError.self) { try context(change) }
        #expect(error.code == code, "\(error.reason)")
        #expect(!error.reason.isEmpty && !error.reason.contains("\n"))
        for secret in ["secret", "wrong", "BEGIN"] { #expect(!error.reason.contains(secret)) }
    }

    @Test
    func `a file that cannot be read is named`() throws {
        let missing = try #require(throws: TLSError.self) { try TLSMaterial(file: "/nonexistent/cert.pem") }
        #expect(missing.code == "ENOENT")
        #expect(missing.reason == "/nonexistent/cert.pem: no such file")
        #expect(throws: TLSError.self) { try TLSMaterial(file: "/") }
    }

    // T-12
    @Test
    func `descriptions hold no keys`() {
        #expect("\(TLSMaterial("secret"))" == "6 bytes")
        #expect("\(TLSSession([1, 2, 3]))" == "TLS session of 3 bytes")
    }
}

/// A key whose passphrase is "secret", and which "wrong" decrypts to noise that ends as padding does.
private let misleadingKey = """
    -----BEGIN ENCRYPTED PRIVATE KEY-----
    MIGaMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAjcv8C362VbtgIBATAM
    BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBAgQQ/QaQ2nBa196kpEDoSViyAwRAE8xZ
    rX4qG7ranS9wdJOSZ+TwnQ4YTjk+qgYBFxb+y2xNoForcPHIAee7qzO6VtRNUgan
    QEDV4oX0CA15I05r6g==
    -----END ENCRYPTED PRIVATE KEY-----
    """
