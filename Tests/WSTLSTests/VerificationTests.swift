import TestCertificates
import Testing
import WSTLS

/// What a server shows, whom the client trusts and means to reach, and what comes of it.
struct Verification: Sendable, CustomTestStringConvertible {
    var testDescription: String
    let identity: @Sendable () -> TestIdentity
    var authority: @Sendable () -> TestIdentity = { Shared.authority }
    var host = "localhost"
    /// Nil where the server is accepted.
    var code: String?
    /// A part of the error's text.
    var reason = ""

    static func refused(
        _ name: String, _ code: String, _ reason: String, host: String = "localhost",
        authority: @escaping @Sendable () -> TestIdentity = { Shared.authority },
        _ identity: @escaping @Sendable () -> TestIdentity
    ) -> Verification {
        Verification(
            testDescription: name, identity: identity, authority: authority, host: host, code: code, reason: reason)
    }

    static func named(_ names: [String], for host: String, accepted: Bool, commonName: String = "x") -> Verification {
        Verification(
            testDescription: "\(names) for \(host)",
            identity: { TestIdentity(commonName, names: names, issuer: Shared.authority) }, host: host,
            code: accepted ? nil : "ERR_TLS_CERT_ALTNAME_INVALID", reason: "altnames")
    }
}

@Suite("TLS: who the server is")
struct VerificationTests {
    // T-1
    static let chains: [Verification] = [
        .refused("expired", "CERT_HAS_EXPIRED", "certificate has expired") {
            TestIdentity("localhost", names: ["DNS:localhost"], issuer: Shared.authority, validity: .expired)
        },
        .refused("not yet valid", "CERT_NOT_YET_VALID", "certificate is not yet valid") {
            TestIdentity("localhost", names: ["DNS:localhost"], issuer: Shared.authority, validity: .notYet)
        },
        .refused("self-signed", "DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate") {
            TestIdentity("localhost", names: ["DNS:localhost"])
        },
        .refused("unknown authority", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate") {
            TestIdentity("localhost", names: ["DNS:localhost"], issuer: .authority("Somebody"))
        },
        .refused("expired authority", "CERT_HAS_EXPIRED", "expired", authority: { expiredAuthority }) {
            TestIdentity("localhost", names: ["DNS:localhost"], issuer: expiredAuthority)
        },
        .refused("a client's certificate", "INVALID_PURPOSE", "purpose") {
            TestIdentity("localhost", names: ["DNS:localhost"], issuer: Shared.authority, purpose: .client)
        },
        .refused("signed by one who may not", "INVALID_PURPOSE", "purpose", authority: { Shared.localhost }) {
            TestIdentity("somebody", names: ["DNS:localhost"], issuer: Shared.localhost)
        },
    ]

    private static let expiredAuthority = TestIdentity.authority("Old", validity: .expired)

    // T-2
    static let names: [Verification] = [
        .named(["DNS:localhost"], for: "localhost", accepted: true),
        .named(["DNS:LocalHost"], for: "localhost", accepted: true),
        .named(["DNS:localhost"], for: "localhost.", accepted: true),
        .named(["DNS:other.example"], for: "localhost", accepted: false),
        .named(["DNS:*.example.com"], for: "a.example.com", accepted: true),
        .named(["DNS:*.example.com"], for: "a.b.example.com", accepted: false),
        .named(["DNS:*.example.com"], for: "example.com", accepted: false),
        .named(["DNS:a*.example.com"], for: "ab.example.com", accepted: false),
        .named(["DNS:*b.example.com"], for: "ab.example.com", accepted: false),
        .named(["DNS:www.*.com"], for: "www.example.com", accepted: false),
        .named(["DNS:*"], for: "localhost", accepted: false),
        .named(["DNS:xn--bcher-kva.example"], for: "xn--bcher-kva.example", accepted: true),
        .named(["IP:127.0.0.1"], for: "127.0.0.1", accepted: true),
        .named(["IP:127.0.0.1"], for: "127.0.0.2", accepted: false),
        .named(["IP:::1"], for: "::1", accepted: true),
        .named(["IP:::1"], for: "::2", accepted: false),
        // An address is no name, and a name no address.
        .named(["DNS:127.0.0.1"], for: "127.0.0.1", accepted: false),
        .named(["IP:127.0.0.1"], for: "localhost", accepted: false),
        // The common name is not looked at.
        .named([], for: "localhost", accepted: false, commonName: "localhost"),
        .named(["DNS:other.example"], for: "localhost", accepted: false, commonName: "localhost"),
    ]

