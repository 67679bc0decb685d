import Testing
import WSNode

@Suite("Node API §2.3: the request a client sends")
struct RequestHeaderTests {
    /// The request a client of this address and these options sends to a server of the in-memory network, wherever the
    /// address leads.
    private func request(
        _ address: String, protocols: [String] = [], _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws -> RawRequest {
        var request: RawRequest?
        try withLoop(.pipe) { loop in
            let url = try WebSocketURL(address)
            let listener = try loop.events.backend.listen(on: .tcp(host: url.host, port: url.port))
            loop.track(RawServer(listener) { request = $1 })
            loop.track(
                try WebSocket(address, protocols: protocols, options: ClientOptions(change), on: loop.events))
            try loop.run { request != nil }
        }
        return try #require(request)
    }

    // B-HDR-001, B-HDR-002, B-HDR-003, B-HDR-016, W-07
    @Test func `credentials come from the address, else from the option`() throws {
        let auth = { (options: inout ClientOptions) in options.auth = "user:pass" }
        #expect(
            try request("ws://test:testpass@localhost").field("Authorization") == "Basic dGVzdDp0ZXN0cGFzcw==")
        #expect(try request("ws://localhost", auth).field("Authorization") == "Basic dXNlcjpwYXNz")
        #expect(
            try request("ws://test:testpass@localhost", auth).field("Authorization") == "Basic dGVzdDp0ZXN0cGFzcw==")
        #expect(try request("ws://u@localhost").field("Authorization") == "Basic dTo=")
        #expect(try request("ws://localhost").field("Authorization") == nil)
        // Node sends what is percent-encoded as it stands.
        #expect(try request("ws://a%20b:c@localhost").field("Authorization") == "Basic YSBiOmM=")
    }

    // B-HDR-004
    @Test func `fields of the application are sent first, as they are spelled`() throws {
        let request = try request("ws://localhost") {
            $0.headers = try! HeaderFields(validating: [(name: "cookIE", value: "foo=bar")])
        }
        #expect(request.text.contains("\r\ncookIE: foo=bar\r\nSec-WebSocket-Version: 13\r\n"))
    }

    // B-HDR-005
    @Test(arguments: [
        ("ws://localhost:88", "localhost:88"), ("ws://localhost:80", "localhost"), ("ws://localhost", "localhost"),
        ("ws://[::1]:8080", "[::1]:8080"), ("http://example.com:443/", "example.com:443"),
    ])
    func `the host has its port unless that is the default`(address: String, host: String) throws {
        #expect(try request(address).field("Host") == host)
    }

    // B-HDR-006, B-HDR-007, B-HDR-008
    @Test func `the origin's field depends on the version`() throws {
        let plain = try request("ws://localhost")
        #expect(plain.field("Origin") == nil)
        #expect(plain.field("Sec-WebSocket-Version") == "13")
        let modern = try request("ws://localhost") { $0.origin = "https://example.com:8000" }
        #expect(modern.field("Origin") == "https://example.com:8000")
        #expect(modern.field("Sec-WebSocket-Origin") == nil)
        let draft = try request("ws://localhost") {
            $0.origin = "https://example.com:8000"
            $0.protocolVersion = 8
        }
        #expect(draft.field("Origin") == nil)
        #expect(draft.field("Sec-WebSocket-Origin") == "https://example.com:8000")
        #expect(draft.field("Sec-WebSocket-Version") == "8")
    }

    // B-HDR-013
    @Test func `subprotocols are joined`() throws {
        #expect(try request("ws://localhost", protocols: ["a", "b"]).field("Sec-WebSocket-Protocol") == "a,b")
    }

    // B-HDR-011
    @Test func `without compression no extension is offered`() throws {
        let request = try request("ws://localhost") { $0.perMessageDeflate = false }
        #expect(request.field("Sec-WebSocket-Extensions") == nil)
    }

    #if Compression
    // B-HDR-010, B-HDR-012
    @Test func `compression is offered as the options say`() throws {
        #expect(
            try request("ws://localhost").field("Sec-WebSocket-Extensions")
                == "permessage-deflate; client_max_window_bits")
        let request = try request("ws://localhost") {
            $0.perMessageDeflate = .on {
                $0.clientNoContextTakeover = true
                $0.serverNoContextTakeover = true
                $0.clientMaxWindowBits = true
                $0.serverMaxWindowBits = 10
            }
        }
        #expect(
            request.field("Sec-WebSocket-Extensions")
                == "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                + "server_max_window_bits=10; client_max_window_bits")
    }
    #endif

    // B-HDR-014
    @Test func `each request has a fresh key of 16 bytes`() throws {
        var keys: Set<String> = []
        for _ in 0..<8 {
            let key = try #require(try request("ws://localhost").field("Sec-WebSocket-Key"))
            #expect(key.count == 24)
            #expect(key.hasSuffix("=="))
            keys.insert(key)
        }
        #expect(keys.count == 8)
    }

    // B-HDR-015
    @Test func `the handshake's own fields cannot be replaced`() throws {
        let request = try request("ws://localhost/p?q") {
            $0.headers = try! HeaderFields(validating: [
                (name: "sec-websocket-key", value: "x"), (name: "Sec-WebSocket-Version", value: "1"),
                (name: "Connection", value: "close"), (name: "UPGRADE", value: "h2c"), (name: "Host", value: "other"),
            ])
        }
        #expect(request.line == "GET /p?q HTTP/1.1")
        #expect(request.field("Sec-WebSocket-Key")?.count == 24)
        #expect(request.field("Sec-WebSocket-Version") == "13")
        #expect(request.field("Connection") == "Upgrade")
        #expect(request.field("Upgrade") == "websocket")
        #expect(request.field("Host") == "other")
        for name in ["sec-websocket-key", "upgrade", "connection", "host"] {
            let lines = request.text.lowercased().split(separator: "\r\n").filter { $0.hasPrefix("\(name):") }
            #expect(lines.count == 1)
        }
    }

    // B-SRV-013
    @Test(arguments: Environment.allCases)
    func `a Unix-domain address names the socket, then the path`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let path = temporaryPath("unix")
            let server = try WebSocketServer(unix: path, on: loop.events)
            loop.track(server)
            #expect(server.address() == .unix(path))
            var targets: [String] = []
            server.on(.connection) { _, request in
                targets.append(request.url)
                #expect(request.headers["host"] == "localhost")
                #expect(request.socket.remoteAddress == nil)
            }
            let client = try WebSocket("ws+unix:\(path):/foo?bar=bar", on: loop.events)
            loop.track(client)
            #expect(client.url == "ws+unix:\(path):/foo?bar=bar")
            try loop.run { targets.count == 1 }
            loop.track(try WebSocket("ws+unix:\(path)", on: loop.events))
            try loop.run { targets.count == 2 }
            #expect(targets == ["/foo?bar=bar", "/"])
        }
    }
}
