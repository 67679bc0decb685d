import TestCertificates
import Testing
import WSNode

@Suite("HTTPS: pages and sockets on one port")
struct HTTPSTests {
    /// A server with TLS that greets, and echoes at /chat.
    private func makeServer(
        _ loop: TestLoop, _ change: (inout TLSServerOptions) -> Void = { _ in },
        verify: ClientVerification? = nil, connected: @escaping (WebSocket, IncomingMessage) -> Void = { _, _ in }
    ) throws -> (http: HTTPServer, sockets: WebSocketServer, port: UInt16) {
        var tls = TLSServerOptions(Certificates.localhost)
        change(&tls)
        let http = try HTTPServer(tls: tls, on: loop.events) { request, response in
            response.end("\(request.socket.encrypted) \(request.socket.servername ?? "-")")
        }
        var options = ServerOptions()
        options.path = "/chat"
        options.verifyClient = verify
        let sockets = try WebSocketServer(server: http, options: options)
        sockets.on(.connection) { socket, request in
            socket.on(.message) { message in socket.send(message) }
            connected(socket, request)
        }
        try http.listen(host: "127.0.0.1")
        loop.track(sockets)
        return (http, sockets, try #require(http.address()).port)
    }

    private func client(
        _ loop: TestLoop, _ port: UInt16, path: String, _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws -> WebSocket {
        let options = ClientOptions {
            $0.tls.ca = [TLSMaterial(Certificates.authority.cert)]
            change(&$0)
        }
        let client = try WebSocket("wss://localhost:\(port)\(path)", options: options, on: loop.events)
        loop.track(client)
        return client
    }

    @Test(arguments: Environment.allCases)
    func `a client that ends its side and reads slowly gets the whole response`(environment: Environment) throws {
        try withLoop(environment) { loop in
            // Little goes out at once, and the peer stops when all that is left, 60,000 bytes of the last 100,000, waits
            // behind the encryption.
            loop.network?.conditions.windowBytes = 20_000
            let page = String(repeating: "p", count: (1 << 20) + 100_000)
            let http = try HTTPServer(tls: TLSServerOptions(Certificates.localhost), on: loop.events) { _, response in
                response.end(page)
            }
            loop.track(http)
            try http.listen(host: "127.0.0.1")
            let port = try #require(http.address()).port
            var tls = TLSClientOptions()
            tls.ca = [TLSMaterial(Certificates.authority.cert)]
            let stream = try tls.secure(
                { loop.events.backend.connect(to: .tcp(host: "127.0.0.1", port: port)) }, to: "127.0.0.1",
                on: loop.events)
            let peer = RawPeer(stream, isConnected: false)
            loop.track(peer)
            peer.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            peer.end()
            peer.onInput = { if peer.received.count > page.utf8.count - 60_000 { peer.isPaused = true } }
            try loop.run { peer.isPaused }
            peer.onInput = nil
            loop.run(for: .milliseconds(20))
            peer.isPaused = false
            try loop.run { peer.isOver }
            #expect(peer.failure == nil)
            #expect(peer.text.hasSuffix("\r\n\r\n\(page)"))
            try loop.run { http.connectionsCount == 0 }
        }
    }

    // S-67
    @Test(arguments: Environment.allCases)
    func `a page and a socket`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (http, _, port) = try makeServer(loop)
            defer { http.close() }
            var answer = ""
            // A client that is told something else than 101 reads the page.
            let page = try client(loop, port, path: "/page")
            page.on(.unexpectedResponse) { response in
                response.on(.data) { answer += String($0) }
            }
            var echoed: String?
            let chat = try client(loop, port, path: "/chat")
            chat.on(.open) { chat.send("over one port") }
            chat.on(.message) { echoed = $0.text }
            try loop.run { echoed != nil && page.readyState == .closed }
            #expect(echoed == "over one port")
            #expect(!answer.isEmpty)
        }
    }

