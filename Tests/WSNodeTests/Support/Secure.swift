import TestCertificates
import Testing
import WSNode

/// Certificates that most tests of TLS use, made once.
enum Certificates {
    static let authority = TestIdentity.authority()
    static let localhost = TestIdentity("localhost", names: ["DNS:localhost", "IP:127.0.0.1"], issuer: authority)
    static let selfSigned = TestIdentity("localhost", names: ["DNS:localhost", "IP:127.0.0.1"])
    static let client = TestIdentity("a client", issuer: authority, purpose: .client)
}

extension TLSServerOptions {
    /// A server that shows a certificate made for a test.
    init(_ identity: TestIdentity) {
        self.init(cert: TLSMaterial(identity.cert), key: TLSMaterial(identity.privateKey))
    }
}

extension TestLoop {
    /// A server with TLS at a free port of the loopback address.
    func makeSecureServer(
        _ identity: TestIdentity = Certificates.localhost, _ change: (inout ServerOptions) -> Void = { _ in }
    ) throws -> WebSocketServer {
        try makeServer {
            $0.tls = TLSServerOptions(identity)
            change(&$0)
        }
    }

    /// A client of a server with TLS, which trusts the tests' authority; not yet connected.
    func makeSecureClient(
        at port: UInt16, host: String = "127.0.0.1", _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws -> WebSocket {
        let options = ClientOptions {
            $0.tls.ca = [TLSMaterial(Certificates.authority.cert)]
            change(&$0)
        }
        let client = try WebSocket("wss://\(host):\(port)/", options: options, on: events)
        track(client)
        return client
    }

    func makeSecureClient(
        of server: WebSocketServer, _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws -> WebSocket {
        try makeSecureClient(at: try #require(server.address()).port, change)
    }

    /// A connected pair over TLS, open at both ends.
    func makeSecurePair(
        server change: (inout ServerOptions) -> Void = { _ in },
        client changeClient: (inout ClientOptions) -> Void = { _ in }, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Pair {
        let server = try makeSecureServer(Certificates.localhost, change)
        var accepted: (socket: WebSocket, request: IncomingMessage)?
        server.once(.connection) { accepted = ($0, $1) }
        let client = try makeSecureClient(of: server, changeClient)
        try run(
            until: { accepted != nil && client.readyState == .open }, "the pair did not connect",
            sourceLocation: sourceLocation)
        let (socket, request) = try #require(accepted, sourceLocation: sourceLocation)
        track(socket)
        return Pair(server: server, client: client, accepted: socket, request: request)
    }

    /// What becomes of a client that must not get through.
    func failure(of client: WebSocket, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String] {
        let journal = Journal(client)
        try run(until: { journal.has("close") }, "the client did not end", sourceLocation: sourceLocation)
        watch()
        return journal.lines
    }
}

extension TestLoop {
    /// A server that answers each request as told, over TLS.
    func makeSecureRawServer(
        _ identity: TestIdentity, _ answer: @escaping (RawPeer, RawRequest) -> Void
    ) throws -> RawServer {
        let security = try ServerSecurity(TLSServerOptions(identity))
        let listener = try events.backend.listen(on: .tcp(host: "127.0.0.1", port: 0))
        let server = RawServer(
            listener, secure: { [events] in ServerSecurity.secure($0, by: security, on: events) ?? $0 }, answer)
        track(server)
        return server
    }
}
