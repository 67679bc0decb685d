import Testing
import WSNode

@Suite("Node API §2.2: how a client connects")
struct ClientOptionTests {
    // B-HDR-009
    @Test(arguments: Environment.allCases)
    func `finishRequest has the request before it is sent`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            var cookie: String?
            server.on(.connection) { socket, request in
                cookie = request.headers["cookie"]
                socket.close()
            }
            var shown: (request: OutgoingRequest, socket: WebSocket)?
            let client = try loop.makeClient(of: server) { $0.finishRequest = { shown = ($0, $1) } }
            let journal = Journal(client)
            let request = try #require(shown?.request)
            #expect(shown?.socket === client)
            #expect(request.getHeader("host") == "127.0.0.1:\(try #require(server.address()).port)")
            #expect(request.method == "GET")
            #expect(request.path == "/")
            loop.run(for: .milliseconds(20))
            #expect(client.readyState == .connecting)
            #expect(journal.lines.isEmpty)
            try request.setHeader("Cookie", "foo=bar; answer=42")
            request.end()
            request.end()
            #expect(throws: WebSocketError.self) { try request.setHeader("Cookie", "late") }
            try loop.run { journal.has("close") }
            #expect(cookie == "foo=bar; answer=42")
            #expect(journal.lines == ["upgrade 101", "open", "close 1005"])
        }
    }

    @Test(arguments: Environment.allCases)
    func `a request that is never finished times out, and can be given up`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { _, _ in Issue.record("a request was sent") }
            let client = try loop.makeClient(at: server.port) {
                $0.finishRequest = { _, _ in }
                $0.handshakeTimeout = .milliseconds(30)
            }
            let journal = Journal(client)
            let other = try loop.makeClient(at: server.port) {
                $0.finishRequest = { request, _ in request.destroy() }
            }
            let otherJournal = Journal(other)
            try loop.run { journal.has("close") && otherJournal.has("close") }
            #expect(journal.lines == ["error Error: Opening handshake has timed out", "close 1006"])
            #expect(otherJournal.lines == ["error Error: socket hang up [ECONNRESET]", "close 1006"])
        }
    }

    @Test(arguments: Environment.allCases)
    func `a server that ends before the request is finished`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { _, _ in }
            var request: OutgoingRequest?
            let client = try loop.makeClient(at: server.port) { $0.finishRequest = { shown, _ in request = shown } }
            let journal = Journal(client)
            try loop.run { !server.peers.isEmpty }
            server.peers[0].reset()
            request?.end()
            try loop.run { journal.has("close") }
            #expect(journal.lines.last == "close 1006")
            #expect(journal.lines(beginning: "error").count == 1)
        }
    }

    // B-HS-020
    @Test(arguments: Environment.allCases)
    func `createConnection makes the stream`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var request: RawRequest?
            let server = try loop.makeRawServer {
                request = $1
                $0.write($1.upgrade())
            }
            var asked: [Endpoint] = []
            let options = ClientOptions {
                $0.family = .ipv4
                $0.createConnection = { endpoint, connecting in
                    asked.append(endpoint)
                    #expect(connecting.family == .ipv4)
                    return loop.events.backend.connect(to: .tcp(host: "127.0.0.1", port: server.port))
                }
            }
            let client = try WebSocket("ws://google.com:22/foo", options: options, on: loop.events)
            loop.track(client)
            try loop.run { client.readyState == .open }
            #expect(asked == [.tcp(host: "google.com", port: 22)])
            #expect(request?.field("Host") == "google.com:22")
            #expect(client.url == "ws://google.com:22/foo")
        }
    }

    @Test(arguments: Environment.allCases, [true, false])
    func `lookup finds the addresses`(environment: Environment, isLate: Bool) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let port = try #require(server.address()).port
            var asked: [String] = []
            let options = ClientOptions {
                $0.lookup = { host, family, answer in
                    asked.append("\(host) \(family.map { "\($0)" } ?? "any")")
                    if isLate {
                        loop.events.setTimeout(.milliseconds(5)) { answer(.success(["127.0.0.1"])) }
                    } else {
                        answer(.success(["127.0.0.1"]))
                        answer(.success([]))
                    }
                }
            }
            let client = try WebSocket("ws://nowhere.invalid:\(port)/", options: options, on: loop.events)
            loop.track(client)
            try loop.run { client.readyState == .open }
            #expect(asked == ["nowhere.invalid any"])
            #expect(client.remoteAddress?.port == port)
        }
    }

    @Test(arguments: Environment.allCases)
    func `a lookup that fails, and one that never answers`(environment: Environment) throws {
        try withLoop(environment) { loop in
            func journal(_ answer: Result<[String], TransportError>?, timeout: Duration? = nil) throws -> [String] {
                let options = ClientOptions {
                    $0.handshakeTimeout = timeout
                    $0.lookup = { _, _, done in if let answer { done(answer) } }
                }
                let client = try WebSocket("ws://nowhere.invalid/", options: options, on: loop.events)
                loop.track(client)
                let journal = Journal(client)
                try loop.run { journal.has("close") }
                return journal.lines
            }
            let notFound = ["error Error: getaddrinfo ENOTFOUND nowhere.invalid [ENOTFOUND]", "close 1006"]
            let failed = try journal(.failure(TransportError(nameNotFound: "nowhere.invalid")))
            #expect(failed == notFound)
            let empty = try journal(.success([]))
            #expect(empty == notFound)
            let silent = try journal(nil, timeout: .milliseconds(20))
            #expect(silent == ["error Error: Opening handshake has timed out", "close 1006"])
        }
    }

    // B-RECV-054
    @Test(arguments: Environment.allCases)
    func `without synchronous events, one message, ping or pong in a turn`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient { $0.allowSynchronousEvents = false }
            var turn = 0
            var turns: [Int] = []
            let journal = Journal(client)
            client.on(.message) { _ in turns.append(turn) }
            client.on(.ping) { _ in turns.append(turn) }
            client.on(.pong) { _ in turns.append(turn) }
            func nextTurn() {
                turn += 1
                if turn < 1000 { loop.events.setTimeout(.zero, nextTurn) }
            }
            nextTurn()
            peer.write(
                Wire.text("1", masked: false) + Wire.frame(0x89, "p".utf8, masked: false)
                    + Wire.frame(0x8A, "q".utf8, masked: false) + Wire.text("2", masked: false)
                    + Wire.close(1000, masked: false))
            peer.end()
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["message \"1\"", "ping p", "pong q", "message \"2\"", "close 1000"])
            #expect(Set(turns).count == 4)
        }
    }

    // B-RECV-054: what is held back is still delivered when the connection is given up.
    @Test(arguments: Environment.allCases)
    func `without synchronous events, terminate keeps none of them back`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient { $0.allowSynchronousEvents = false }
            let journal = Journal(client)
            client.once(.message) { _ in client.terminate() }
            peer.write(Wire.text("1", masked: false) + Wire.text("2", masked: false))
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["message \"1\"", "message \"2\"", "close 1006"])
        }
    }

    @Test(arguments: [Environment.pipe])
    func `without synchronous events, a fast peer fills the network and not our memory`(
        environment: Environment
    ) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient { $0.allowSynchronousEvents = false }
            var count = 0
            client.on(.message) { _ in count += 1 }
            let total = 400_000
            peer.write(Array(repeating: Wire.text("", masked: false), count: total).flatMap { $0 })
            try loop.run { count == 1000 }
            #expect(peer.unwrittenCount > 0)
        }
    }
}
