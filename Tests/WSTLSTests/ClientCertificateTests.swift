import TestCertificates
import Testing
import WSTLS

@Suite("TLS: who the client is")
struct ClientCertificateTests {
    private func link(
        _ identity: TestIdentity?, version: TLSVersion = .tls13, rejectUnauthorized: Bool = true
    ) throws -> Link {
        let link = try Link(
            client: { _, configuration in
                configuration.cert = identity.map { TLSMaterial($0.cert) }
                configuration.key = identity.map { TLSMaterial($0.privateKey) }
                configuration.maxVersion = version
            },
            server: { parameters, configuration in
                parameters.requestCert = true
                parameters.rejectUnauthorized = rejectUnauthorized
                configuration.ca = [TLSMaterial(Shared.authority.cert)]
            })
        link.run()
        return link
    }

    // B-TLS-002
    @Test(arguments: [TLSVersion.tls12, .tls13])
    func `a client of the authority is accepted`(version: TLSVersion) throws {
        let link = try link(TestIdentity("a client", issuer: Shared.authority, purpose: .client), version: version)
        #expect(link.server.filter.isEstablished)
        #expect(link.server.filter.authorizationError == nil)
        #expect(link.server.filter.peerCertificate?.subject == "CN=a client")
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func `a client without a certificate is refused`(version: TLSVersion) throws {
        let link = try link(nil, version: version)
        #expect(link.server.error?.code == "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE")
        #expect(link.server.error?.reason == "the client has presented no certificate")
        #expect(
            link.client.error?.reason
                == (version == .tls13
                    ? "the peer refused: certificate required" : "the peer refused: handshake failure"))
    }

    @Test
    func `a stranger's certificate, and a server's, are refused`() throws {
        let stranger = try link(TestIdentity("a client", issuer: .authority("Somebody"), purpose: .client))
        #expect(stranger.server.error?.code == "UNABLE_TO_VERIFY_LEAF_SIGNATURE")
        #expect(stranger.client.error?.reason == "the peer refused: unknown CA")
        let server = try link(TestIdentity("a client", issuer: Shared.authority, purpose: .server))
        #expect(server.server.error?.code == "INVALID_PURPOSE")
    }

    @Test
    func `without rejectUnauthorized, the server is only told`() throws {
        let none = try link(nil, rejectUnauthorized: false)
        #expect(none.server.filter.isEstablished)
        #expect(none.server.filter.peerCertificate == nil)
        let stranger = try link(
            TestIdentity("a client", issuer: .authority("Somebody"), purpose: .client), rejectUnauthorized: false)
        #expect(stranger.server.filter.isEstablished)
        #expect(stranger.server.filter.authorizationError?.code == "UNABLE_TO_VERIFY_LEAF_SIGNATURE")
    }
}
