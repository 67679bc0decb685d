import TestCertificates
import Testing
import WSNode

@Suite("Proxies and TLS: each hop is secured for its own end")
struct SecureProxyTests {
    private static let origin = TestIdentity("origin", names: ["DNS:origin.example"], issuer: Certificates.authority)
    private static let proxy = TestIdentity("proxy", names: ["IP:127.0.0.1"], issuer: Certificates.authority)
    private static let trust = [TLSMaterial(Certificates.authority.cert)]

    // P-9
    @Test(arguments: Environment.allCases, [(false, false), (false, true), (true, false), (true, true)])
    func `ws and wss through http and https proxies`(
        environment: Environment, secure: (origin: Bool, proxy: Bool)
    ) throws {
        try withLoop(environment) { loop in
            var names: [String?] = []
            let server =
                try secure.origin
                ? loop.makeSecureServer(Self.origin) {
                    $0.tls?.SNICallback = { name in
                        names.append(name)
                        return nil
                    }
                } : loop.makeServer()
            let port = try #require(server.address()).port
            let answer = { (peer: RawPeer, request: RawRequest) in
                #expect(request.line == "CONNECT origin.example:\(port) HTTP/1.1")
                peer.write("HTTP/1.1 200 OK\r\n\r\n")
                loop.relay(peer, to: port)
            }
            let proxy = try secure.proxy ? loop.makeSecureRawServer(Self.proxy, answer) : loop.makeRawServer(answer)
            let agent = try ProxyAgent("\(secure.proxy ? "https" : "http")://127.0.0.1:\(proxy.port)")
            agent.tls.ca = Self.trust
            let options = ClientOptions {
                $0.agent = agent
                $0.tls.ca = Self.trust
            }
            let scheme = secure.origin ? "wss" : "ws"
            let client = try WebSocket("\(scheme)://origin.example:\(port)/", options: options, on: loop.events)
            loop.track(client)
            try loop.run { client.readyState == .open }
            if secure.origin { #expect(names == ["origin.example"]) }
        }
    }

    // P-9, K-11
    @Test(arguments: Environment.allCases, ["http", "https", "socks5h"])
    func `the certificate of the wrong host fails behind any proxy`(environment: Environment, scheme: String) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeSecureServer()
            let port = try #require(server.address()).port
            let answer = { (peer: RawPeer, _: RawRequest) in
                peer.write("HTTP/1.1 200 OK\r\n\r\n")
                loop.relay(peer, to: port)
            }
            let proxyPort =
                switch scheme {
                case "http": try loop.makeRawServer(answer).port
                case "https": try loop.makeSecureRawServer(Self.proxy, answer).port
                default: try loop.makeSocksServer { _ in .relay(port) }.port
                }
            let agent = try ProxyAgent("\(scheme)://127.0.0.1:\(proxyPort)")
            agent.tls.ca = Self.trust
            for (host, isRight) in [("localhost", true), ("origin.example", false)] {
                let options = ClientOptions {
                    $0.agent = agent
                    $0.tls.ca = Self.trust
                }
                let client = try WebSocket("wss://\(host):\(port)/", options: options, on: loop.events)
                loop.track(client)
                let journal = Journal(client)
                try loop.run { journal.has("open") || journal.has("close") }
                #expect(journal.has("open") == isRight)
                #expect(journal.lines.contains { $0.contains("ERR_TLS_CERT_ALTNAME_INVALID") } != isRight)
            }
        }
    }

    // P-9: the client's own options do not make up for what the proxy's lack.
    @Test(arguments: Environment.allCases)
    func `a proxy that cannot prove who it is`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let proxy = try loop.makeSecureRawServer(Self.proxy) { _, _ in Issue.record("asked") }
            let agent = try ProxyAgent("https://127.0.0.1:\(proxy.port)")
            let options = ClientOptions {
                $0.agent = agent
                $0.tls.ca = Self.trust
            }
            let client = try WebSocket("ws://origin.example/", options: options, on: loop.events)
            loop.track(client)
            let lines = try loop.failure(of: client)
            #expect(lines.count == 2 && lines.last == "close 1006")
        }
    }
}

