import Testing
import WSJSH
import struct WSNode.ClientOptions
import class WSNode.HTTPServer

@Suite("JSH profile: servers")
struct ServerTests {
    // B-JSH-011, B-SRV-016
    @Test
    func `options that are none`() throws {
        try withBench(.pipe) { bench in
            let noObject = WebSocketError("WebSocketServer options must be an object", name: "TypeError")
            #expect(throws: noObject) { try WebSocketServer(arguments: nil) }
            #expect(throws: noObject) { try WebSocketServer(arguments: 5) }
            let noServer = WebSocketError("WebSocketServer requires an http.Server instance", name: "TypeError")
            #expect(throws: noServer) { try WebSocketServer(arguments: ["path": "/"]) }
            #expect(throws: noServer) { try WebSocketServer(.init(server: nil)) }
            let server = try WebSocketServer(
                arguments: ["server": bench.http, "path": "/ws", "clientTracking": false] as [String: Any])
            #expect(server.server === bench.http)
            #expect(server.path == "/ws")
            #expect(server.clients == nil)
        }
    }

    // B-JSH-012, B-JSH-013, B-JSH-014
    @Test(arguments: Bench.Kind.allCases)
    func `several servers share one HTTP server with ordinary routes`(kind: Bench.Kind) throws {
        try withBench(kind) { bench in
            bench.http.on(.request) { request, response in
                response.statusCode = request.url == "/health" ? 200 : 404
                response.end(request.url == "/health" ? "ok" : "nothing")
            }
            let root = try WebSocketServer(.init(server: bench.http))
            root.on(.connection) { socket, _ in socket.send("root") }
            try bench.http.ws("/ws") { socket, request in socket.send("ws \(request.url)") }
            for (path, greeting) in [("", "root"), ("/?x=1", "root"), ("/ws?x=1", "ws /ws?x=1")] {
                let socket = WebSocket(bench.url(path), on: bench.loop)
                var text: String?
                socket.on(.message) { text = $0.data.text }
                try bench.run { text != nil }
                #expect(text == greeting)
            }
            let answer1 = try bench.outcome("/other")
            #expect(answer1 == "404 Not Found")
            let answer2 = try bench.get("/health")
            #expect(answer2 == "200 ok")
            let answer3 = try bench.get("/other")
            #expect(answer3 == "404 nothing")
            let answer4 = try bench.get("/ws")
            #expect(answer4 == "400 websocket upgrade required")
            let answer5 = try bench.get("/")
            #expect(answer5 == "400 websocket upgrade required")
        }
    }

    // B-JSH-015
    @Test(arguments: Bench.Kind.allCases, [true, false, nil])
    func `only false refuses a client`(kind: Bench.Kind, verdict: Bool?) throws {
        try withBench(kind) { bench in
            var options = WebSocketServer.Options(server: bench.http)
            var origins: [String?] = []
            options.verifyClient = { info in
                origins.append(info.origin)
                #expect(info.req.path == "/")
                return verdict
            }
            _ = try WebSocketServer(options)
            let outcome = try bench.outcome("/") { $0.origin = "https://example.com" }
            #expect(outcome == (verdict == false ? "403 websocket upgrade rejected" : "open "))
            #expect(origins == ["https://example.com"])
        }
    }

    // B-JSH-016, B-JSH-017
    @Test(arguments: Bench.Kind.allCases)
    func `subprotocols are chosen by handleProtocols or not at all`(kind: Bench.Kind) throws {
        try withBench(kind) { bench in
            var asked: [[String]] = []
            var options = WebSocketServer.Options(server: bench.http, path: "/chosen")
            options.handleProtocols = { names, request in
                asked.append(names)
                return request.query("none") == "1" ? nil : names.last
            }
            _ = try WebSocketServer(options)
            try bench.http.ws("/plain") { _, _ in }
            let answer6 = try bench.outcome("/chosen", protocols: ["chat", "machbase.rpc"])
            #expect(answer6 == "open machbase.rpc")
            let answer7 = try bench.outcome("/chosen")
            #expect(answer7 == "open ")
            let answer8 = try bench.outcome("/chosen?none=1", protocols: ["a"])
            #expect(answer8 == "Server sent no subprotocol")
            #expect(asked == [["chat", "machbase.rpc"], [], ["a"]])
            let answer9 = try bench.outcome("/plain", protocols: ["a"])
            #expect(answer9 == "Server sent no subprotocol")
        }
    }

