import Testing
import WSNode

@Suite("The HTTP server: what responses look like")
struct HTTPResponseTests {
    private func request(_ line: String = "GET / HTTP/1.1", _ fields: String = "Connection: close\r\n") -> String {
        "\(line)\r\nHost: a\r\n\(fields)\r\n"
    }

    @Test(arguments: Environment.allCases)
    func `HEAD, 204 and 304 have no body`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { request, response in
                response.sendDate = false
                response.statusCode = Int(request.url.dropFirst()) ?? 200
                if request.url == "/201" { response.write("in pieces") }
                response.end("a body")
            }
            let kept = "\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n"
            let closed = "\r\nConnection: close\r\n\r\n"
            let text = try loop.exchange(
                with: server, request("HEAD /200 HTTP/1.1", ""), request("GET /204 HTTP/1.1", ""),
                request("HEAD /201 HTTP/1.1", ""), request("GET /304 HTTP/1.1"))
            #expect(
                text == "HTTP/1.1 200 OK\r\nContent-Length: 6" + kept + "HTTP/1.1 204 No Content" + kept
                    + "HTTP/1.1 201 Created" + kept + "HTTP/1.1 304 Not Modified" + closed)
        }
    }

    // RFC 9112 §9.3
    @Test(
        arguments: Environment.allCases,
        [
            ("GET / HTTP/1.1", "", true), ("GET / HTTP/1.1", "Connection: close\r\n", false),
            ("GET / HTTP/1.1", "Connection: x, Close\r\n", false), ("GET / HTTP/1.0", "", false),
            ("GET / HTTP/1.0", "Connection: Keep-Alive\r\n", true),
        ] as [(String, String, Bool)])
    func `a connection is kept as the client asks`(
        environment: Environment, asked: (String, String, Bool)
    ) throws {
        try withLoop(environment) { loop in
            let (line, fields, keeps) = asked
            let server = try loop.makeHTTPServer { _, response in response.end("x") }
            let peer = try loop.connectRaw(to: server)
            peer.write(request(line, fields))
            try loop.run { peer.text.hasSuffix("\r\n\r\nx") }
            #expect(peer.text.contains("\r\nConnection: \(keeps ? "keep-alive" : "close")\r\n"))
            loop.run(for: .milliseconds(5))
            #expect(peer.hasEnded == !keeps)
            peer.clear()
            peer.write(request())
            try loop.run { peer.isOver }
            #expect(peer.text.isEmpty == !keeps)
        }
    }

    @Test(arguments: Environment.allCases)
    func `without a length, an old client reads to the end`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { _, response in
                response.sendDate = false
                response.write("a")
                loop.events.setImmediate { response.end("b") }
            }
            #expect(
                try loop.exchange(with: server, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nab")
        }
    }

    @Test(arguments: Environment.allCases)
    func `fields can be set, read and removed until they are sent`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { _, response in
                try response.setHeader("X-A", "1")
                try response.setHeader("x-a", "2")
                try response.appendHeader("X-B", "3")
                try response.appendHeader("X-B", "4")
                try response.setHeader("X-C", "5")
                response.removeHeader("x-c")
                #expect(response.getHeader("X-a") == "2")
                #expect(response.hasHeader("x-b"))
                #expect(!response.hasHeader("x-c"))
                #expect(response.getHeaderNames() == ["x-a", "x-b"])
                try response.writeHead(201, "Fine", ["Date": "never", "Connection": "close", "Content-Length": "2"])
                #expect(!response.headersSent)
                response.flushHeaders()
                #expect(response.headersSent)
                let sent = WebSocketError(
                    "Cannot change headers after they are sent to the client", code: "ERR_HTTP_HEADERS_SENT")
                #expect(throws: sent) { try response.setHeader("X", "y") }
                #expect(throws: sent) { try response.appendHeader("X", "y") }
                #expect(throws: sent) { try response.writeHead(200) }
                response.removeHeader("X-A")
                #expect(!response.writableEnded)
                response.end("ok")
                #expect(response.writableEnded)
                #expect(!response.write("more"))
                response.end("and more")
            }
            #expect(
                try loop.exchange(with: server, request("GET / HTTP/1.1", ""))
                    == "HTTP/1.1 201 Fine\r\nx-a: 2\r\nX-B: 3\r\nX-B: 4\r\nDate: never\r\nConnection: close\r\n"
                    + "Content-Length: 2\r\n\r\nok")
        }
    }

    // H-4, H-c
    @Test func `nothing that could break the head is written`() throws {
        try withLoop(.pipe) { loop in
            var isServed = false
            let server = try loop.makeHTTPServer { _, response in
                isServed = true
                for octet in UInt8.min...UInt8.max {
                    let scalar = String(Unicode.Scalar(octet))
                    let isValue = octet == 9 || octet >= 32 && octet != 127
                    let isToken = HTTPGrammar.isToken(scalar)
                    #expect(((try? response.setHeader("X", "a\(scalar)b")) != nil) == isValue)
                    #expect(((try? response.setHeader("X\(scalar)", "y")) != nil) == isToken)
                    #expect(((try? response.writeHead(200, "a\(scalar)b")) != nil) == isValue)
                }
                for (name, value) in [
                    ("Transfer-Encoding", "gzip"), ("Transfer-Encoding", "chunked, identity"), ("content-length", "-1"),
                    ("Content-Length", "+1"), ("Content-Length", ""), ("Content-Length", "1, 1"), ("X", "\u{100}"),
                ] { #expect(throws: WebSocketError.self) { try response.setHeader(name, value) } }
                for status in [0, 99, 101, 199, 1000, -1, .max] {
                    #expect(throws: WebSocketError.self) { try response.writeHead(status) }
                }
                for name in response.getHeaderNames() { response.removeHeader(name) }
                response.statusMessage = "Fine\r\nInjected: x"
                response.end("x")
            }
            let text = try loop.exchange(with: server, request())
            #expect(isServed)
            #expect(text.hasPrefix("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 1\r\n"))
            #expect(!text.contains("Injected"))
            #expect(loop.reports.count == 1)
        }
    }

    @Test(arguments: Environment.allCases, ["5", "2", "4"])
    func `a length that is not kept never confuses the client`(environment: Environment, length: String) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { _, response in
                response.sendDate = false
                try response.setHeader("Content-Length", length)
                response.write("ab")
                loop.events.setTimeout(.milliseconds(5)) { response.end("cd") }
            }
            let text = try loop.exchange(with: server, request("GET / HTTP/1.1", ""), request())
            let body = length == "4" ? "abcd" : "ab"
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\nConnection: keep-alive\r\n"))
            #expect(text.contains("\r\n\r\n\(body)"))
            // Too long, the rest is dropped; too short, there can be no second response.
            #expect(text.split(separator: "HTTP/1.1 200 OK").count == (length == "5" ? 1 : 2))
            #expect(text.hasSuffix(body))
            #expect(loop.reports.count == (length == "4" ? 0 : length == "2" ? 2 : 1))
        }
    }

    // RFC 9110 §10.1.1, H-27
    @Test(arguments: Environment.allCases, [true, false])
    func `a client that waits is told to go on`(environment: Environment, listens: Bool) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { request, response in
                request.on(.data) { _ in }
                request.on(.end) { response.end("got it") }
            }
            if listens {
                server.on(.checkContinue) { request, response in
                    guard request.url != "/no" else {
                        try response.writeHead(413)
                        return response.end("too long")
                    }
                    response.writeContinue()
                    request.resume()
                    request.on(.end) { response.end("listener") }
                }
            }
            let peer = try loop.connectRaw(to: server)
            peer.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n")
            try loop.run { peer.text == "HTTP/1.1 100 Continue\r\n\r\n" }
            peer.write("ab")
            try loop.run { peer.text.hasSuffix(listens ? "listener" : "got it") }
            guard listens else { return }
            peer.clear()
            peer.write("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\nExpect: 100-continue\r\n\r\n")
            try loop.run { peer.text.hasSuffix("too long") }
            #expect(peer.text.hasPrefix("HTTP/1.1 413 Payload Too Large\r\n"))
        }
    }

    @Test(arguments: Environment.allCases)
    func `a client that does not read makes write say no, then drain comes`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let journal = Journal()
            let piece = Bytes([UInt8](repeating: 0x61, count: 64 * 1024))
            var written = 0
            let server = try loop.makeHTTPServer { _, response in
                func fill() {
                    while written < 64 << 20 {
                        written += piece.count
                        guard response.write(piece) else { return }
                    }
                    response.end()
                }
                response.on(.drain) {
                    journal.note("drain")
                    if written > 32 << 20 { response.end() } else { fill() }
                }
                response.on(.finish) { journal.note("finish") }
                fill()
            }
            let peer = try loop.connectRaw(to: server)
            peer.isPaused = true
            peer.write(request())
            try loop.run { written > 0 }
            loop.run(for: .milliseconds(20))
            #expect(written < 32 << 20)
            peer.isPaused = false
            try loop.run { peer.isOver }
            #expect(journal.lines.first == "drain")
            #expect(journal.lines.last == "finish")
            #expect(peer.received.count > written)
        }
    }
}