    @Test(arguments: chains + names)
    func `a server is accepted or refused by its certificate`(_ table: Verification) throws {
        let link = try Link(table.identity(), trusting: table.authority(), host: table.host)
        link.run()
        if let code = table.code {
            #expect(link.client.error?.code == code)
            #expect(link.client.error?.reason.contains(table.reason) == true, "\(link.client.error?.reason ?? "")")
            #expect(link.client.error?.reason.contains("\n") == false)
            #expect(!link.client.filter.isEstablished)
            // The server is told as well.
            #expect(link.server.error?.reason.hasPrefix("the peer refused: ") == true)
        } else {
            #expect(link.client.filter.ending == nil)
            #expect(link.client.filter.isEstablished)
        }
    }

    @Test
    func `a certificate of somebody else is named in Node's words`() throws {
        let link = try Link(
            TestIdentity("x", names: ["DNS:a.example", "IP:192.0.2.1"], issuer: Shared.authority), host: "b.example")
        link.run()
        #expect(
            link.client.error?.reason
                == "Hostname/IP does not match certificate's altnames: Host: b.example. is not in the cert's altnames: "
                + "DNS:a.example, IP Address:192.0.2.1")
        let address = try Link(TestIdentity("x", names: ["IP:192.0.2.1"], issuer: Shared.authority), host: "192.0.2.2")
        address.run()
        #expect(
            address.client.error?.reason
                == "Hostname/IP does not match certificate's altnames: IP: 192.0.2.2 is not in the cert's list: "
                + "IP Address:192.0.2.1")
    }

    @Test(arguments: ["", "a\u{0}b", "local\u{0}host"])
    func `a host that nobody can have is refused before anything is sent`(host: String) throws {
        #expect(throws: TLSError.self) { try Link(host: host) }
    }

    // T-3
    @Test
    func `the application's own check comes before any byte of the application`() throws {
        var asked: [TLSCertificate] = []
        let link = try Link(
            host: "pinned.example",
            client: { parameters, _ in
                parameters.checkIdentity = { certificate in
                    asked.append(certificate)
                    return TLSError(code: "PIN", reason: "not the certificate we know")
                }
            })
        link.run()
        #expect(asked.count == 1)
        #expect(asked.first?.subject == "CN=localhost")
        #expect(asked.first?.issuer == "CN=Test Authority")
        #expect(asked.first?.subjectAltNames.first == .dns("localhost"))
        #expect(asked.first?.raw == Shared.localhost.der.cert)
        #expect(asked.first?.fingerprint256.count == 32)
        #expect(link.client.error == TLSError(code: "PIN", reason: "not the certificate we know"))
        #expect(link.client.send("secret") == 0)
        link.run()
        #expect(link.server.received.isEmpty)
    }

    @Test
    func `the application's own check takes the place of the host's, not of the authority's`() throws {
        let accepting = try Link(
            host: "other.example", client: { parameters, _ in parameters.checkIdentity = { _ in nil } })
        accepting.run()
        #expect(accepting.client.filter.isEstablished)
        let unknown = try Link(
            TestIdentity("localhost", names: ["DNS:localhost"]),
            client: { parameters, _ in parameters.checkIdentity = { _ in nil } })
        unknown.run()
        #expect(unknown.client.error?.code == "DEPTH_ZERO_SELF_SIGNED_CERT")
    }

    // B-TLS-001
    @Test
    func `without rejectUnauthorized, what is wrong is only told`() throws {
        let link = try Link(
            TestIdentity("elsewhere", names: ["DNS:elsewhere"]),
            client: { parameters, _ in parameters.rejectUnauthorized = false })
        link.run()
        #expect(link.client.filter.isEstablished)
        #expect(link.client.filter.authorizationError?.code == "DEPTH_ZERO_SELF_SIGNED_CERT")
        #expect(link.client.filter.peerCertificate?.subject == "CN=elsewhere")
    }

    @Test
    func `a chain may lead over others to the authority`() throws {
        let middle = TestIdentity("Middle", issuer: Shared.authority, isAuthority: true)
        let leaf = TestIdentity("localhost", names: ["DNS:localhost"], issuer: middle)
        let whole = try Link(
            leaf, server: { _, configuration in configuration.cert = TLSMaterial(leaf.cert + middle.cert) })
        whole.run()
        #expect(whole.client.filter.isEstablished)
        let torn = try Link(leaf)
        torn.run()
        #expect(torn.client.error?.code == "UNABLE_TO_VERIFY_LEAF_SIGNATURE")
    }

    @Test
    func `by default the system's authorities are trusted, and a test's is not among them`() throws {
        let link = try Link(client: { _, configuration in configuration.ca = nil })
        link.run()
        #expect(link.client.error?.code == "UNABLE_TO_VERIFY_LEAF_SIGNATURE")
    }
}