    // B-TLS-010, B-VC-002
    @Test(arguments: Environment.allCases)
    func `verifyClient is told that the connection is secure`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var seen: [String] = []
            let (http, _, port) = try makeServer(
                loop,
                verify: .sync { info in
                    seen.append("\(info.origin ?? "-") \(info.secure) \(info.req.headers["foo"] ?? "-")")
                    return true
                })
            defer { http.close() }
            let client = try client(loop, port, path: "/chat") {
                $0.origin = "https://example.com"
                try? $0.headers.append(name: "Foo", value: "bar")
            }
            try loop.run { client.readyState == .open }
            #expect(seen == ["https://example.com true bar"])
        }
    }

    // B-TLS-002
    @Test(arguments: Environment.allCases)
    func `a server knows whose certificate a client has shown`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var facts: [String] = []
            let (http, _, port) = try makeServer(
                loop,
                {
                    $0.requestCert = true
                    $0.ca = [TLSMaterial(Certificates.authority.cert)]
                },
                connected: { _, request in
                    let socket = request.socket
                    facts.append(socket.getPeerCertificate()?.subject ?? "-")
                    facts.append("\(socket.authorized) \(socket.getProtocol() ?? "-") \(socket.alpnProtocol ?? "-")")
                })
            defer { http.close() }
            let client = try client(loop, port, path: "/chat") {
                $0.tls.cert = TLSMaterial(Certificates.client.cert)
                $0.tls.key = TLSMaterial(Certificates.client.privateKey)
            }
            let journal = Journal(client)
            client.on(.open) { client.close() }
            try loop.run { journal.has("close") }
            #expect(facts == ["CN=a client", "true TLSv1.3 http/1.1"])
            #expect(journal.lines.last == "close 1005")
        }
    }

    @Test
    func `a client that cannot be secured is told of`() throws {
        try withLoop(.pipe) { loop in
            let (http, _, port) = try makeServer(loop)
            defer { http.close() }
            var errors: [String] = []
            http.on(.tlsClientError) { error, _ in errors.append(describe(error)) }
            let peer = RawPeer(
                loop.events.backend.connect(to: .tcp(host: "127.0.0.1", port: port)), isConnected: false)
            loop.track(peer)
            peer.write(Wire.request())
            try loop.run { peer.isOver }
            #expect(errors == ["Error: http request: the peer does not speak TLS [ERR_SSL_HTTP_REQUEST]"])
            #expect(loop.reports.isEmpty)
        }
    }

    @Test(arguments: Environment.allCases)
    func `a renewed certificate is for new connections, and drops none`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (http, sockets, port) = try makeServer(loop)
            defer { http.close() }
            let renewed = TestIdentity("renewed", names: ["DNS:localhost"], issuer: Certificates.authority)
            var subjects: [String] = []
            func connect() throws -> WebSocket {
                let client = try client(loop, port, path: "/chat") {
                    $0.tls.checkServerIdentity = { _, certificate in
                        subjects.append(certificate.subject)
                        return nil
                    }
                }
                try loop.run { client.readyState == .open }
                return client
            }
            let old = try connect()
            var configuration = TLSConfiguration()
            configuration.cert = TLSMaterial("nonsense")
            #expect(throws: WebSocketError.self) { try http.setSecureContext(configuration) }
            configuration.cert = TLSMaterial(renewed.cert)
            configuration.key = TLSMaterial(renewed.privateKey)
            try sockets.setSecureContext(configuration)
            let new = try connect()
            #expect(subjects == ["CN=localhost", "CN=renewed"])
            var answers: [String] = []
            for (name, socket) in [("old", old), ("new", new)] {
                socket.on(.message) { answers.append("\(name) \($0.text)") }
                socket.send("still there")
            }
            try loop.run { answers.count == 2 }
            #expect(Set(answers) == ["old still there", "new still there"])
        }
    }
}
