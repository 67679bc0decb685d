import TestCertificates
import Testing
import WSTLS

@Suite("TLS: versions, names and sessions")
struct NegotiationTests {
    // T-5
    @Test(arguments: [TLSVersion.tls12, .tls13])
    func `the newest version both speak`(version: TLSVersion) throws {
        let link = try Link(server: { _, configuration in configuration.maxVersion = version })
        link.run()
        #expect(link.client.filter.protocolVersion == version.rawValue)
        #expect(link.client.filter.cipher?.isEmpty == false)
        link.client.send("over \(version.rawValue)")
        link.run()
        #expect(link.server.text == "over \(version.rawValue)")
    }

    // T-5
    @Test
    func `a version before TLS 1_2 cannot be had`() throws {
        let old = try Link(client: { _, configuration in configuration.maxVersion = .tls11 })
        #expect(old.client.error?.code == "ERR_SSL_NO_PROTOCOLS_AVAILABLE")
        let raised = try Link(client: { _, configuration in configuration.minVersion = .tls10 })
        raised.run()
        #expect(raised.client.filter.protocolVersion == "TLSv1.3")
    }

    @Test
    func `no version in common`() throws {
        let link = try Link(
            client: { _, configuration in configuration.maxVersion = .tls12 },
            server: { _, configuration in configuration.minVersion = .tls13 })
        link.run()
        #expect(link.server.error?.code == "ERR_SSL_UNSUPPORTED_PROTOCOL")
        #expect(link.client.error?.reason == "the peer refused: protocol version")
    }

    @Test
    func `no cipher in common`() throws {
        let link = try Link(
            client: { _, configuration in
                configuration.maxVersion = .tls12
                configuration.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"
            },
            server: { _, configuration in configuration.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384" })
        link.run()
        #expect(link.server.error?.code == "ERR_SSL_NO_SHARED_CIPHER")
        #expect(link.server.error?.reason == "no shared cipher")
        #expect(link.client.error?.reason == "the peer refused: handshake failure")
    }

    @Test
    func `the cipher list chooses suites of TLS 1_3 too`() throws {
        let link = try Link(client: { _, configuration in configuration.ciphers = "TLS_CHACHA20_POLY1305_SHA256" })
        link.run()
        #expect(link.client.filter.cipher == "TLS_CHACHA20_POLY1305_SHA256")
    }

    // B-TLS-009
    @Test(arguments: [("localhost", "localhost"), ("localhost.", "localhost"), ("127.0.0.1", nil), ("::1", nil)])
    func `names are asked for, addresses are not`(host: String, asked: String?) throws {
        let link = try Link(host: host)
        link.run()
        #expect(link.client.filter.isEstablished)
        #expect(link.server.filter.serverName == asked)
    }

    // B-TLS-006
    @Test
    func `an empty server name asks for none, and another one is asked for and expected`() throws {
        let silent = try Link(client: { parameters, _ in parameters.serverName = "" })
        silent.run()
        #expect(silent.client.filter.isEstablished)
        #expect(silent.server.filter.serverName == nil)
        let other = try Link(host: "127.0.0.1", client: { parameters, _ in parameters.serverName = "other.example" })
        other.run()
        #expect(other.server.filter.serverName == "other.example")
        #expect(other.client.error?.code == "ERR_TLS_CERT_ALTNAME_INVALID")
    }

    @Test
    func `a server may have a certificate for each name`() throws {
        let second = TestIdentity("second", names: ["DNS:second.example"], issuer: Shared.authority)
        var configuration = TLSConfiguration()
        configuration.cert = TLSMaterial(second.cert)
        configuration.key = TLSMaterial(second.privateKey)
        let context = try TLSContext(configuration)
        var asked: [String] = []
        func link(to host: String) throws -> Link {
            let link = try Link(
                host: host,
                server: { parameters, _ in
                    parameters.selectContext = { name in
                        asked.append(name)
                        return name == "second.example" ? context : nil
                    }
                })
            link.run()
            return link
        }
        #expect(try link(to: "second.example").client.filter.peerCertificate?.subject == "CN=second")
        #expect(try link(to: "localhost").client.filter.peerCertificate?.subject == "CN=localhost")
        #expect(try link(to: "127.0.0.1").client.filter.isEstablished)
        #expect(asked == ["second.example", "localhost"])
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func `a session is resumed with the same server, and judged again`(version: TLSVersion) throws {
        var sessions: [TLSSession] = []
        var configuration = TLSConfiguration()
        configuration.cert = TLSMaterial(Shared.localhost.cert)
        configuration.key = TLSMaterial(Shared.localhost.privateKey)
        configuration.maxVersion = version
        let server = try TLSContext(configuration)
        var trust = TLSConfiguration()
        trust.ca = [TLSMaterial(Shared.authority.cert)]
        let context = try TLSContext(trust)
        func link(to host: String, _ change: (inout TLSClientParameters) -> Void = { _ in }) throws -> Link {
            var parameters = TLSClientParameters(host: host)
            parameters.session = sessions.last
            parameters.onSession = { sessions.append($0) }
            change(&parameters)
            let link = Link(try TLSFilter(client: context, parameters), try TLSFilter(server: server))
            link.run()
            return link
        }
        #expect(!(try link(to: "localhost").client.filter.isSessionReused))
        #expect(!sessions.isEmpty)
        let again = try link(to: "localhost")
        #expect(again.client.filter.isSessionReused && again.client.filter.isEstablished)
        #expect(again.client.filter.peerCertificate?.subject == "CN=localhost")
        again.client.send("once more")
        again.run()
        #expect(again.server.text == "once more")

        // No certificate is shown again, so the session's has to do for the host and for the application's check.
        let elsewhere = try link(to: "elsewhere.example")
        #expect(elsewhere.client.error?.code == "ERR_TLS_CERT_ALTNAME_INVALID")
        let checked = try link(to: "localhost") { parameters in
            parameters.checkIdentity = { _ in TLSError(code: "PIN", reason: "no") }
        }
        #expect(checked.client.error?.code == "PIN")
    }

    @Test
    func `a session with a server that was put up with is not trusted later`() throws {
        let stranger = TestIdentity("localhost", names: ["DNS:localhost"])
        var configuration = TLSConfiguration()
        configuration.cert = TLSMaterial(stranger.cert)
        configuration.key = TLSMaterial(stranger.privateKey)
        let server = try TLSContext(configuration)
        let context = try TLSContext()
        var session: TLSSession?
        func link(rejecting: Bool) throws -> Link {
            var parameters = TLSClientParameters(host: "localhost")
            parameters.rejectUnauthorized = rejecting
            parameters.session = session
            parameters.onSession = { session = $0 }
            let link = Link(try TLSFilter(client: context, parameters), try TLSFilter(server: server))
            link.run()
            return link
        }
        #expect(try link(rejecting: false).client.filter.isEstablished)
        #expect(session != nil)
        #expect(try link(rejecting: false).client.filter.authorizationError?.code == "DEPTH_ZERO_SELF_SIGNED_CERT")
        #expect(try link(rejecting: true).client.error?.code == "DEPTH_ZERO_SELF_SIGNED_CERT")
    }

    @Test
    func `a session that is none is refused`() throws {
        #expect(throws: TLSError(code: "ERR_TLS_INVALID_STATE", reason: "the session to resume is none")) {
            try Link(client: { parameters, _ in parameters.session = TLSSession([1, 2, 3]) })
        }
    }
}