    // B-JSH-018, B-SRV-016
    @Test(arguments: Bench.Kind.allCases)
    func `clients is a set of who is there`(kind: Bench.Kind) throws {
        try withBench(kind) { bench in
            let server = try WebSocketServer(.init(server: bench.http))
            #expect(server.path == "/")
            #expect(server.clients?.isEmpty == true)
            var count: Int?
            server.on(.connection) { _, _ in count = server.clients?.count }
            let socket = WebSocket(bench.url(), on: bench.loop)
            try bench.run { socket.readyState == WebSocket.OPEN && count != nil }
            #expect(count == 1)
            socket.close()
            try bench.run { server.clients?.isEmpty == true }
        }
    }

    // B-JSH-019, B-JSH-020
    @Test(arguments: Bench.Kind.allCases)
    func `an accepted socket is open, opens once more, and errors are the server's`(kind: Bench.Kind) throws {
        try withBench(kind) { bench in
            struct Refusal: Error {}
            let server = try WebSocketServer(.init(server: bench.http))
            var log: [String] = []
            server.on(.connection) { socket, request in
                log.append("connection \(socket.readyState) \(socket.url) \(request.url)")
                socket.on(.open) { log.append("open") }
                socket.on(.close) { log.append("close") }
                throw Refusal()
            }
            server.on(.error) { log.append("error \($0.message)") }
            let socket = WebSocket(bench.url("/?a=b"), on: bench.loop)
            try bench.run { socket.readyState == WebSocket.OPEN && log.count == 3 }
            socket.close()
            try bench.run { log.count == 4 }
            #expect(log == ["connection 1 /?a=b /?a=b", "error Refusal()", "open", "close"])
        }
    }

    // B-JSH-021
    @Test(arguments: Bench.Kind.allCases)
    func `close ends all sockets, and those that come later`(kind: Bench.Kind) throws {
        try withBench(kind) { bench in
            let server = try WebSocketServer(.init(server: bench.http))
            let first = WebSocket(bench.url(), on: bench.loop)
            try bench.run { first.readyState == WebSocket.OPEN && server.clients?.count == 1 }
            var log: [String] = []
            server.on(.close) { log.append("close") }
            server.on(.connection) { _, _ in log.append("connection") }
            server.close { log.append("completion \(server.clients?.count ?? -1)") }
            #expect(log == ["close", "completion 0"])
            try bench.run { first.readyState == WebSocket.CLOSED }
            let late = WebSocket(bench.url(), on: bench.loop)
            try bench.run { late.readyState == WebSocket.CLOSED }
            #expect(log.count == 2)
        }
    }

    // B-JSH-022, B-JSH-023, B-JSH-024, B-JSH-025, B-JSH-026
    @Test(arguments: Bench.Kind.allCases)
    func `the request`(kind: Bench.Kind) throws {
        try withBench(kind) { bench in
            var request: Request?
            try bench.http.ws("/ws") { _, seen in request = seen }
            _ = try bench.outcome("/ws?token=a%20b%2Bc+d&token=2&flag&%74=x%4") {
                try? $0.headers.append(name: "X-One", value: "1")
                try? $0.headers.append(name: "X-Two", value: "a")
                try? $0.headers.append(name: "x-two", value: "b")
                try? $0.headers.append(name: "X-Empty", value: "")
            }
            let seen = try #require(request)
            #expect(seen.query("token") == "a b+c d")
            #expect(seen.query("flag") == "" && seen.query("missing") == "" && seen.query("t") == "x%4")
            #expect(seen.getHeader("x-ONE") == "1" && seen.getHeader("X-Two") == "a" && seen.getHeader("none") == "")
            #expect(seen.hasHeader("X-One") && !seen.hasHeader("X-Empty") && !seen.hasHeader("none"))
            #expect(seen.url == "/ws?token=a%20b%2Bc+d&token=2&flag&%74=x%4")
            #expect(seen.requestUri == seen.url && seen.path == "/ws" && seen.method == "GET")
            #expect(seen.host == "127.0.0.1:\(bench.port)" && seen.httpVersion == "1.1" && seen.complete)
            #expect(seen.headers["x-one"] == .one("1"))
            #expect(seen.headers["x-two"] == .list(["a", "b"]))
            #expect(seen.headers["X-One"] == nil)
            let spelled = try #require(seen.rawHeaders.firstIndex(of: "X-One"))
            #expect(seen.rawHeaders[spelled + 1] == "1")
            #expect(!seen.remoteAddress.isEmpty && seen.remoteAddress == seen.socket.remoteAddress)
        }
    }
}
