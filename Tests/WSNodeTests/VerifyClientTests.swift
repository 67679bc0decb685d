import Testing
import WSNode

@Suite("Node API §3.5, §3.6: whether a client may connect, and with what")
struct VerifyClientTests {
    /// What a raw client that asks for `/` is answered: the head, then the body.
    private func answer(
        _ loop: TestLoop, _ verification: ClientVerification, fields: [(String, String)] = []
    ) throws -> (head: String, body: String) {
        let server = try loop.makeServer { $0.verifyClient = verification }
        server.on(.connection) { socket, _ in socket.close() }
        let peer = try loop.connectRaw(to: server)
        peer.write(Wire.request(fields: fields))
        try loop.run { peer.hasEnded || peer.text.contains(" 101 ") }
        let head = try #require(peer.takeHead())
        let body = peer.text
        peer.close()
        return (head, body)
    }

    // B-VC-001, B-VC-004, B-VC-005, B-VC-006, B-VC-007, B-VC-008, W-05
    @Test(arguments: Environment.allCases, [false, true])
    func `a refusal has its status, its body and its fields`(environment: Environment, waits: Bool) throws {
        try withLoop(environment) { loop in
            func refused(with verdict: ClientVerdict) throws -> (head: String, body: String) {
                try answer(
                    loop,
                    .completion { _, decide in
                        guard waits else { return decide(verdict) }
                        loop.events.setTimeout(.milliseconds(1)) { decide(verdict) }
                    })
            }
            let plain = try answer(loop, .sync { _ in false })
            #expect(plain.head.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
            #expect(plain.body == "Unauthorized")
            #expect(try refused(with: false).head == plain.head)
            #expect(try refused(with: .refuse(404)).head.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
            let busy = try refused(with: .refuse(503, "", headers: ["Retry-After": "120"]))
            #expect(busy.head.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(busy.head.contains("\r\nRetry-After: 120"))
            #expect(busy.body == "Service Unavailable")
            let missing = try refused(
                with: .refuse(404, "nope", headers: ["Content-Type": "text/plain", "Connection": "keep-alive"]))
            #expect(missing.head.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
            #expect(missing.head.contains("\r\nContent-Type: text/plain"))
            #expect(!missing.head.contains("text/html"))
            #expect(missing.head.contains("\r\nConnection: close"))
            #expect(missing.head.contains("\r\nContent-Length: 4"))
            #expect(missing.body == "nope")
            #expect(try refused(with: .refuse(799, nil)).head.hasPrefix("HTTP/1.1 500 "))
            #expect(!(try refused(with: .refuse(403, nil, headers: ["X": "a\r\nInjected: b"]))).head.contains("Inj"))
        }
    }

