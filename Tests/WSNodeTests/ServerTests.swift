import Testing
import WSNode

@Suite("Node API §3: the server")
struct ServerTests {
    // B-SRV-004, B-SRV-001, B-SRV-002, B-SRV-003: a port is what this initialiser takes, so no other combination exists.
    @Test(arguments: Environment.allCases)
    func `the options show what was given`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try WebSocketServer(port: 0, host: "127.0.0.1", path: "/foo", on: loop.events)
            loop.track(server)
            #expect(server.options.host == "127.0.0.1")
            #expect(server.options.path == "/foo")
            #expect(server.options.backlog == 511)
            #expect(server.options.maxPayload == 100 << 20)
            #expect(server.options.maxFragments == 128 << 10)
            #expect(server.options.closeTimeout == .seconds(30))
            #expect(server.options.clientTracking)
            #expect(server.options.autoPong)
            #expect(!server.options.skipUTF8Validation)
        }
    }

    // B-SRV-003
    @Test(arguments: [-1, 65536, Int.max])
    func `a port outside the range is a RangeError`(port: Int) throws {
        try withLoop(.pipe) { loop in
            let expected = WebSocketError(
                "options.port should be >= 0 and < 65536. Received type number (\(port)).", name: .range,
                code: "ERR_SOCKET_BAD_PORT")
            #expect(throws: expected) { try WebSocketServer(port: port, on: loop.events) }
        }
    }

    // B-SRV-005, B-CTOR-012
    @Test(arguments: Environment.allCases)
    func `the limits reach the parser`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer {
                $0.maxFragments = 3
                $0.maxPayload = 20
            }
            for (bytes, code) in [
                (Wire.frame(0x82, [UInt8](repeating: 0, count: 21), masked: true), 1009),
                (Wire.hex("0180 00000000 0080 00000000 0080 00000000 0080 00000000"), 1008),
            ] {
                let (peer, _, _) = try loop.upgradeRaw(to: server)
                peer.write(bytes)
                try loop.run { peer.hasEnded }
                #expect(peer.frames == [Wire.Frame(0x88, masked: false, Wire.bigEndian(code, 2))])
                peer.close()
            }
            let (client, peer) = try loop.openClient { $0.maxPayload = 2 }
            client.on(.error) { _ in }
            peer.write(Wire.text("abc", masked: false))
            try loop.run { peer.hasEnded }
            #expect(peer.frames == [Wire.Frame(0x88, masked: true, Wire.bigEndian(1009, 2))])
        }
    }

    // B-SRV-008
    @Test(arguments: Environment.allCases)
    func `a port in use is an error event, once`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let first = try loop.makeServer()
            let port = try #require(first.address()).port
            let options = ServerOptions { $0.host = "127.0.0.1" }
            let second = try WebSocketServer(port: Int(port), options: options, on: loop.events)
            var errors: [WebSocketError] = []
            second.on(.error) { errors.append($0) }
            second.on(.listening) { Issue.record("it listens") }
            #expect(errors.isEmpty)
            try loop.run { !errors.isEmpty }
            #expect(
                errors == [
                    WebSocketError(
                        "listen EADDRINUSE: address already in use 127.0.0.1:\(port)", code: "EADDRINUSE")
                ])
            #expect(second.address() == nil)
            // Without a listener it is reported, and nothing keeps the loop.
            _ = try WebSocketServer(port: Int(port), options: options, on: loop.events)
            try loop.run { !loop.reports.isEmpty }
            #expect(loop.reports == ["Error: listen EADDRINUSE: address already in use 127.0.0.1:\(port)"])
        }
    }

    @Test(arguments: Environment.allCases, [true, false])
    func `a server that could not listen is closed like any other`(environment: Environment, isTold: Bool) throws {
        try withLoop(environment) { loop in
            let port = try #require(loop.makeServer().address()).port
            let server = try WebSocketServer(
                port: Int(port), options: ServerOptions { $0.host = "127.0.0.1" }, on: loop.events)
            var order: [String] = []
            func close() { server.close { order.append($0 == nil ? "closed" : "failed") } }
            server.on(.close) { order.append("close") }
            server.on(.error) { _ in
                order.append("error")
                if isTold { close() }
            }
            if !isTold { close() }
            try loop.run { order.count == 3 }
            #expect(order.first == "error" && Set(order) == ["error", "close", "closed"])
        }
    }

    @Test(arguments: Environment.allCases, [true, false])
    func `a server that has closed is let go of`(environment: Environment, listens: Bool) throws {
        weak var witness: WebSocketServer?
        try withLoop(environment) { loop in
            var server: WebSocketServer?
            let http = HTTPServer(on: loop.events) { _, _ in }
            let options = ServerOptions { $0.host = "127.0.0.1" }
            if listens {
                server = try WebSocketServer(port: 0, options: options, on: loop.events)
            } else {
                server = try WebSocketServer(server: http)
                try http.listen(host: "127.0.0.1")
            }
            witness = server
            let port = try #require(server?.address()).port
            var isClosed = false
            server?.on(.connection) { [weak server] socket, _ in
                socket.on(.close) { _, _ in server?.close { _ in isClosed = true } }
            }
            let client = try loop.makeClient(at: port)
            client.on(.open) { client.close() }
            try loop.run { isClosed }
            http.close()
            server = nil
        }
        #expect(witness == nil)
    }

    // B-SRV-009, B-SRV-014
    @Test(arguments: Environment.allCases)
    func `listening comes after the constructor, at a port that was asked for`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let port = try loop.freePort()
            var order: [String] = []
            let options = ServerOptions { $0.host = "127.0.0.1" }
            let server = try WebSocketServer(port: Int(port), options: options, on: loop.events) {
                order.append("callback")
            }
            loop.track(server)
            server.on(.listening) { order.append("listening") }
            #expect(order.isEmpty)
            try loop.run { order.count == 2 }
            #expect(order == ["callback", "listening"])
            #expect(server.address() == .ipv4("127.0.0.1", port))
            let client = try loop.makeClient(at: port)
            try loop.run { client.readyState == .open }
        }
    }

    // B-SRV-010
    @Test(arguments: Environment.allCases)
    func `without a host it listens everywhere, IPv6 and IPv4`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try WebSocketServer(port: 0, on: loop.events)
            loop.track(server)
            let address = try #require(server.address())
            // Where there is no IPv6, all of IPv4.
            #expect(["::", "0.0.0.0"].contains(address.host))
            let client = try loop.makeClient(at: address.port)
            try loop.run { client.readyState == .open }
        }
    }

    // B-SRV-012, B-ABORT-015
    @Test(arguments: Environment.allCases)
    func `an ordinary request is told to upgrade`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            server.on(.connection) { _, _ in Issue.record("it was taken for an upgrade") }
            for request in [
                Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8), Wire.request(fields: [("Connection", "")]),
                Wire.request(fields: [("Connection", "keep-alive")]),
            ] {
                let peer = try loop.connectRaw(to: server)
                peer.write(request)
                try loop.run { peer.hasEnded }
                let head = try #require(peer.takeHead())
                #expect(head.hasPrefix("HTTP/1.1 426 Upgrade Required\r\n"))
                #expect(head.contains("\r\nContent-Type: text/plain"))
                #expect(head.contains("\r\nUpgrade: websocket"))
                #expect(peer.text == "Upgrade Required")
                peer.close()
            }
        }
    }

    // B-SADDR-001, B-SADDR-003
    @Test(arguments: Environment.allCases)
    func `the address is the listener's until close`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let address = try #require(server.address())
            #expect(address.host == "127.0.0.1")
            #expect(address.family == "IPv4")
            #expect(address.port > 0)
            server.close()
            #expect(server.address() == nil)
        }
    }

    // B-SCLOSE-001
    @Test(arguments: Environment.allCases)
    func `closing three times is one close event, after the call`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            var order: [String] = []
            server.on(.close) { order.append("event") }
            for number in 1...3 { server.close { order.append("\(number)\($0 == nil ? "" : " with an error")") } }
            #expect(order.isEmpty)
            try loop.run { order.count == 4 }
            loop.watch()
            #expect(order == ["event", "1", "2", "3"])
        }
    }

    // B-SCLOSE-005, B-SCLOSE-009
    @Test(arguments: Environment.allCases)
    func `close waits for connections, which live on`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair(server: { $0.handshakeTimeout = .zero })
            let journal = Journal(pair)
            let idle = try loop.connectRaw(to: pair.server)
            try loop.run { idle.isConnected }
            // Accepted, too: the server has to know of it.
            idle.write("G")
            loop.run(for: .milliseconds(5))
            var isClosed = false
            pair.server.close { _ in isClosed = true }
            pair.server.close()
            loop.watch()
            #expect(!isClosed)
            pair.client.send("still served")
            try loop.run { !journal["server"].isEmpty }
            pair.client.close()
            try loop.run { pair.accepted.readyState == .closed }
            loop.run(for: .milliseconds(5))
            #expect(!isClosed)
            idle.close()
            try loop.run { isClosed }
            #expect(journal["server"].last == "close 1005")
        }
    }

    // B-SCLOSE-009
    @Test(arguments: Environment.allCases)
    func `the last connection's close precedes the server's`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            var order: [String] = []
            pair.server.on(.close) { order.append("server") }
            pair.accepted.on(.close) { _, _ in
                order.append("socket")
                pair.server.close()
            }
            pair.client.terminate()
            try loop.run { order.count == 2 }
            #expect(order == ["socket", "server"])
        }
    }

    // B-SCLOSE-007, B-SCLOSE-008
    @Test(arguments: Environment.allCases)
    func `closing what is closed emits close again, and is an error to the callback`(
        environment: Environment
    ) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            var closes = 0
            server.on(.close) { closes += 1 }
            server.close()
            try loop.run { closes == 1 }
            var outcome: WebSocketError??
            server.close { outcome = $0 }
            #expect(outcome == nil)
            try loop.run { outcome != nil && closes == 2 }
            #expect(outcome == WebSocketError("The server is not running"))
        }
    }

    // B-SCLI-001, B-UPG-010
    @Test(arguments: Environment.allCases)
    func `a socket is open and among the clients when connection comes`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            #expect(server.clients?.isEmpty == true)
            var count: Int?
            server.on(.connection) { socket, request in
                count = server.clients?.count
                #expect(server.clients?.contains(socket) == true)
                #expect(socket.readyState == .open)
                #expect(request.method == "GET")
                #expect(request.url == "/a?b=c")
                #expect(request.httpVersion == "1.1")
                #expect(request.complete)
                #expect(request.headers["upgrade"] == "websocket")
                #expect(request.rawHeaders.contains("Sec-WebSocket-Key"))
                #expect(request.socket.remoteAddress == "127.0.0.1")
                #expect(request.socket.remoteFamily == "IPv4")
                #expect(request.socket.remotePort ?? 0 > 0)
                socket.on(.open) { Issue.record("a server's socket is open from the start") }
            }
            let client = try loop.makeClient(of: server, path: "/a?b=c")
            try loop.run { count != nil && client.readyState == .open }
            #expect(count == 1)
            loop.watch()
        }
    }

    // Node's `clients` is a Set, which keeps the order of insertion.
    @Test func `clients are in the order in which they came, whoever left between`() throws {
        try withLoop(.pipe) { loop in
            let server = try loop.makeServer()
            var accepted: [WebSocket] = []
            server.on(.connection) { socket, _ in accepted.append(socket) }
            for number in 1...40 {
                _ = try loop.makeClient(of: server)
                try loop.run { accepted.count == number }
            }
            #expect(Array(server.clients ?? []) == accepted)
            let before = server.clients
            var stayed: [WebSocket] = []
            for (index, socket) in accepted.enumerated() {
                if index % 3 == 0 { stayed.append(socket) } else { socket.terminate() }
            }
            try loop.run { server.clients?.count == stayed.count }
            #expect(Array(server.clients ?? []) == stayed)
            #expect(before?.count == 40 && Array(before ?? []) == accepted)
            #expect(accepted.filter { server.clients?.contains($0) == true } == stayed)
            #expect(accepted.allSatisfy { before?.contains($0) == true })
            _ = try loop.makeClient(of: server)
            try loop.run { accepted.count == 41 }
            #expect(Array(server.clients ?? []) == stayed + accepted.suffix(1))
        }
    }

    // B-SCLI-002
    @Test(arguments: Environment.allCases)
    func `without tracking there are no clients, and connections all the same`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair(server: { $0.clientTracking = false })
            #expect(pair.server.clients == nil)
            let journal = Journal(pair)
            pair.client.close()
            try loop.run { journal["server"] == ["close 1005"] }
        }
    }

    // B-SCLI-003, B-SCLI-004
    @Test(arguments: Environment.allCases, [true, false])
    func `at its close a socket is no longer among the clients`(environment: Environment, terminates: Bool) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            var count: Int?
            pair.accepted.on(.close) { _, _ in count = pair.server.clients?.count }
            if terminates { pair.client.terminate() } else { pair.client.close() }
            #expect(pair.server.clients?.count == 1)
            try loop.run { count != nil }
            #expect(count == 0)
        }
    }
}
