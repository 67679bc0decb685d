import Testing
import WSNode

@Suite("Node API §3.1: where a server's connections come from")
struct ServerModesTests {
    // B-SRV-001, B-SRV-002, B-SRV-003
    @Test func `exactly one of port, server and noServer`() throws {
        try withLoop(.pipe) { loop in
            let expected = WebSocketError(
                "One and only one of the \"port\", \"server\", or \"noServer\" options must be specified", name: .type)
            let http = HTTPServer(on: loop.events)
            for (port, server, noServer) in [
                (nil, nil, false), (0, http, false), (0, nil, true), (nil, http, true), (0, http, true),
            ] as [(Int?, HTTPServer?, Bool)] {
                let options = ServerOptions {
                    $0.port = port
                    $0.server = server
                    $0.noServer = noServer
                }
                #expect(throws: expected) { try WebSocketServer(options, on: loop.events) }
            }
            #expect(throws: expected) { try WebSocketServer(ServerOptions(), on: loop.events) }
        }
    }

    // B-SRV-011, B-SADDR-001, B-SCLOSE-002, B-SCLOSE-004, B-SCLOSE-010
    @Test(arguments: Environment.allCases)
    func `an HTTP server serves pages beside the sockets, and outlives them`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let http = try loop.makeHTTPServer { _, response in response.end("a page") }
            let server = try WebSocketServer(server: http)
            loop.track(server)
            let journal = Journal()
            server.on(.listening) { journal.note("listening") }
            server.on(.connection) { socket, _ in socket.send("hello") }
            let client = try loop.makeClient(of: http)
            journal.watch(client, as: "client")
            try loop.run { journal.has("client message") }
            #expect(journal.lines == ["listening", "client upgrade 101", "client open", #"client message "hello""#])
            #expect(server.address() == http.address())
            let page = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            #expect(try loop.exchange(with: http, page).hasSuffix("a page"))

