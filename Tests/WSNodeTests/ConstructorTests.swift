import Testing
import WSNode

@Suite("Node API §2.1: making a client")
struct ConstructorTests {
    private func error(_ address: String, protocols: [String] = [], version: Int = 13) throws -> String? {
        var error: WebSocketError?
        try withLoop(.pipe) { loop in
            do throws(WebSocketError) {
                let options = ClientOptions { $0.protocolVersion = version }
                loop.track(try WebSocket(address, protocols: protocols, options: options, on: loop.events))
            } catch let thrown {
                error = thrown
            }
        }
        return error.map(describe)
    }

    // B-CTOR-001, B-CTOR-002, B-CTOR-003, B-CTOR-004
    @Test func `an address that cannot be used is a SyntaxError`() throws {
        #expect(try error("foo") == "SyntaxError: Invalid URL: foo")
        let schemes = #""ws:", "wss:", "http:", "https:", or "ws+unix:""#
        #expect(
            try error("bad-scheme://websocket-echo.com")
                == "SyntaxError: The URL's protocol must be one of \(schemes)")
        #expect(try error("ws+unix:") == "SyntaxError: The URL's pathname is empty")
        #expect(try error("wss://example.com/x#foo") == "SyntaxError: The URL contains a fragment identifier")
        #expect(try error("ws://example.com/#") == "SyntaxError: The URL contains a fragment identifier")
    }

    // B-CTOR-005, B-CTOR-006
    @Test(arguments: [[""], ["a,b"], ["a", "a"], ["a b"], ["ä"], ["a", ""]])
    func `a subprotocol that is no token, or comes twice, is a SyntaxError`(protocols: [String]) throws {
        #expect(
            try error("ws://localhost", protocols: protocols)
                == "SyntaxError: An invalid or duplicated subprotocol was specified")
        try withLoop(.pipe) { loop in
            #expect(throws: WebSocketError("An invalid or duplicated subprotocol was specified", name: .syntax)) {
                try WebSocket("ws://localhost", protocol: "a,b", on: loop.events)
            }
        }
    }

    // B-CTOR-013
    @Test func `an unknown protocol version is a RangeError, before anything else is looked at`() throws {
        let expected = "RangeError: Unsupported protocol version: 1000 (supported versions: 8, 13)"
        #expect(try error("ws://localhost", version: 1000) == expected)
        #expect(try error("foo", protocols: [""], version: 1000) == expected)
        #expect(try error("foo", protocols: [""]) == "SyntaxError: Invalid URL: foo")
    }

    // W-03
    @Test func `a negative limit is a RangeError`() throws {
        try withLoop(.pipe) { loop in
            let expected = WebSocketError(
                #"The value of "maxPayload" is out of range. It must be >= 0. Received -1"#, name: .range,
                code: "ERR_OUT_OF_RANGE")
            #expect(throws: expected) {
                try WebSocket("ws://localhost", options: ClientOptions { $0.maxPayload = -1 }, on: loop.events)
            }
            #expect(throws: expected) {
                try WebSocketServer(port: 0, options: ServerOptions { $0.maxPayload = -1 }, on: loop.events)
            }
        }
    }

    // B-CTOR-007, B-CTOR-008
    @Test(arguments: [
        ("ws://[::1]", Endpoint.tcp(host: "::1", port: 80)), ("http://localhost", .tcp(host: "localhost", port: 80)),
        ("ws://example.com:8080/x", .tcp(host: "example.com", port: 8080)), ("ws+unix:/a/b:/c", .unix(path: "/a/b")),
    ])
    func `the address says where to connect`(address: String, endpoint: Endpoint) throws {
        try withLoop(.pipe) { loop in
            var dialled: [Endpoint] = []
            loop.network?.onConnect = {
                dialled.append($0)
                return .silence
            }
            loop.track(try WebSocket(address, on: loop.events))
            #expect(dialled == [endpoint])
        }
    }

    // B-CTOR-010, B-CTOR-011
    @Test(arguments: Environment.allCases)
    func `without subprotocols no such field is sent, and the options count`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var requests: [RawRequest] = []
            let server = try loop.makeRawServer {
                requests.append($1)
                $0.write($1.upgrade())
            }
            let options = ClientOptions { $0.origin = "https://example.com" }
            let address = "ws://127.0.0.1:\(server.port)"
            loop.track(try WebSocket(address, protocols: [], options: options, on: loop.events))
            loop.track(try WebSocket(address, options: options, on: loop.events))
            try loop.run { requests.count == 2 }
            for request in requests {
                #expect(request.field("Sec-WebSocket-Protocol") == nil)
                #expect(request.field("Origin") == "https://example.com")
                #expect(request.line == "GET / HTTP/1.1")
            }
        }
    }

    // B-CTOR-015
    @Test(arguments: Environment.allCases)
    func `a mask of zeros leaves the payload readable, the bit set and the server content`(
        environment: Environment
    ) throws {
        try withLoop(environment) { loop in
            let zeros = { (UInt8(0), UInt8(0), UInt8(0), UInt8(0)) }
            let (client, peer) = try loop.openClient { $0.generateMask = zeros }
            client.send(Array("foo".utf8))
            try loop.run { peer.frames.count == 1 }
            #expect(peer.received == Wire.hex("8283 00000000 666f6f"))

            let pair = try loop.makePair(client: { $0.generateMask = zeros })
            let journal = Journal(pair)
            pair.client.send(Array("foo".utf8))
            pair.client.close()
            try loop.run { journal["client"].last == "close 1005" && journal["server"].count == 2 }
            #expect(journal["server"] == ["message <666f6f>", "close 1005"])
        }
    }

    // B-CTOR-016
    @Test(arguments: Environment.allCases)
    func `a mask is asked for once a frame`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var count: UInt8 = 0
            let (client, peer) = try loop.openClient {
                $0.generateMask = {
                    count += 1
                    return (count, 0, 0, 0)
                }
            }
            client.send("hi")
            client.send("")
            client.ping()
            #expect(count == 3)
            try loop.run { peer.frames.count == 3 }
            #expect(peer.frames.map(\.text) == ["hi", "", ""])
            #expect(peer.received.starts(with: Wire.hex("8182 01000000")))
        }
    }

    // B-CTOR-017
    @Test(arguments: Environment.allCases)
    func `a client that does not answer pings still reports them`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient { $0.autoPong = false }
            let journal = Journal(client)
            peer.write(Wire.frame(0x89, "hi".utf8, masked: false) + Wire.text("end", masked: false))
            try loop.run { journal.lines.count == 2 }
            #expect(journal.lines == ["ping hi", #"message "end""#])
            client.send("marker")
            try loop.run { peer.frames.count == 1 }
            #expect(peer.frames.map(\.text) == ["marker"])
        }
    }

    // B-CTOR-018, B-CLOSE-016
    @Test(arguments: Environment.allCases)
    func `the time for closing begins with close`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, _) = try loop.openClient { $0.closeTimeout = .milliseconds(60) }
            let journal = Journal(client)
            loop.run(for: .milliseconds(5))
            let start = loop.events.now
            client.close()
            try loop.run { !journal.lines.isEmpty }
            #expect(journal.lines == ["close 1006"])
            #expect(loop.events.now - start >= .milliseconds(60))
            if environment.isVirtual { #expect(loop.events.now - start == .milliseconds(60)) }
        }
    }

    // B-CTOR-019
    @Test func `the address is normalised`() throws {
        try withLoop(.pipe) { loop in
            let client = try WebSocket("WS://H:80/A b", on: loop.events)
            loop.track(client)
            #expect(client.url == "ws://h/A%20b")
        }
    }

    // B-CTOR-020
    @Test(arguments: Environment.allCases)
    func `a new client is connecting, has dialled and has said nothing`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let client = try loop.makeClient(of: server)
            let journal = Journal(client)
            #expect(client.readyState == .connecting)
            #expect(loop.events.backend.hasWork)
            #expect(journal.lines.isEmpty)
            try loop.run { !journal.lines.isEmpty }
            #expect(journal.lines.first == "upgrade 101")
        }
    }

    // B-CONST-001, B-CONST-002, B-CONST-003, B-CONST-004, B-CONST-005, B-CONST-006, B-CONST-007, B-CONST-008
    @Test func `the states are constants of the type and of each socket`() throws {
        #expect(WebSocket.CONNECTING.rawValue == 0)
        #expect(WebSocket.OPEN.rawValue == 1)
        #expect(WebSocket.CLOSING.rawValue == 2)
        #expect(WebSocket.CLOSED.rawValue == 3)
        try withLoop(.pipe) { loop in
            let client = try loop.makeClient(at: 1)
            #expect(client.CONNECTING.rawValue == 0)
            #expect(client.OPEN.rawValue == 1)
            #expect(client.CLOSING.rawValue == 2)
            #expect(client.CLOSED.rawValue == 3)
        }
    }
}
