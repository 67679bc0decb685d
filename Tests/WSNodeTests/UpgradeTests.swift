import Testing
import WSNode

@Suite("Node API §3.4: how a server answers an upgrade")
struct UpgradeTests {
    // B-PATH-001, B-PATH-002, B-PATH-003
    @Test func `the path is compared up to the query, exactly`() throws {
        try withLoop(.pipe) { loop in
            let server = try loop.makeServer { $0.path = "/foo" }
            for target in ["/foo", "/foo?bar=baz", "/foo?"] { #expect(server.shouldHandle(target)) }
            for target in ["/bar", "/foo/", "/FOO", "/", "/foobar", "/foo#", "/%66oo"] {
                #expect(!server.shouldHandle(target))
            }
            #expect(try loop.makeServer().shouldHandle("/anything"))
        }
    }

    // B-UPG-002, B-ABORT-018
    @Test(arguments: Environment.allCases)
    func `another path is refused with 400`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.path = "/ws" }
            let client = try loop.makeClient(of: server, path: "/other")
            let journal = Journal(client)
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["error Error: Unexpected server response: 400", "close 1006"])
            let right = try loop.makeClient(of: server, path: "/ws?x=y")
            try loop.run { right.readyState == .open }
        }
    }

    // B-UPG-006
    @Test(arguments: Environment.allCases)
    func `frames that come with the request follow connection`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let journal = Journal()
            server.on(.connection) { socket, _ in
                journal.note("connection")
                journal.watch(socket, as: "")
            }
            let peer = try loop.connectRaw(to: server)
            peer.write(Wire.request() + Wire.text("Hello", masked: true) + Wire.close(1000, masked: true))
            peer.end()
            try loop.run { journal.has("close") && peer.hasEnded }
            #expect(journal.lines == ["connection", #"message "Hello""#, "close 1000"])
            #expect(peer.takeHead()?.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n") == true)
            #expect(peer.frames == [Wire.Frame(0x88, masked: false, [0x03, 0xE8])])
        }
    }

    // B-UPG-007, B-UPG-008, B-UPG-010
    @Test(arguments: Environment.allCases)
    func `headers comes before connection, and what is added reaches the client`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let journal = Journal()
            server.on(.headers) { lines, request in
                journal.note("headers \(request.url)")
                #expect(
                    lines == [
                        "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
                        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Sec-WebSocket-Protocol: a",
                    ])
                lines.append("Set-Cookie: a=b")
                lines.append("X-Time:12:30")
            }
            server.on(.connection) { _, _ in journal.note("connection") }
            let (_, _, head) = try loop.upgradeRaw(
                to: server, Wire.request("GET /p?q=r HTTP/1.1", fields: [("Sec-WebSocket-Protocol", "a")]))
            #expect(journal.lines == ["headers /p?q=r", "connection"])
            #expect(head.hasSuffix("\r\nSet-Cookie: a=b\r\nX-Time: 12:30"))
        }
    }

    // W-06
    @Test(arguments: Environment.allCases, ["X: a\r\nInjected: b", "no field at all", "bad name: x", ": y"])
    func `a line that is no field is the application's error, not the client's`(
        environment: Environment, line: String
    ) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            var errors: [WebSocketError] = []
            server.on(.error) { errors.append($0) }
            server.on(.headers) { lines, _ in lines.append(line) }
            server.on(.connection) { _, _ in Issue.record("accepted") }
            let client = try loop.makeClient(of: server)
            let journal = Journal(client)
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["error Error: Unexpected server response: 500", "close 1006"])
            #expect(errors.count == 1)
            #expect(errors.first?.name == .type)
        }
    }

    // B-UPG-011
    @Test func `an open connection may be silent for ever`() throws {
        try withLoop(.pipe) { loop in
            let pair = try loop.makePair(
                server: { $0.handshakeTimeout = .milliseconds(20) },
                client: { $0.handshakeTimeout = .milliseconds(500) })
            loop.run(for: .seconds(86_400))
            #expect(pair.client.readyState == .open)
            #expect(pair.accepted.readyState == .open)
        }
    }

    // B-UPG-012, B-UPG-009
    @Test(arguments: Environment.allCases, ["reset", "end", "close"])
    func `a peer that goes away during the handshake leaves no trace`(environment: Environment, how: String) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            server.on(.connection) { _, _ in Issue.record("connected") }
            server.on(.error) { _ in Issue.record("an error") }
            let peer = try loop.connectRaw(to: server)
            peer.write("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: web")
            loop.run(for: .milliseconds(5))
            switch how {
            case "reset": peer.reset()
            case "end": peer.end()
            default: peer.close()
            }
            var isClosed = false
            server.close { _ in isClosed = true }
            try loop.run { isClosed }
            #expect(loop.reports.isEmpty)
        }
    }

    // B-HP-001, B-HP-006
    @Test(arguments: Environment.allCases)
    func `the first subprotocol is taken, or the one the handler chooses`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let first = try loop.makePair(protocols: ["foo", "bar"])
            #expect(first.client.protocol == "foo")
            #expect(first.accepted.protocol == "foo")
            var target: String?
            let last = try loop.makePair(
                protocols: ["foo", "bar"],
                server: {
                    $0.handleProtocols = { names, request in
                        #expect(names == ["foo", "bar"])
                        target = request.url
                        return names.last
                    }
                })
            #expect(last.client.protocol == "bar")
            #expect(last.accepted.protocol == "bar")
            #expect(target == "/")
        }
    }

    // B-HP-003, B-HP-004
    @Test(arguments: Environment.allCases, [String?.none, ""])
    func `a handler that chooses none sends none, and the client fails`(
        environment: Environment, choice: String?
    ) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.handleProtocols = { _, _ in choice } }
            var `protocol`: String?
            server.on(.connection) { socket, _ in `protocol` = socket.protocol }
            let client = try loop.makeClient(of: server, protocols: ["foo"])
            let journal = Journal(client)
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["upgrade 101", "error Error: Server sent no subprotocol", "close 1006"])
            #expect(`protocol` == "")
            let (_, _, head) = try loop.upgradeRaw(
                to: server, Wire.request(fields: [("Sec-WebSocket-Protocol", "foo")]))
            #expect(!head.contains("Protocol:"))
        }
    }

    // B-HP-002, R-4.2.2-5: unlike Node, a name that was not offered does not reach the wire.
    @Test(arguments: Environment.allCases, ["other", "a b", "x\r\nInjected: y"])
    func `a name that was not offered is refused`(environment: Environment, choice: String) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.handleProtocols = { _, _ in choice } }
            let client = try loop.makeClient(of: server, protocols: ["foo"])
            let journal = Journal(client)
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["error Error: Unexpected server response: 500", "close 1006"])
            #expect(loop.reports.count == 1)
        }
    }

    // B-HP-005
    @Test(arguments: Environment.allCases)
    func `without subprotocols the handler is not asked`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair(server: {
                $0.handleProtocols = { _, _ in
                    Issue.record("asked")
                    return "x"
                }
            })
            #expect(pair.client.protocol == "")
            #expect(pair.accepted.protocol == "")
        }
    }

    // H-c
    @Test(arguments: Environment.allCases)
    func `too many connections are not even read`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair(server: { $0.maxConnections = 1 })
            let peer = try loop.connectRaw(to: pair.server)
            try loop.run { peer.isOver }
            #expect(peer.received.isEmpty)
            pair.client.terminate()
            try loop.run { pair.accepted.readyState == .closed }
            let next = try loop.makeClient(of: pair.server)
            try loop.run { next.readyState == .open }
        }
    }

    // B-RECV-054, B-RECV-056
    @Test(arguments: Environment.allCases, [true, false])
    func `what a listener puts off runs between the events of a read, if asked to`(
        environment: Environment, allows: Bool
    ) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.allowSynchronousEvents = allows }
            let (peer, accepted, _) = try loop.upgradeRaw(to: server)
            let journal = Journal()
            func note(_ line: String) {
                journal.note(line)
                loop.events.nextTick {
                    loop.events.nextTick { journal.note("after \(line)") }
                }
            }
            accepted.on(.message) { note($0.text) }
            accepted.on(.ping) { note("ping \(String($0))") }
            peer.write(
                Wire.text("1", masked: true) + Wire.frame(0x89, "2".utf8, masked: true) + Wire.text("3", masked: true))
            try loop.run { journal.lines.count == 6 }
            #expect(
                journal.lines
                    == (allows
                        ? ["1", "ping 2", "3", "after 1", "after ping 2", "after 3"]
                        : ["1", "after 1", "ping 2", "after ping 2", "3", "after 3"]))
        }
    }
}