    // B-VC-003, B-VC-010
    @Test(arguments: Environment.allCases)
    func `an acceptance comes at once or later, and the origin is that of the version`(
        environment: Environment
    ) throws {
        try withLoop(environment) { loop in
            var origins: [String] = []
            func check(_ info: ClientInfo) -> Bool {
                origins.append(info.origin ?? "none")
                return !info.secure && info.req.url == "/"
            }
            let fields = [("Origin", "https://a.example"), ("Sec-WebSocket-Origin", "https://b.example")]
            #expect(try answer(loop, .sync(check)).head.contains(" 101 "))
            #expect(try answer(loop, .sync(check), fields: fields).head.contains(" 101 "))
            #expect(
                try answer(loop, .sync(check), fields: fields + [("Sec-WebSocket-Version", "8")]).head.contains(" 101 ")
            )
            let later = try answer(
                loop,
                .completion { info, decide in
                    let verdict = ClientVerdict(check(info))
                    loop.events.setTimeout(.milliseconds(1)) {
                        decide(verdict)
                        decide(false)
                    }
                })
            #expect(later.head.contains(" 101 "))
            #expect(origins == ["none", "https://a.example", "https://b.example", "none"])
        }
    }

    // B-VC-003: on the in-memory network time would not wait for a task.
    @Test(arguments: Environment.sockets, [true, false])
    func `a client can be asked about asynchronously`(environment: Environment, accepts: Bool) throws {
        try withLoop(environment) { loop in
            let verification = ClientVerification.async { request in
                await Task.yield()
                return request.head.target == "/" && accepts ? true : .refuse(403)
            }
            let head = try answer(loop, verification).head
            #expect(head.contains(accepts ? " 101 " : " 403 "))
        }
    }

    // B-VC-009, B-HP-001, B-HP-003, B-HP-004, B-HP-005
    @Test(arguments: Environment.allCases)
    func `the client comes first, then the protocol, then the headers`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let journal = Journal()
            var choice: String? = "bar"
            let server = try loop.makeServer {
                $0.verifyClient = .sync { _ in
                    journal.note("verify")
                    return true
                }
                $0.handleProtocols = { names, request in
                    journal.note("protocols \(names) \(request.url)")
                    return choice
                }
            }
            server.on(.headers) { _, _ in journal.note("headers") }
            server.on(.connection) { socket, _ in journal.note("connection \(socket.protocol)") }
            let (_, _, head) = try loop.upgradeRaw(
                to: server, Wire.request(fields: [("Sec-WebSocket-Protocol", "foo, bar")]))
            #expect(head.contains("\r\nSec-WebSocket-Protocol: bar"))
            #expect(journal.lines == ["verify", #"protocols ["foo", "bar"] /"#, "headers", "connection bar"])
            for none in [nil, ""] as [String?] {
                choice = none
                let (_, accepted, head) = try loop.upgradeRaw(
                    to: server, Wire.request(fields: [("Sec-WebSocket-Protocol", "foo, bar")]))
                #expect(!head.contains("Sec-WebSocket-Protocol"))
                #expect(accepted.protocol == "")
            }
            let count = journal.lines.count
            _ = try loop.upgradeRaw(to: server)
            #expect(journal.lines.dropFirst(count) == ["verify", "headers", "connection "])
        }
    }

    // B-UPG-009
    @Test(arguments: Environment.allCases)
    func `who ends its side before it was accepted gets no answer`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var decide: ((ClientVerdict) -> Void)?
            let server = try loop.makeServer { $0.verifyClient = .completion { decide = $1 } }
            server.on(.connection) { _, _ in Issue.record("connected") }
            let peer = try loop.connectRaw(to: server)
            peer.write(Wire.request())
            peer.end()
            try loop.run { peer.isOver }
            #expect(decide != nil)
            decide?(true)
            loop.watch()
            #expect(peer.text == "")
        }
    }

    // H-a, B-UPG-006
    @Test(arguments: Environment.allCases)
    func `while it waits, a client may send frames, but not for ever`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var decisions: [(ClientVerdict) -> Void] = []
            let server = try loop.makeServer {
                $0.verifyClient = .completion { decisions.append($1) }
                $0.handshakeTimeout = .milliseconds(200)
            }
            let journal = Journal()
            server.on(.connection) { socket, _ in
                journal.note("connection")
                journal.watch(socket, as: "")
            }
            let eager = try loop.connectRaw(to: server)
            eager.write(Wire.request() + Wire.text("early", masked: true))
            try loop.run { decisions.count == 1 }
            eager.write(Wire.text("earlier than accepted", masked: true))
            loop.run(for: .milliseconds(5))
            decisions[0](true)
            try loop.run { journal.lines.count == 3 }
            #expect(
                journal.lines == ["connection", #"message "early""#, #"message "earlier than accepted""#])

            let flood = try loop.connectRaw(to: server)
            flood.write(Wire.request() + [UInt8](repeating: 0, count: 16 << 20))
            try loop.run { decisions.count == 2 }
            loop.run(for: .milliseconds(20))
            #expect(flood.unwrittenCount > 8 << 20)
            try loop.run { flood.isOver }
            #expect(flood.text.hasPrefix("HTTP/1.1 503 ") || flood.failure != nil)
            decisions[1](true)
            loop.run(for: .milliseconds(5))
            #expect(!journal.lines.dropFirst(3).contains("connection"))
        }
    }

    // B-ABORT-010, B-ABORT-018
    @Test(arguments: Environment.allCases)
    func `a listener of wsClientError answers for what clients do wrong, and only that`(
        environment: Environment
    ) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer {
                $0.path = "/right"
                $0.verifyClient = .sync { $0.origin != "https://evil.example" }
            }
            var errors: [String] = []
            server.on(.wsClientError) { error, socket, request in
                errors.append("\(error.message) \(request.method) \(request.url)")
                socket.end("HTTP/1.1 400 Bad Request\r\nX-From: listener\r\n\r\n")
            }
            func answer(_ line: String, fields: [(String, String)] = []) throws -> String {
                let peer = try loop.connectRaw(to: server)
                peer.write(Wire.request(line, fields: fields))
                try loop.run { peer.hasEnded }
                peer.end()
                return peer.text
            }
            let wrong = try answer("POST /right HTTP/1.1")
            #expect(wrong == "HTTP/1.1 400 Bad Request\r\nX-From: listener\r\n\r\n")
            #expect(errors == ["Invalid HTTP method POST /right"])
            let names = ("Sec-WebSocket-Protocol", "a,a")
            #expect(try answer("GET /right HTTP/1.1", fields: [names]).contains("X-From"))
            #expect(errors.last == "Invalid Sec-WebSocket-Protocol header GET /right")
            errors = []
            #expect(try answer("GET /wrong HTTP/1.1").hasPrefix("HTTP/1.1 400 "))
            #expect(try answer("GET /wrong HTTP/1.1", fields: [names]).hasPrefix("HTTP/1.1 400 "))
            #expect(
                try answer("GET /right HTTP/1.1", fields: [("Origin", "https://evil.example")]).hasPrefix(
                    "HTTP/1.1 401 "))
            let waiting = try loop.connectRaw(to: server)
            waiting.write("GET /right HTTP/1.1\r\n")
            loop.run(for: .milliseconds(5))
            server.close()
            waiting.write(Array(Wire.request().dropFirst("GET / HTTP/1.1\r\n".utf8.count)))
            try loop.run { waiting.hasEnded }
            #expect(waiting.text.hasPrefix("HTTP/1.1 503 "))
            #expect(errors.isEmpty)
        }
    }

    @Test(arguments: Environment.allCases)
    func `a closure can decide which requests are for a server`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.shouldHandle = { $0.url.hasPrefix("/rooms/") } }
            let right = try loop.makeClient(of: server, path: "/rooms/7")
            try loop.run { right.readyState == .open }
            let wrong = try loop.makeClient(of: server, path: "/room")
            let journal = Journal(wrong)
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["error Error: Unexpected server response: 400", "close 1006"])
        }
    }
}
