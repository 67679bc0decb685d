import TestCertificates
import Testing
import WSNode

@Suite("Behaviours §6: TLS")
struct TLSTests {
    // B-TLS-001
    @Test(arguments: Environment.allCases)
    func `with verification off, any certificate will do`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeSecureServer(Certificates.selfSigned)
            let client = try loop.makeSecureClient(of: server) { $0.tls.rejectUnauthorized = false }
            try loop.run { client.readyState == .open }
        }
    }

    // B-TLS-003
    @Test(arguments: Environment.allCases)
    func `a client in the clear fails at a server with TLS`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeSecureServer()
            let client = try loop.makeClient(of: server)
            let lines = try loop.failure(of: client)
            #expect(lines.filter { $0.hasPrefix("error") }.count == 1)
            #expect(lines.last == "close 1006")
        }
    }

    // R-4.2.2-1
    @Test(arguments: Environment.allCases)
    func `a request in the clear gets no answer in the clear`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeSecureServer()
            let peer = try loop.connectRaw(to: server)
            peer.write(Wire.request())
            try loop.run { peer.isOver }
            #expect(!peer.text.contains("HTTP"))
        }
    }

    // R-4.1-6, R-4.1-7
    @Test(arguments: Environment.allCases)
    func `a client with TLS says nothing in the clear, and fails at a server without`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let client = try loop.makeSecureClient(of: server)
            let lines = try loop.failure(of: client)
            #expect(
                lines == [
                    "error Error: wrong version number: the peer does not seem to speak TLS [ERR_SSL_WRONG_VERSION_NUMBER]",
                    "close 1006",
                ])
            let listener = try loop.events.backend.listen(on: .tcp(host: "127.0.0.1", port: 0))
            let acceptor = Acceptor(listener)
            defer { acceptor.close() }
            let second = try loop.makeSecureClient(at: listener.address.port) { $0.auth = "user:secret" }
            second.on(.error) { _ in }
            try loop.run { acceptor.peer?.received.isEmpty == false }
            loop.watch()
            #expect(acceptor.peer?.text.contains("secret") == false)
            #expect(acceptor.peer?.text.contains("GET") == false)
            // A handshake record with a ClientHello.
            #expect(acceptor.peer?.received.first == 22)
        }
    }

    // B-TLS-004, R-10.6-1
    @Test(arguments: Environment.allCases)
    func `text arrives as text`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makeSecurePair()
            let journal = Journal(pair)
            pair.client.send("foobar")
            try loop.run { journal.has("server message") }
            #expect(journal["server"] == ["message \"foobar\""])
            pair.client.close()
            try loop.run { journal.has("client close") && journal.has("server close") }
            #expect(journal["server"].last == "close 1005")
            #expect(journal["client"].last == "close 1005")
        }
    }

    // B-TLS-005
    @Test(arguments: Environment.allCases)
    func `five megabytes come back as they were`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makeSecurePair()
            var generator = SystemRandomNumberGenerator()
            let payload = (0..<5 * 1024 * 1024 / 8).flatMap { _ in
                withUnsafeBytes(of: generator.next()) { Array($0) }
            }
            pair.accepted.on(.message) { pair.accepted.send($0) }
            var answer: Message?
            pair.client.on(.message) { answer = $0 }
            pair.client.send(Bytes(payload))
            try loop.run { answer != nil }
            #expect(answer?.isBinary == true)
            #expect(answer.map { Array($0.bytes) == payload } == true)
        }
    }

    // Plaintext that waits inside of TLS is nothing the system could tell of.
    @Test(arguments: Environment.allCases)
    func `messages of all sizes in both directions at once`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makeSecurePair()
            let sizes = [0, 1, 125, 126, 16_383, 16_384, 16_385, 32_000, 65_535, 65_536, 262_144, 400_000, 7]
            var received: [String: [Int]] = [:]
            for (name, socket) in [("client", pair.client), ("server", pair.accepted)] {
                socket.on(.message) { message in
                    received[name, default: []].append(message.bytes.count)
                    if !message.bytes.allSatisfy({ $0 == UInt8(truncatingIfNeeded: message.bytes.count) }) {
                        Issue.record("a message of \(message.bytes.count) bytes is garbled")
                    }
                }
                for size in sizes + sizes {
                    socket.send(Bytes([UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size)))
                }
            }
            try loop.run { received["client"]?.count == 26 && received["server"]?.count == 26 }
            #expect(received["client"] == sizes + sizes)
            #expect(received["server"] == sizes + sizes)
        }
    }

    // B-TLS-007
    @Test(arguments: Environment.allCases)
    func `no version in common: one error`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeSecureServer { $0.tls?.minVersion = .tls12 }
            let client = try loop.makeSecureClient(of: server) { $0.tls.maxVersion = .tls11 }
            #expect(
                try loop.failure(of: client) == [
                    "error Error: no protocols available: maxVersion is below minVersion [ERR_SSL_NO_PROTOCOLS_AVAILABLE]",
                    "close 1006",
                ])
        }
    }

    // B-TLS-008, R-4.1-6
    @Test(arguments: Environment.allCases)
    func `a self-signed server is refused`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeSecureServer(Certificates.selfSigned)
            var accepted = 0
            server.on(.connection) { _, _ in accepted += 1 }
            let client = try loop.makeSecureClient(of: server)
            #expect(
                try loop.failure(of: client) == [
                    "error Error: self-signed certificate [DEPTH_ZERO_SELF_SIGNED_CERT]", "close 1006",
                ])
            #expect(accepted == 0)
        }
    }

    // B-TLS-006, B-TLS-009, R-4.1-8
    @Test(arguments: [
        ("localhost", nil, "localhost"), ("127.0.0.1", nil, nil), ("localhost", "", nil),
        ("127.0.0.1", "localhost", "localhost"),
    ])
    func `which name a client asks for`(host: String, servername: String?, asked: String?) throws {
        try withLoop(.pipe) { loop in
            var names: [String] = []
            let server = try loop.makeSecureServer {
                $0.tls?.SNICallback = {
                    names.append($0)
                    return nil
                }
            }
            let port = try #require(server.address()).port
            let client = try loop.makeSecureClient(at: port, host: host) { $0.tls.servername = servername }
            try loop.run { client.readyState == .open }
            #expect(names == (asked.map { [$0] } ?? []))
        }
    }

    // B-TLS-002
    @Test(arguments: Environment.allCases)
    func `a client shows its certificate`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makeSecurePair(
                server: {
                    $0.tls?.requestCert = true
                    $0.tls?.ca = [TLSMaterial(Certificates.authority.cert)]
                },
                client: {
                    $0.tls.cert = TLSMaterial(Certificates.client.cert)
                    $0.tls.key = TLSMaterial(Certificates.client.privateKey)
                })
            let journal = Journal(pair)
            pair.client.close()
            try loop.run { journal.has("server close") && journal.has("client close") }
            #expect(journal.lines(beginning: "server close") == ["server close 1005"])
        }
    }

    @Test(arguments: Environment.allCases)
    func `a client without a certificate is refused, and told why`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeSecureServer {
                $0.tls?.requestCert = true
                $0.tls?.ca = [TLSMaterial(Certificates.authority.cert)]
            }
            var accepted = 0
            server.on(.connection) { _, _ in accepted += 1 }
            let lines = try loop.failure(of: try loop.makeSecureClient(of: server))
            #expect(lines.first?.hasPrefix("error Error: ") == true)
            #expect(lines.last == "close 1006")
            #expect(lines.count == 2)
            #expect(accepted == 0)
        }
    }

    @Test
    func `options that cannot be used throw at once`() throws {
        try withLoop(.pipe) { loop in
            #expect(throws: WebSocketError.self) {
                try loop.makeSecureClient(at: 1) { $0.tls.ca = [TLSMaterial("nonsense")] }
            }
            #expect(throws: WebSocketError.self) { try loop.makeServer { $0.tls = TLSServerOptions() } }
            #expect(throws: WebSocketError.self) {
                try loop.makeServer {
                    $0.tls = TLSServerOptions(
                        cert: TLSMaterial(Certificates.localhost.cert), key: TLSMaterial(Certificates.client.privateKey)
                    )
                }
            }
            #expect(!loop.events.backend.hasWork)
        }
    }

    @Test
    func `the application's own check of the server`() throws {
        try withLoop(.pipe) { loop in
            let server = try loop.makeSecureServer()
            var asked: [String] = []
            let client = try loop.makeSecureClient(of: server) {
                $0.tls.checkServerIdentity = { host, certificate in
                    asked.append("\(host) \(certificate.subject)")
                    return WebSocketError("not the one we know", code: "PIN")
                }
            }
            #expect(try loop.failure(of: client) == ["error Error: not the one we know [PIN]", "close 1006"])
            #expect(asked == ["127.0.0.1 CN=localhost"])
        }
    }

    @Test
    func `a session is resumed`() throws {
        try withLoop(.pipe) { loop in
            let server = try loop.makeSecureServer()
            var sessions: [TLSSession] = []
            for count in 0..<2 {
                let client = try loop.makeSecureClient(of: server) {
                    $0.tls.session = sessions.last
                    $0.tls.onSession = { sessions.append($0) }
                }
                try loop.run { client.readyState == .open && sessions.count > count }
            }
            #expect(sessions.count >= 2)
        }
    }
}

/// Accepts one connection, and collects what comes.
private final class Acceptor: ListenerHandler {
    private let listener: any Listener
    private(set) var peer: RawPeer?

    init(_ listener: any Listener) {
        self.listener = listener
        listener.handler = self
    }

    func close() {
        listener.close()
        peer?.close()
    }

    func listener(_ listener: any Listener, didAccept transport: any Transport) {
        peer = RawPeer(transport, isConnected: true)
    }

    func listener(_ listener: any Listener, didFailToAccept error: TransportError) { Issue.record("\(error)") }
}