@Suite("Behaviours §5: redirects between ws and wss")
struct SecureRedirectTests {
    /// Goes from one scheme to the other at the same host and, as it is written, the same port. Answers the fields of the
    /// second request.
    private func follow(
        _ environment: Environment, from first: String, to second: String, listens: Bool = false,
        _ change: @escaping (inout ClientOptions) -> Void
    ) throws -> RawRequest {
        var seen: RawRequest?
        try withLoop(environment) { loop in
            let answer = { (peer: RawPeer, request: RawRequest) in
                if request.line.contains("/start") {
                    return peer.write("HTTP/1.1 302 Found\r\nLocation: \(second)\r\nContent-Length: 0\r\n\r\n")
                }
                seen = request
                peer.write(request.upgrade())
            }
            let secure = try loop.makeSecureRawServer(Certificates.localhost, answer)
            let plain = try loop.makeRawServer(answer)
            var isSecure = first.hasPrefix("wss")
            let options = ClientOptions {
                $0.followRedirects = true
                $0.tls.ca = [TLSMaterial(Certificates.authority.cert)]
                $0.createConnection = { _, _ in
                    let port = isSecure ? secure.port : plain.port
                    isSecure.toggle()
                    return loop.events.backend.connect(to: .tcp(host: "127.0.0.1", port: port))
                }
                change(&$0)
            }
            let client = try WebSocket(first + "start", options: options, on: loop.events)
            loop.track(client)
            if listens {
                client.on(.redirect) { _, request in
                    for name in ["Authorization", "Cookie", "Host"] { #expect(request.getHeader(name) != nil) }
                }
            }
            try loop.run { client.readyState == .open }
            #expect(client.url == second)
        }
        return try #require(seen)
    }

    private func setSecrets(_ options: inout ClientOptions) {
        for (name, value) in [("Authorization", "Basic Zm9vOmJhcg=="), ("Cookie", "foo=bar"), ("Host", "foo")] {
            try? options.headers.append(name: name, value: value)
        }
    }

    // B-RED-008, X-6
    @Test(arguments: Environment.allCases)
    func `from wss to ws, credentials of the option stay behind`(environment: Environment) throws {
        let request = try follow(environment, from: "wss://localhost:9000/", to: "ws://localhost:9000/") {
            $0.auth = "foo:bar"
        }
        #expect(request.field("Authorization") == nil)
    }

    // B-RED-009, B-RED-010, X-5, X-6
    @Test(arguments: Environment.allCases, [false, true])
    func `from wss to ws, so do fields, unless somebody looks at the request`(
        environment: Environment, listens: Bool
    ) throws {
        let request = try follow(
            environment, from: "wss://localhost:9000/", to: "ws://localhost:9000/", listens: listens, setSecrets)
        #expect((request.field("Authorization") != nil) == listens)
        #expect((request.field("Cookie") != nil) == listens)
        #expect(request.field("Host") == "foo")
    }

    // B-RED-022, X-5
    @Test(arguments: Environment.allCases, [true, false])
    func `from ws to wss nothing is dropped on the usual ports`(environment: Environment, isUsual: Bool) throws {
        let host = isUsual ? "localhost" : "localhost:9000"
        let request = try follow(environment, from: "ws://\(host)/", to: "wss://\(host)/", setSecrets)
        #expect((request.field("Authorization") != nil) == isUsual)
        #expect((request.field("Cookie") != nil) == isUsual)
    }

    // B-CTOR-009
    @Test(arguments: Environment.allCases)
    func `https is wss: port 443, with TLS`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var dialled: [Endpoint] = []
            let server = try loop.makeRawServer { _, _ in Issue.record("a request in the clear") }
            let options = ClientOptions {
                $0.createConnection = { endpoint, _ in
                    dialled.append(endpoint)
                    return loop.events.backend.connect(to: .tcp(host: "127.0.0.1", port: server.port))
                }
            }
            let client = try WebSocket("https://localhost", options: options, on: loop.events)
            loop.track(client)
            try loop.run { server.peers.first?.received.isEmpty == false }
            #expect(dialled == [.tcp(host: "localhost", port: 443)])
            #expect(client.url == "wss://localhost/")
            // A handshake record of TLS.
            #expect(server.peers.first?.received.first == 22)
        }
    }
}