            client.close()
            server.close { journal.note("closed \($0 == nil)") }
            try loop.run { journal.has("closed") }
            #expect(http.listening)
            #expect(http.listenerCount(.listening) == 0)
            #expect(http.listenerCount(.error) == 0)
            #expect(http.listenerCount(.upgrade) == 0)
            #expect(server.address() == nil)
            let upgrade = String(decoding: Wire.request(fields: [("Connection", "Upgrade, close")]), as: UTF8.self)
            #expect(try loop.exchange(with: http, upgrade).hasSuffix("a page"))
        }
    }

    // B-SRV-013
    @Test(arguments: [Environment.epoll, .poll, .blocking, .pipe])
    func `an HTTP server at a Unix-domain socket`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let path = temporaryPath("http")
            let http = HTTPServer(on: loop.events)
            loop.track(http)
            try http.listen(unix: path)
            let server = try WebSocketServer(server: http)
            loop.track(server)
            var urls: [String] = []
            server.on(.connection) { _, request in
                urls.append(request.url)
                #expect(request.socket.remoteAddress == nil)
            }
            for url in ["ws+unix:\(path):/foo?bar=bar", "ws+unix:\(path)"] {
                let client = try WebSocket(url, on: loop.events)
                loop.track(client)
                try loop.run { client.readyState == .open }
            }
            #expect(urls == ["/foo?bar=bar", "/"])
        }
    }

    // B-UPG-001, B-SADDR-002
    @Test(arguments: Environment.allCases)
    func `a server without a server is handed what is to be upgraded`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try WebSocketServer(ServerOptions { $0.noServer = true }, on: loop.events)
            loop.track(server)
            #expect(server.address() == nil)
            let http = try loop.makeHTTPServer()
            http.on(.upgrade) { request, socket, head in
                #expect(throws: Never.self) {
                    try server.handleUpgrade(request, socket, head) { socket, request in
                        #expect(server.clients == [socket])
                        #expect(request.url == "/")
                        socket.send("hello")
                    }
                }
            }
            server.on(.connection) { _, _ in Issue.record("nobody has emitted it") }
            let client = try loop.makeClient(of: http)
            let journal = Journal(client)
            try loop.run { journal.has("message") }
            #expect(journal.lines == ["upgrade 101", "open", #"message "hello""#])
        }
    }

    // B-UPG-013
    @Test(arguments: Environment.allCases)
    func `who hands over may tell the listeners more`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try WebSocketServer(ServerOptions { $0.noServer = true }, on: loop.events)
            loop.track(server)
            let http = try loop.makeHTTPServer()
            http.on(.upgrade) { request, socket, head in
                try? server.handleUpgrade(request, socket, head) { server.emit(.connection, $0, $1, "user 7") }
            }
            var seen: [String] = []
            server.on(.connection) { socket, request, extra in
                seen.append("\(request.url) \(extra as? String ?? "nothing")")
            }
            server.on(.connection) { _, request in seen.append(request.url) }
            let client = try loop.makeClient(of: http, path: "/x")
            try loop.run { client.readyState == .open }
            #expect(seen == ["/x user 7", "/x"])
        }
    }

    // B-UPG-004
    @Test(arguments: Environment.allCases)
    func `any byte stream will do`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let listener = try loop.events.backend.listen(on: .tcp(host: "127.0.0.1", port: 0))
            defer { listener.close() }
            let acceptor = Acceptor()
            listener.handler = acceptor
            let peer = RawPeer(
                loop.events.backend.connect(to: .tcp(host: "127.0.0.1", port: listener.address.port)),
                isConnected: false)
            loop.track(peer)
            try loop.run { acceptor.transport != nil }
            let socket = Socket(try #require(acceptor.transport), on: loop.events)
            let head = RequestHead(
                method: "GET", target: "/",
                fields: try HeaderFields(validating: [
                    ("Host", "a"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                    ("Sec-WebSocket-Key", Wire.key), ("Sec-WebSocket-Version", "13"),
                ]))
            let server = try WebSocketServer(ServerOptions { $0.noServer = true }, on: loop.events)
            loop.track(server)
            var accepted: WebSocket?
            try server.handleUpgrade(IncomingMessage(head, socket), socket, Bytes(Wire.text("early", masked: true))) {
                accepted = $0
                $0.on(.message) { accepted?.send($0.text + " and late") }
                #expect($1.url == "/")
            }
            try loop.run { peer.text.hasSuffix("early and late") }
        }
    }

    private final class Acceptor: ListenerHandler {
        var transport: (any Transport)?
        func listener(_ listener: any Listener, didAccept transport: any Transport) { self.transport = transport }
        func listener(_ listener: any Listener, didFailToAccept error: TransportError) { Issue.record("\(error)") }
    }

    // B-UPG-005
    @Test(arguments: Environment.allCases)
    func `a socket is handed over once`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try WebSocketServer(ServerOptions { $0.noServer = true }, on: loop.events)
            loop.track(server)
            let http = try loop.makeHTTPServer()
            let expected = WebSocketError(
                "server.handleUpgrade() was called more than once with the same socket, possibly due to a "
                    + "misconfiguration")
            http.on(.upgrade) { request, socket, head in
                try? server.handleUpgrade(request, socket, head) { socket, _ in socket.send("first") }
                #expect(throws: expected) {
                    try server.handleUpgrade(request, socket, head) { _, _ in Issue.record("twice") }
                }
            }
            let client = try loop.makeClient(of: http)
            let journal = Journal(client)
            try loop.run { journal.has("message") }
            #expect(journal.lines == ["upgrade 101", "open", #"message "first""#])
        }
    }

    // W-08, B-PATH-001
    @Test(arguments: Environment.allCases)
    func `several servers share an HTTP server by path`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let http = try loop.makeHTTPServer()
            for path in ["/a", "/b"] {
                let server = try WebSocketServer(server: http, path: path)
                loop.track(server)
                server.on(.connection) { socket, request in socket.send("\(path) \(request.url)") }
            }
            let journal = Journal()
            for path in ["/b?x", "/a", "/c"] {
                let client = try loop.makeClient(of: http, path: path)
                journal.watch(client, as: path)
                try loop.run { journal.has("\(path) message") || journal.has("\(path) close") }
            }
            #expect(journal["/b?x"] == ["upgrade 101", "open", #"message "/b /b?x""#])
            #expect(journal["/a"] == ["upgrade 101", "open", #"message "/a /a""#])
            #expect(journal["/c"] == ["error Error: Unexpected server response: 400", "close 1006"])
            http.on(.upgrade) { request, socket, _ in socket.end("HTTP/1.1 404 Not Found\r\n\r\n") }
            let other = try loop.makeClient(of: http, path: "/c")
            journal.watch(other, as: "other")
            try loop.run { journal.has("other close") }
            #expect(journal["other"] == ["error Error: Unexpected server response: 404", "close 1006"])
        }
    }

    // B-SCLOSE-003, B-SCLOSE-006, B-SCLOSE-009
    @Test(arguments: Environment.allCases, [true, false])
    func `without a server of its own, close waits for the clients it knows`(
        environment: Environment, tracks: Bool
    ) throws {
        try withLoop(environment) { loop in
            let server = try WebSocketServer(
                ServerOptions {
                    $0.noServer = true
                    $0.clientTracking = tracks
                }, on: loop.events)
            loop.track(server)
            let http = try loop.makeHTTPServer()
            http.on(.upgrade) { request, socket, head in
                try? server.handleUpgrade(request, socket, head) { _, _ in }
            }
            let client = try loop.makeClient(of: http)
            try loop.run { client.readyState == .open }
            let journal = Journal()
            server.on(.close) { journal.note("close") }
            server.close { journal.note("closed \($0 == nil)") }
            #expect(journal.lines.isEmpty)
            if tracks {
                loop.watch()
                #expect(journal.lines.isEmpty)
                client.close()
            }
            try loop.run { journal.lines.count == 2 }
            #expect(journal.lines == ["close", "closed true"])
            client.terminate()
        }
    }
}
