import Testing
import WSNode

@Suite("The HTTP server: requests and responses")
struct HTTPServerTests {
    private static let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT"

    @Test(arguments: Environment.allCases)
    func `a request is served with its members`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var seen: [String] = []
            let server = try loop.makeHTTPServer { request, response in
                seen = [
                    request.method, request.url, request.httpVersion, "\(request.complete)",
                    request.headers["x-a"] ?? "", request.headers["cookie"] ?? "", request.headers["host"] ?? "",
                    request.socket.remoteAddress ?? "",
                ]
                #expect(request.rawHeaders == ["hOst", "a", "X-A", "1", "x-a", "2", "Cookie", "c=1", "Cookie", "d=2"])
                try response.writeHead(200, ["Content-Type": "text/plain"])
                response.end("hello")
            }
            let peer = try loop.connectRaw(to: server)
            peer.write("GET /p?q=r HTTP/1.1\r\nhOst: a\r\nX-A: 1\r\nx-a: 2\r\nCookie: c=1\r\nCookie: d=2\r\n\r\n")
            try loop.run { peer.text.hasSuffix("hello") }
            #expect(
                peer.text == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                    + "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n\(Self.date)\r\n\r\nhello")
            let address = environment.isVirtual ? "client" : "127.0.0.1"
            #expect(seen.dropLast() == ["GET", "/p?q=r", "1.1", "true", "1, 2", "c=1; d=2", "a"])
            if !environment.isVirtual { #expect(seen.last == address) }
        }
    }

    @Test(arguments: Environment.allCases, ["5\r\n", "length", "chunked"])
    func `a body comes in pieces, then its end`(environment: Environment, how: String) throws {
        try withLoop(environment) { loop in
            let journal = Journal()
            let server = try loop.makeHTTPServer { request, response in
                journal.note("request \(request.complete)")
                var body: [UInt8] = []
                request.on(.data) { body += $0 }
                request.on(.end) {
                    journal.note("end \(request.complete) \(request.readableEnded)")
                    response.end(Bytes(body.reversed()))
                }
                request.on(.close) { journal.note("close \(request.aborted)") }
            }
            let peer = try loop.connectRaw(to: server)
            if how == "chunked" {
                peer.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
                loop.run(for: .milliseconds(5))
                peer.write("3;x\r\ndef\r\n0\r\n\r\n")
            } else {
                peer.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
                loop.run(for: .milliseconds(5))
                peer.write("def")
            }
            try loop.run { peer.text.hasSuffix("fedcba") }
            #expect(journal.lines == ["request false", "end true true", "close false"])
        }
    }

    @Test(arguments: Environment.allCases)
    func `a body that is written in pieces is chunked`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let journal = Journal()
            let server = try loop.makeHTTPServer { _, response in
                response.on(.finish) { journal.note("finish \(response.writableFinished)") }
                response.on(.close) { journal.note("close") }
                response.sendDate = false
                #expect(response.write("abc"))
                #expect(response.headersSent)
                loop.events.setTimeout(.milliseconds(1)) { response.end("0123456789abcdef") }
            }
            let peer = try loop.connectRaw(to: server)
            peer.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            try loop.run { peer.text.hasSuffix("0\r\n\r\n") }
            #expect(
                peer.text == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n"
                    + "Keep-Alive: timeout=5\r\n\r\n3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n")
            #expect(journal.lines == ["finish true", "close"])
        }
    }

    @Test(arguments: Environment.allCases)
    func `pipelined requests are answered in order, each after the one before`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var active = 0
            let server = try loop.makeHTTPServer { request, response in
                active += 1
                #expect(active == 1)
                let delay = request.url == "/1" ? 20 : 1
                loop.events.setTimeout(.milliseconds(delay)) {
                    active -= 1
                    response.sendDate = false
                    response.end(request.url)
                }
            }
            let requests = (1...5).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            let text = try loop.exchange(
                with: server, requests, "GET /6 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "GET /7 HTTP/1.1\r\nHost: a\r\n\r\n")
            let bodies = text.split(separator: "HTTP/1.1 200 OK").map { $0.suffix(2) }
            #expect(bodies == ["/1", "/2", "/3", "/4", "/5", "/6"])
            #expect(text.contains("Connection: close"))
        }
    }

    @Test(arguments: Environment.allCases)
    func `an upgrade is given the socket and what came behind the head`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { _, response in response.end("plain") }
            let journal = Journal()
            server.on(.upgrade) { request, socket, head in
                journal.note("upgrade \(request.url) \(String(head))")
                socket.on(.data) { journal.note("data \(String($0))") }
                socket.on(.end) { socket.end() }
                socket.on(.close) { journal.note("close") }
                socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhi")
            }
            let peer = try loop.connectRaw(to: server)
            peer.write("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n")
            try loop.run { peer.text.hasSuffix("plain") }
            peer.clear()
            peer.write("GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nfirst")
            try loop.run { peer.text.hasSuffix("\r\n\r\nhi") }
            peer.write("second")
            try loop.run { journal.lines.count == 2 }
            peer.end()
            try loop.run { peer.hasEnded && journal.has("close") }
            #expect(journal.lines == ["upgrade /up first", "data second", "close"])
        }
    }

    @Test(arguments: Environment.allCases)
    func `without anybody for upgrades it is an ordinary request`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { request, response in response.end("plain \(request.url)") }
            let text = try loop.exchange(
                with: server, "GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n",
                "GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(text.contains("plain /a"))
            #expect(text.hasSuffix("plain /b"))
        }
    }

    @Test(arguments: Environment.allCases)
    func `nobody for requests is 404, a listener that throws 500`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let empty = try loop.makeHTTPServer()
            #expect(try loop.exchange(with: empty, request).hasPrefix("HTTP/1.1 404 Not Found\r\n"))
            let throwing = try loop.makeHTTPServer { _, response in
                try response.setHeader("X", "kept from the answer")
                try response.writeHead(200, ["Bad Name": "x"])
            }
            let text = try loop.exchange(with: throwing, request)
            #expect(text.hasPrefix("HTTP/1.1 500 Internal Server Error\r\n"))
            #expect(!text.contains("kept"))
            #expect(loop.reports.count == 1)
        }
    }
}
