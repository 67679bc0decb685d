import Testing
import WSNode

@Suite("Proxies: HTTP CONNECT and SOCKS 5")
struct ProxyTests {
    /// A proxy's answer to CONNECT that opens the tunnel, and the way behind it.
    private static let established = "HTTP/1.1 200 Connection established\r\n\r\n"

    /// The address of the echoing server, as the client writes it, through which proxy, and what the proxy was asked.
    private final class Way {
        var asked: [String] = []
        let journal = Journal()
    }

    /// Connects through an HTTP proxy that answers so; nil opens the tunnel.
    private func connect(
        _ environment: Environment, host: String = "127.0.0.1", userInfo: String = "",
        _ answer: @escaping (RawRequest) -> String? = { _ in nil }
    ) throws -> Way {
        let way = Way()
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            server.on(.connection) { socket, request in
                way.journal.note("server \(request.head.fields["Proxy-Authorization"] ?? "nothing")")
                socket.on(.message) { socket.send($0) }
            }
            let port = try #require(server.address()).port
            let proxy = try loop.makeRawServer { peer, request in
                way.asked.append(request.text)
                if let refusal = answer(request) { return peer.write(refusal) }
                peer.write(Self.established)
                loop.relay(peer, to: port)
            }
            let agent = try ProxyAgent("http://\(userInfo)127.0.0.1:\(proxy.port)")
            let options = ClientOptions {
                $0.agent = agent
                $0.auth = "origin:secret"
                $0.handshakeTimeout = .seconds(2)
            }
            let client = try WebSocket("ws://\(host):\(port)/path", options: options, on: loop.events)
            loop.track(client)
            way.journal.watch(client, as: "client")
            client.on(.open) { client.send("hi") }
            client.on(.message) { _ in client.close() }
            try loop.run { way.journal.has("client close") }
        }
        return way
    }

    // P-1, P-2, P-8, P-12
    @Test(arguments: Environment.allCases)
    func `a tunnel for ws, to a name that nobody here can look up`(environment: Environment) throws {
        let way = try connect(environment, host: "host.invalid")
        #expect(
            way.journal.lines == [
                "server nothing", "client upgrade 101", "client open", "client message \"hi\"", "client close 1005",
            ])
        #expect(way.asked.count == 1)
        let lines = try #require(way.asked.first).split(separator: "\r\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("CONNECT host.invalid:"))
        #expect(lines[1].hasPrefix("Host: host.invalid:"))
    }

    // P-6, P-8
    @Test(arguments: Environment.allCases)
    func `credentials of the proxy are for the proxy`(environment: Environment) throws {
        let way = try connect(environment, userInfo: "Aladdin:open%20sesame@")
        #expect(way.journal.lines.first == "server nothing")
        #expect(way.asked.first?.contains("Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==") == true)
        #expect(way.asked.first?.contains("\r\nAuthorization") == false)
    }

    // P-4, P-6
    @Test(
        arguments: Environment.allCases, [(300, "Choices"), (401, "Unauthorized"), (407, "Proxy Auth"), (502, "Bad")])
    func `a proxy that refuses`(environment: Environment, answer: (status: Int, reason: String)) throws {
        let way = try connect(environment) { _ in
            "HTTP/1.1 \(answer.status) \(answer.reason)\r\nContent-Length: 4\r\n\r\nbody"
        }
        #expect(way.asked.count == 1)
        #expect(
            way.journal.lines == [
                "client error Error: The proxy refused the connection: \(answer.status) \(answer.reason) "
                    + "[ERR_PROXY_TUNNEL]", "client close 1006",
            ])
    }

    // P-10
    @Test(arguments: Environment.allCases)
    func `a proxy that is silent`(environment: Environment) throws {
        let way = try connect(environment) { _ in "HTTP/1.1 200 OK\r\n" }
        #expect(way.journal.lines == ["client error Error: Opening handshake has timed out", "client close 1006"])
    }

    @Test(arguments: Environment.allCases)
    func `a proxy that hangs up, and one that is not there`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { peer, _ in peer.end() }
            for (port, message) in [
                (server.port, "The proxy closed the connection [ERR_PROXY_TUNNEL]"), (try loop.freePort(), nil),
            ] {
                let agent = try ProxyAgent("127.0.0.1:\(port)")
                let options = ClientOptions { $0.agent = agent }
                let client = try WebSocket("ws://host.invalid/", options: options, on: loop.events)
                loop.track(client)
                let journal = Journal(client)
                try loop.run { journal.has("close") }
                let refused = "connect ECONNREFUSED 127.0.0.1:\(port) [ECONNREFUSED]"
                #expect(journal.lines == ["error Error: \(message ?? refused)", "close 1006"])
            }
        }
    }

    // P-3, K-8
    @Test(arguments: Environment.allCases, [false, true])
    func `what comes behind the proxy's answer is the server's`(environment: Environment, isSocks: Bool) throws {
        try withLoop(environment) { loop in
            let proxy = try loop.makeSocksServer { _ in .success(Wire.text("early", masked: false)) }
            let http = try loop.makeRawServer { peer, _ in
                peer.write(Array(Self.established.utf8) + Wire.text("early", masked: false))
            }
            let url = isSocks ? "socks5h://127.0.0.1:\(proxy.port)" : "http://127.0.0.1:\(http.port)"
            let transport = try ProxyAgent(url).connect(
                to: WebSocketURL("ws://host.invalid/"), options: ConnectOptions(), on: loop.events)
            let peer = RawPeer(transport, isConnected: false)
            loop.track(peer)
            try loop.run { !peer.received.isEmpty }
            #expect(peer.received == Wire.text("early", masked: false))
            peer.write("back")
            let other = try #require(isSocks ? proxy.peers.first : http.peers.first)
            try loop.run { other.text == "back" }
        }
    }

    /// Gives a stream up in the turn in which it was made.
    private final class Quitter: TransportHandler {
        private let loop: EventLoop
        private(set) var isDone = false

        init(_ loop: EventLoop) { self.loop = loop }

        func transportDidConnect(_ transport: any Transport) {
            loop.setImmediate {
                transport.close()
                self.isDone = true
            }
            transport.setInterest(reading: true, writing: false)
        }

        func transport(_ transport: any Transport, didFailToConnect error: TransportError) { Issue.record("\(error)") }

        func transport(_ transport: any Transport, isReady readiness: Readiness) {
            Issue.record("what is closed was told of \(readiness)")
        }
    }

    @Test(arguments: Environment.allCases)
    func `what comes behind the proxy's answer is forgotten with the stream`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let proxy = try loop.makeRawServer { peer, _ in peer.write(Self.established + "early") }
            let transport = try ProxyAgent("http://127.0.0.1:\(proxy.port)").connect(
                to: WebSocketURL("ws://host.invalid/"), options: ConnectOptions(), on: loop.events)
            let quitter = Quitter(loop.events)
            transport.handler = quitter
            try loop.run { quitter.isDone }
        }
    }

    // P-11
    @Test(arguments: Environment.allCases)
    func `the environment's proxies, when they are asked for`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let port = try #require(server.address()).port
            var count = 0
            let proxy = try loop.makeRawServer { peer, _ in
                count += 1
                peer.write(Self.established)
                loop.relay(peer, to: port)
            }
            for (variables, expected) in [
                (["http_proxy": "127.0.0.1:\(proxy.port)"], 1),
                (["http_proxy": "127.0.0.1:\(proxy.port)", "no_proxy": "127.0.0.1"], 1), ([:], 1),
            ] as [([String: String], Int)] {
                let options = ClientOptions { $0.agent = EnvironmentAgent(variables) }
                let client = try WebSocket("ws://127.0.0.1:\(port)/", options: options, on: loop.events)
                loop.track(client)
                try loop.run { client.readyState == .open }
                #expect(count == expected)
            }
            let wrong = ClientOptions { $0.agent = EnvironmentAgent(["all_proxy": "ftp://x"]) }
            #expect(throws: WebSocketError.self) {
                try WebSocket("ws://127.0.0.1:\(port)/", options: wrong, on: loop.events)
            }
            _ = EnvironmentAgent()
        }
    }

    // P-13
    @Test(arguments: Environment.allCases)
    func `a redirect is evaluated again`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let port = try #require(server.address()).port
            let first = try loop.makeRawServer { peer, _ in
                peer.write("HTTP/1.1 302 Found\r\nLocation: ws://direct.invalid:\(port)/\r\n\r\n")
            }
            var asked: [String] = []
            let proxy = try loop.makeRawServer { peer, request in
                asked.append(request.line)
                peer.write(Self.established)
                loop.relay(peer, to: request.line.contains("first") ? first.port : port)
            }
            let options = ClientOptions {
                $0.agent = EnvironmentAgent(["all_proxy": "127.0.0.1:\(proxy.port)"])
                $0.followRedirects = true
            }
            let client = try WebSocket("ws://first.invalid:81/", options: options, on: loop.events)
            loop.track(client)
            try loop.run { client.readyState == .open }
            #expect(asked == ["CONNECT first.invalid:81 HTTP/1.1", "CONNECT direct.invalid:\(port) HTTP/1.1"])
        }
    }

    // K-1, K-5, K-9
    @Test(arguments: Environment.allCases, ["socks5h", "socks5"])
    func `through SOCKS, the name goes to the proxy or is looked up here`(
        environment: Environment, scheme: String
    ) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let port = try #require(server.address()).port
            let proxy = try loop.makeSocksServer { _ in .relay(port) }
            let agent = try ProxyAgent("\(scheme)://127.0.0.1:\(proxy.port)")
            agent.lookup = { host, _, answer in
                #expect(host == "host.invalid")
                answer(.success(["127.0.0.1"]))
            }
            let options = ClientOptions { $0.agent = agent }
            let client = try WebSocket("ws://host.invalid:\(port)/", options: options, on: loop.events)
            loop.track(client)
            try loop.run { client.readyState == .open }
            let portBytes = Wire.bigEndian(Int(port), 2)
            let byName: [UInt8] = [5, 1, 0, 3, 12] + Array("host.invalid".utf8) + portBytes
            #expect(proxy.requests == [scheme == "socks5h" ? byName : [5, 1, 0, 1, 127, 0, 0, 1] + portBytes])
        }
    }

    // K-3, K-4
    @Test(arguments: Environment.allCases, [true, false])
    func `SOCKS credentials`(environment: Environment, areRight: Bool) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let port = try #require(server.address()).port
            let proxy = try loop.makeSocksServer(credentials: "me:pw") { _ in .relay(port) }
            let agent = try ProxyAgent("socks5h://me:\(areRight ? "pw" : "no")@127.0.0.1:\(proxy.port)")
            let options = ClientOptions {
                $0.agent = agent
            }
            let client = try WebSocket("ws://host.invalid/", options: options, on: loop.events)
            loop.track(client)
            let journal = Journal(client)
            try loop.run { journal.has("open") || journal.has("close") }
            let refused = "error Error: The SOCKS proxy refused the credentials [ERR_PROXY_TUNNEL]"
            #expect(journal.lines.contains(areRight ? "open" : refused))
        }
    }

    // K-7
    @Test(arguments: Environment.allCases)
    func `a SOCKS proxy that refuses`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let proxy = try loop.makeSocksServer { _ in .refusal(5) }
            let agent = try ProxyAgent("socks5h://127.0.0.1:\(proxy.port)")
            let options = ClientOptions { $0.agent = agent }
            let client = try WebSocket("ws://host.invalid/", options: options, on: loop.events)
            loop.track(client)
            let journal = Journal(client)
            try loop.run { journal.has("close") }
            #expect(
                journal.lines == [
                    "error Error: The SOCKS proxy refused the connection: connection refused [ERR_PROXY_TUNNEL]",
                    "close 1006",
                ])
        }
    }

    // K-10
    @Test(arguments: [Environment.pipe], 0...12)
    func `a SOCKS proxy that stalls after any byte`(environment: Environment, count: Int) throws {
        try withLoop(environment) { loop in
            let answer: [UInt8] = [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0]
            let proxy = try loop.makeStallingServer(Array(answer.prefix(count)))
            let agent = try ProxyAgent("socks5h://127.0.0.1:\(proxy.port)")
            let options = ClientOptions {
                $0.agent = agent
                $0.handshakeTimeout = .seconds(3)
            }
            let client = try WebSocket("ws://host.invalid/", options: options, on: loop.events)
            loop.track(client)
            let journal = Journal(client)
            let start = loop.events.now
            try loop.run { journal.has("close") }
            #expect(loop.events.now - start == .seconds(3))
            #expect(journal.lines == ["error Error: Opening handshake has timed out", "close 1006"])
        }
    }

    @Test(arguments: Environment.allCases)
    func `a tunnel that cannot be asked for is thrown`(environment: Environment) throws {
        try withLoop(environment) { loop in
            #expect(throws: WebSocketError.self) { try ProxyAgent("ftp://proxy") }
            let long = String(repeating: "a", count: 60) + "."
            let agent = try ProxyAgent("socks5h://127.0.0.1:1")
            let options = ClientOptions { $0.agent = agent }
            #expect(throws: WebSocketError.self) {
                try WebSocket("ws://\(String(repeating: long, count: 5))a/", options: options, on: loop.events)
            }
        }
    }
}
