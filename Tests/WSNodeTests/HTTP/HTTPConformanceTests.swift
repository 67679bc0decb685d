import Testing
import WSNode

@Suite("RFC 9112: what an HTTP server must not take")
struct HTTPConformanceTests {
    /// A request that must be answered with an error, after which nothing is served.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var status: Int
        var request: String
        var testDescription: String { name }

        init(_ name: String, _ status: Int, _ request: String) {
            (self.name, self.status, self.request) = (name, status, request)
        }

        init(line: String, _ status: Int) {
            self.init(line.debugDescription, status, line + "\r\nHost: a\r\n\r\n")
        }

        init(field: String, _ status: Int) {
            self.init(field.debugDescription, status, "POST / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n")
        }

        init(chunks: String, _ status: Int) {
            self.init(
                chunks.debugDescription, status,
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)")
        }
    }

    private static let long = String(repeating: "a", count: 8192)

    // H-2, H-3, H-5, H-6, H-7, H-8, H-9, H-10, H-30
    static let lines = [
        Case(line: "GET  / HTTP/1.1", 400), Case(line: "GET / HTTP/1.1 ", 400), Case(line: " GET / HTTP/1.1", 400),
        Case(line: "GET\t/ HTTP/1.1", 400), Case(line: "GET /\u{B} HTTP/1.1", 400), Case(line: "GET / http/1.1", 400),
        Case(line: "GET\u{B}/ HTTP/1.1", 400), Case(line: "GET /\ra HTTP/1.1", 400), Case(line: "GET / HTTP/1.1x", 400),
        Case(line: "GET / HTTP/1.10", 400), Case(line: "GET / HTTP/1", 400), Case(line: "GET /", 400),
        Case(line: "GET / HTTP/2.0", 505), Case(line: "PRI * HTTP/2.0", 505), Case(line: "G\0T / HTTP/1.1", 400),
        Case(line: "G(T / HTTP/1.1", 400), Case(line: "GET /\u{FF} HTTP/1.1", 400), Case(line: "GET /#f HTTP/1.1", 400),
        Case(line: "CONNECT a:1 HTTP/1.1", 501),
        Case("a method of a mebibyte", 501, String(repeating: "M", count: 1 << 20) + " / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a target one too long", 414, "GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a line feed alone", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        Case("an empty line with a line feed alone", 400, "GET / HTTP/1.1\r\nHost: a\r\n\n"),
        Case("a carriage return alone", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n"),
        Case("a carriage return alone in a name", 400, "GET / HTTP/1.1\r\nHost: a\r\nX\rY: z\r\n\r\n"),
        Case("a carriage return alone before the last line end", 400, "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n"),
        Case("a mebibyte behind the fault", 400, "GET  / HTTP/1.1\r\n\r\n" + String(repeating: "a", count: 1 << 20)),
        Case(
            "a thousand empty lines", 400, String(repeating: "\r\n", count: 1000) + "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("space before the first field", 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        Case("HTTP/0.9", 400, "GET /\r\n"), Case("TLS", 400, "\u{16}\u{3}\u{1}\u{2}\0\u{1}"),
    ]

    // H-1, H-12, H-13, H-14, H-16, H-19, H-35
    static let fields = [
        Case("no Host", 400, "GET / HTTP/1.1\r\n\r\n"),
        Case(field: "Host: b", 400), Case("an empty Host", 400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        Case("an empty Host twice", 400, "GET / HTTP/1.1\r\nHost:\r\nHost:\r\n\r\n"),
        Case("a Host that is none", 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        Case("a Host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        Case(field: "X : y", 400), Case(field: ": y", 400), Case(field: "X Y: z", 400), Case(field: "X", 400),
        Case(field: "X: a\r\n b", 400), Case(field: "X: a\0b", 400), Case(field: "X: a\u{7F}b", 400),
        Case(field: "X\u{E9}: y", 400), Case(field: "X: \u{E2}\u{82}\nb", 400),
        Case(field: "X: \(long)", 431), Case(field: "X: \(long.dropLast(2))", 431),
        Case(field: (0..<100).map { "X\($0): y" }.joined(separator: "\r\n"), 431),
        Case(field: "X: \(long.dropLast(3))\r\nY: \(long.dropLast(3))", 431), Case(field: "Expect: the-best", 417),
    ]

    // H-22, H-23, H-25, H-e
    static let framings = [
        Case(field: "Content-Length: +5", 400), Case(field: "Content-Length: -5", 400),
        Case(field: "Content-Length: 5, 6", 400), Case(field: "Content-Length: 0x5", 400),
        Case(field: "Content-Length:", 400), Case(field: "Content-Length: 5 5", 400),
        Case(field: "Content-Length: 18446744073709551616", 400),
        Case(field: "Content-Length: 5\r\nContent-Length: 6", 400),
        Case(field: "Content-Length: 5\r\nTransfer-Encoding: chunked", 400),
        Case(field: "Transfer-Encoding: chunked\r\nContent-Length: 5", 400),
        Case(field: "Transfer-Encoding: chunked, identity", 400), Case(field: "Transfer-Encoding: identity", 400),
        Case(field: "Transfer-Encoding: gzip, chunked", 501), Case(field: "Transfer-Encoding: xchunked", 400),
        Case(field: "Transfer-Encoding: x\tchunked", 400), Case(field: "Transfer-Encoding: chunked, chunked", 400),
        Case(field: "Transfer-Encoding:", 400), Case(field: "Transfer-Encoding: chunked\r\nTransfer-Encoding: x", 400),
        Case(field: "Transfer-Encoding : chunked", 400), Case(field: "Transfer-Encoding: \u{B}chunked", 400),
        Case("chunked in HTTP/1.0", 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ]

    // H-29
    private static func check(_ environment: Environment, _ refused: Case) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { request, response in
                Issue.record("served \(request.method) \(request.url)")
                response.end()
            }
            let peer = try loop.connectRaw(to: server)
            peer.write(octets(refused.request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"))
            try loop.run { peer.isOver }
            let head = try #require(peer.takeHead())
            #expect(head.hasPrefix("HTTP/1.1 \(refused.status) "))
            #expect(head.contains("\r\nConnection: close"))
            #expect(head.contains("\r\nContent-Length: \(peer.received.count)"))
            #expect(peer.failure == nil)
        }
    }

    @Test(arguments: Environment.allCases, lines)
    func `a malformed request line`(environment: Environment, refused: Case) throws {
        try Self.check(environment, refused)
    }

    @Test(arguments: Environment.allCases, fields)
    func `a malformed field`(environment: Environment, refused: Case) throws {
        try Self.check(environment, refused)
    }

    @Test(arguments: Environment.allCases, framings)
    func `a doubtful framing`(environment: Environment, refused: Case) throws {
        try Self.check(environment, refused)
    }

    // H-23, H-e: here the request has been told already, and is given up.
    @Test(
        arguments: Environment.allCases,
        [
            Case(chunks: "5 \r\nhello\r\n0\r\n\r\n", 400), Case(chunks: "0x5\r\nhello\r\n0\r\n\r\n", 400),
            Case(chunks: "5\r\nhello0\r\n\r\n", 400), Case(chunks: "5\nhello\r\n0\r\n\r\n", 400),
            Case(chunks: "5\r\nhello\n0\r\n\r\n", 400), Case(chunks: "fffffffffffffffff\r\n", 413),
            Case(chunks: "8000000000000000\r\n", 413), Case(chunks: "-1\r\n", 400), Case(chunks: "\r\n", 400),
            Case(chunks: "1;" + String(repeating: "x", count: 17 << 10) + "\r\n", 413),
            Case(chunks: String(repeating: "1;xxxxxxxxxxxxxxxx\r\na\r\n", count: 1100), 413),
            Case(chunks: "0\r\nX : y\r\n\r\n", 400), Case(chunks: "0\r\nX: y\r\n z\r\n\r\n", 400),
            Case(chunks: "0\r\n" + String(repeating: "X: y\r\n", count: 101) + "\r\n", 431),
        ])
    func `a doubtful chunk`(environment: Environment, refused: Case) throws {
        try withLoop(environment) { loop in
            let journal = Journal()
            let server = try loop.makeHTTPServer { request, response in
                journal.note("request \(request.url)")
                request.on(.data) { _ in }
                request.on(.end) { journal.note("end") }
                request.on(.aborted) { journal.note("aborted") }
                request.on(.close) { journal.note("close \(request.complete)") }
                response.on(.finish) { journal.note("finish") }
                response.on(.close) { journal.note("response close") }
            }
            let text = try loop.exchange(with: server, refused.request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(text.hasPrefix("HTTP/1.1 \(refused.status) "))
            #expect(journal.lines == ["request /", "aborted", "close false", "response close"])
        }
    }

    // H-5, H-10, H-11, H-20, H-22, H-35
    @Test(
        arguments: Environment.allCases,
        [
            Case("an empty line first", 200, "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            Case("the longest target", 200, "GET /\(long.dropLast()) HTTP/1.1\r\nHost: a\r\n\r\n"),
            Case("the longest field", 200, "GET / HTTP/1.1\r\nHost: a\r\nX: \(long.dropLast(3))\r\n\r\n"),
            Case(
                "a list of nothing", 200,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: \(String(repeating: ",", count: 8000))\r\n\r\n"),
            Case("absolute form", 200, "GET http://b/c HTTP/1.1\r\nHost: a\r\n\r\n"),
            Case("asterisk form", 200, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
            Case("an unknown method", 200, "brew / HTTP/1.1\r\nHost: a\r\n\r\n"),
            Case("a length twice", 200, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\nab"),
            Case(
                "chunked in other letters", 200,
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n"),
            Case(
                "a hundred fields", 200,
                "GET / HTTP/1.1\r\nHost: a\r\n" + (0..<99).map { "X\($0): y\r\n" }.joined() + "\r\n"),
            Case(
                "an upgrade to something else", 200,
                "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
        ])
    func `what is taken, and the request after it`(environment: Environment, accepted: Case) throws {
        try withLoop(environment) { loop in
            var urls: [String] = []
            let server = try loop.makeHTTPServer { request, response in
                urls.append(request.url)
                request.resume()
                response.end()
            }
            let text = try loop.exchange(
                with: server, accepted.request, "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(text.split(separator: "HTTP/1.1 ").map { $0.prefix(4) } == ["200 ", "200 "])
            #expect(urls.last == "/last")
            #expect(urls.count == 2)
        }
    }

    // H-13, H-14
    @Test
    func `each octet of a field's name and value is taken or refused`() throws {
        try withLoop(.pipe) { loop in
            let server = try loop.makeHTTPServer { _, response in response.end() }
            for octet in UInt8.min...UInt8.max {
                let scalar = String(Unicode.Scalar(octet))
                let isName = HTTPGrammar.isToken(scalar) || scalar == ":"
                let isValue = octet == 9 || octet >= 32 && octet != 127
                for (field, isTaken) in [("X\(scalar)Y: z", isName), ("X: a\(scalar)b", isValue)] {
                    let text = try loop.exchange(
                        with: server, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(field)\r\n\r\n")
                    #expect(text.hasPrefix("HTTP/1.1 \(isTaken ? 200 : 400) "), "\(field.debugDescription)")
                }
            }
        }
    }

    // H-15, H-18
    @Test(arguments: Environment.allCases)
    func `values lose the space around them, and lines of one name are joined`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var value: String?
            let server = try loop.makeHTTPServer { request, response in
                value = request.headers["x"]
                response.end()
            }
            _ = try loop.exchange(
                with: server,
                "GET / HTTP/1.1\r\nHost:a \t\r\nConnection: close\r\nX: \t a b\t \r\nx:c\r\nX:\r\n\r\n")
            #expect(value == "a b, c, ")
        }
    }

    // H-26
    @Test(arguments: Environment.allCases, [true, false])
    func `nothing is upgraded in HTTP 1.0`(environment: Environment, hasSockets: Bool) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { _, response in response.end("x") }
            if hasSockets {
                let sockets = try WebSocketServer(server: server)
                loop.track(sockets)
                sockets.on(.connection) { _, _ in Issue.record("upgraded") }
            }
            let request = String(decoding: Wire.request("GET / HTTP/1.0"), as: UTF8.self)
            let text = try loop.exchange(with: server, request, endingOurSide: true)
            #expect(text.hasPrefix("HTTP/1.1 \(hasSockets ? 400 : 200) "))
        }
    }

    // H-27
    @Test(arguments: Environment.allCases)
    func `an upgrade that waits for a 100 is answered with 417`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { _, response in response.end("x") }
            let sockets = try WebSocketServer(server: server)
            loop.track(sockets)
            sockets.on(.connection) { _, _ in Issue.record("upgraded") }
            let request = String(decoding: Wire.request(fields: [("Expect", "100-continue")]), as: UTF8.self)
            let text = try loop.exchange(with: server, request, endingOurSide: true)
            #expect(text.hasPrefix("HTTP/1.1 417 "))
        }
    }

    private static let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="

    // H-d, H-19, H-24: the tunnel a proxy may believe in is never read as requests.
    @Test(
        arguments: Environment.allCases,
        [
            ("Upgrade: websocket", "Sec-WebSocket-Version: 777"), ("Upgrade: nothing", "Sec-WebSocket-Version: 13"),
            ("Upgrade: websocket", "Sec-WebSocket-Version: 13\r\nContent-Length: 30"),
            ("Upgrade: websocket", "Sec-WebSocket-Version: 13\r\nTransfer-Encoding: chunked"),
            ("Upgrade: websocket", "Sec-WebSocket-Key: AAAA"),
            ("Upgrade: websocket", "Sec-WebSocket-Version: 13\r\n\(key)\r\n\(key)"),
            ("Upgrade: websocket", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n\(key)"),
        ])
    func `after a refused upgrade nothing is served`(
        environment: Environment, attack: (String, String)
    ) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { request, response in
                Issue.record("served \(request.url)")
                response.end()
            }
            let sockets = try WebSocketServer(server: server)
            loop.track(sockets)
            sockets.on(.connection) { _, _ in Issue.record("upgraded") }
            let text = try loop.exchange(
                with: server,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\(attack.0)\r\n\(attack.1)\r\n\r\n",
                "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(text.hasPrefix("HTTP/1.1 400 "))
            #expect(text.components(separatedBy: "HTTP/1.1") == 1)
        }
    }

    // H-36
    @Test(arguments: Environment.allCases)
    func `requests that come byte by byte are the same requests`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var bodies: [String] = []
            let server = try loop.makeHTTPServer { request, response in
                var body = ""
                request.on(.data) { body += String($0) }
                request.on(.end) {
                    bodies.append("\(request.url) \(body) \(request.trailers["x"] ?? "")")
                    response.end()
                }
            }
            let bytes = octets(
                "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;e=f\r\nabc\r\n0\r\nX: 1\r\n\r\n"
                    + "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\ndef")
            let peer = try loop.connectRaw(to: server)
            var next = 0
            let drip = loop.events.setInterval(.milliseconds(1)) {
                guard next < bytes.count else { return }
                peer.write([bytes[next]])
                next += 1
            }
            try loop.run { peer.isOver }
            drip.cancel()
            #expect(bodies == ["/a abc 1", "/b def "])
        }
    }
}

extension String {
    /// How many times a text occurs.
    fileprivate func components(separatedBy text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let index = rest.firstRange(of: text) {
            count += 1
            rest = rest[index.upperBound...]
        }
        return count
    }
}
