import Testing
import WSNode

@Suite("The HTTP server: time, limits and ends")
struct HTTPLifeTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    // H-a, N-6
    @Test(arguments: Environment.allCases)
    func `a head that does not come to its end is answered 408`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer(HTTPServerOptions { $0.headersTimeout = .milliseconds(50) }) {
                _, response in
                response.end("x")
            }
            let silent = try loop.connectRaw(to: server)
            let slow = try loop.connectRaw(to: server)
            let second = try loop.connectRaw(to: server)
            slow.write("GET / HTTP/1.1\r\n")
            second.write(Self.get + "GET")
            let drip = loop.events.setInterval(.milliseconds(10)) { slow.write("X: y\r\n") }
            try loop.run { silent.isOver && slow.isOver && second.isOver }
            drip.cancel()
            #expect(silent.text.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            #expect(slow.text.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            #expect(second.text.contains("xHTTP/1.1 408 Request Timeout\r\n"))
        }
    }

    @Test(arguments: Environment.allCases, [true, false])
    func `a body that does not come to its end is answered 408, or cut off`(
        environment: Environment, hasAnswered: Bool
    ) throws {
        try withLoop(environment) { loop in
            let journal = Journal()
            let server = try loop.makeHTTPServer(HTTPServerOptions { $0.requestTimeout = .milliseconds(50) }) {
                request, response in
                if hasAnswered { response.write("begun") }
                request.on(.data) { journal.note("data \(String($0))") }
                request.on(.aborted) { journal.note("aborted") }
                response.on(.close) { journal.note("close \(response.writableFinished)") }
            }
            let text = try loop.exchange(with: server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab")
            #expect(text.hasPrefix(hasAnswered ? "HTTP/1.1 200 " : "HTTP/1.1 408 "))
            #expect(!text.hasSuffix("0\r\n\r\n"))
            #expect(journal.lines == ["data ab", "aborted", "close false"])
        }
    }

    @Test(arguments: Environment.allCases)
    func `a connection may rest for a while between requests`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer(HTTPServerOptions { $0.keepAliveTimeout = .milliseconds(100) }) {
                _, response in response.end("x")
            }
            let peer = try loop.connectRaw(to: server)
            for _ in 0..<3 {
                peer.write(Self.get)
                try loop.run { peer.text.hasSuffix("\r\n\r\nx") }
                peer.clear()
                loop.run(for: .milliseconds(10))
                #expect(!peer.isOver)
            }
            try loop.run { peer.isOver }
            #expect(peer.text == "")
        }
    }

    @Test(arguments: Environment.allCases)
    func `the time for a request is also that of its head`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let options = HTTPServerOptions {
                $0.headersTimeout = nil
                $0.requestTimeout = .milliseconds(20)
            }
            let server = try loop.makeHTTPServer(options) { _, _ in }
            #expect(try loop.exchange(with: server, "GET /").hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test(arguments: Environment.allCases)
    func `a server that listens again keeps the loop no longer than it listens`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { _, response in response.end("x") }
            server.close()
            try server.listen(host: "127.0.0.1")
            #expect(try loop.exchange(with: server, Self.get, endingOurSide: true).hasSuffix("x"))
            server.close()
            loop.events.run()
            #expect(!server.listening)
        }
    }

    @Test(arguments: Environment.allCases)
    func `a response may take its time, unless idling is limited`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let options = HTTPServerOptions {
                $0.headersTimeout = .milliseconds(20)
                $0.requestTimeout = .milliseconds(20)
                $0.keepAliveTimeout = .milliseconds(20)
            }
            let patient = try loop.makeHTTPServer(options) { _, response in
                loop.events.setTimeout(.milliseconds(80)) { response.end("late") }
            }
            let peer = try loop.connectRaw(to: patient)
            peer.write(Self.get)
            try loop.run { peer.text.hasSuffix("late") }
            var closed = false
            let strict = try loop.makeHTTPServer(HTTPServerOptions { $0.timeout = .milliseconds(30) }) { _, response in
                response.on(.close) { closed = true }
            }
            #expect(try loop.exchange(with: strict, Self.get) == "")
            #expect(closed)
        }
    }

    @Test(arguments: Environment.allCases, [true, false])
    func `a body beyond the limit is answered 413`(environment: Environment, isChunked: Bool) throws {
        try withLoop(environment) { loop in
            var bodies: [Int] = []
            let server = try loop.makeHTTPServer(HTTPServerOptions { $0.maxBodySize = 10 }) { request, response in
                var count = 0
                request.on(.data) { count += $0.count }
                request.on(.end) {
                    bodies.append(count)
                    response.end()
                }
            }
            func post(_ count: Int) -> String {
                let body = String(repeating: "x", count: count)
                return isChunked
                    ? "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxxx\r\n"
                        + String(count - 3, radix: 16) + "\r\n\(body.dropFirst(3))\r\n0\r\n\r\n"
                    : "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n\(body)"
            }
            let text = try loop.exchange(with: server, post(10), post(11), Self.get)
            #expect(text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) } == ["200", "413"])
            #expect(bodies == [10])
        }
    }

    @Test(arguments: Environment.allCases)
    func `connections and requests on them can be limited`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let options = HTTPServerOptions {
                $0.maxConnections = 1
                $0.maxRequestsPerSocket = 2
            }
            var accepted = 0
            let server = try loop.makeHTTPServer(options) { _, response in response.end("x") }
            server.on(.connection) { _ in accepted += 1 }
            let first = try loop.connectRaw(to: server)
            try loop.run { accepted == 1 }
            #expect(server.connectionsCount == 1)
            let second = try loop.connectRaw(to: server)
            try loop.run { second.isOver }
            first.write(Self.get + Self.get + Self.get)
            try loop.run { first.isOver }
            #expect(first.text.split(separator: "HTTP/1.1 200 OK").count == 2)
            #expect(accepted == 1)
            first.close()
            try loop.run { server.connectionsCount == 0 }
        }
    }

    @Test(arguments: Environment.allCases)
    func `who pauses a body makes the client wait`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var received = 0
            var held: IncomingMessage?
            let server = try loop.makeHTTPServer { request, response in
                held = request
                request.on(.data) {
                    received += $0.count
                    if received == $0.count { request.pause() }
                }
                request.on(.end) { response.end("all") }
            }
            let peer = try loop.connectRaw(to: server)
            let size = 16 << 20
            peer.write(octets("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n"))
            peer.write([UInt8](repeating: 0, count: size))
            try loop.run { received > 0 }
            loop.run(for: .milliseconds(20))
            #expect(received <= 64 << 10)
            #expect(peer.unwrittenCount > size / 2)
            held?.resume()
            try loop.run { peer.text.hasSuffix("all") }
            #expect(received == size)
        }
    }

    // A client that pipelines without end is read no further than a little ahead.
    @Test(arguments: Environment.allCases)
    func `requests wait with the network while a response is made`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var served = 0
            let server = try loop.makeHTTPServer { _, response in
                served += 1
                if served > 1 { response.end() }
            }
            let peer = try loop.connectRaw(to: server)
            let flood = octets(String(repeating: Self.get, count: (8 << 20) / Self.get.utf8.count))
            peer.write(flood)
            try loop.run { served == 1 }
            loop.run(for: .milliseconds(30))
            #expect(served == 1)
            #expect(peer.unwrittenCount > 1 << 20)
        }
    }

    @Test(arguments: Environment.allCases)
    func `a body nobody reads is thrown away if it is short`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var urls: [String] = []
            let server = try loop.makeHTTPServer { request, response in
                urls.append(request.url)
                response.end("x")
            }
            func post(_ url: String, _ count: Int) -> String {
                "POST \(url) HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n"
                    + String(repeating: "b", count: count)
            }
            let text = try loop.exchange(with: server, post("/1", 100_000), post("/2", 1 << 20), post("/3", 1))
            #expect(urls == ["/1", "/2"])
            #expect(text.split(separator: "HTTP/1.1 200 OK").count == 2)
        }
    }

    @Test(arguments: Environment.allCases, ["reset", "end", "close"])
    func `a client that goes away in its body is told of`(environment: Environment, how: String) throws {
        try withLoop(environment) { loop in
            let journal = Journal()
            let server = try loop.makeHTTPServer { request, response in
                request.on(.data) { _ in journal.note("data") }
                request.on(.end) { journal.note("end") }
                request.on(.aborted) { journal.note("aborted \(request.aborted) \(request.complete)") }
                request.on(.close) { journal.note("close") }
                response.on(.finish) { journal.note("finish") }
                response.on(.close) { journal.note("response close \(response.destroyed)") }
            }
            let peer = try loop.connectRaw(to: server)
            peer.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab")
            try loop.run { journal.has("data") }
            switch how {
            case "reset": peer.reset()
            case "end": peer.end()
            default: peer.close()
            }
            try loop.run { journal.has("response close") }
            #expect(journal.lines == ["data", "aborted true false", "close", "response close true"])
            #expect(loop.reports.isEmpty)
        }
    }

    @Test(arguments: Environment.allCases)
    func `an answer given before the body is finished, though the client ends in its body`(
        environment: Environment
    ) throws {
        try withLoop(environment) { loop in
            let journal = Journal()
            let answer = String(repeating: "a", count: 16 << 20)
            let server = try loop.makeHTTPServer { request, response in
                request.on(.aborted) { journal.note("aborted \(response.writableFinished)") }
                response.on(.finish) { journal.note("finish") }
                response.on(.close) { journal.note("close") }
                response.end(answer)
            }
            let peer = try loop.connectRaw(to: server)
            peer.isPaused = true
            peer.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
            peer.end()
            try loop.run { journal.has("aborted") }
            peer.isPaused = false
            try loop.run { peer.hasEnded }
            #expect(journal.lines == ["aborted false", "finish", "close"])
            #expect(peer.text.hasSuffix("\r\n\r\n\(answer)"))
        }
    }

    @Test(arguments: Environment.allCases, [true, false])
    func `a client that goes away while it is answered is told of`(environment: Environment, ends: Bool) throws {
        try withLoop(environment) { loop in
            let journal = Journal()
            var pending: ServerResponse?
            let server = try loop.makeHTTPServer { _, response in
                pending = response
                response.on(.finish) { journal.note("finish") }
                response.on(.close) { journal.note("close") }
            }
            let peer = try loop.connectRaw(to: server)
            peer.write(Self.get)
            try loop.run { pending != nil }
            if ends {
                peer.end()
                loop.run(for: .milliseconds(5))
                #expect(journal.lines.isEmpty)
                pending?.end("still wanted")
                try loop.run { peer.hasEnded }
                #expect(peer.text.hasSuffix("still wanted"))
                #expect(journal.lines == ["finish", "close"])
            } else {
                peer.reset()
                try loop.run { journal.has("close") }
                #expect(journal.lines == ["close"])
                #expect(pending?.write("nobody") == false)
                pending?.end()
            }
        }
    }

    @Test(arguments: Environment.allCases)
    func `what was sent before the client ended its side is served`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var urls: [String] = []
            let server = try loop.makeHTTPServer { request, response in
                urls.append(request.url)
                loop.events.setTimeout(.milliseconds(2)) {
                    var body = request.url
                    request.on(.data) { body += String($0) }
                    request.on(.end) { response.end(body) }
                }
            }
            let peer = try loop.connectRaw(to: server)
            for number in 1...6 {
                peer.write("POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n!")
            }
            peer.end()
            try loop.run { peer.hasEnded }
            #expect(urls == ["/1", "/2", "/3", "/4", "/5", "/6"])
            let bodies = peer.text.split(separator: "\r\n\r\n").dropFirst().map { String($0.prefix(3)) }
            #expect(bodies == ["/1!", "/2!", "/3!", "/4!", "/5!", "/6!"])
        }
    }

    // Found by fuzzing: what was read ahead of the response is looked at when the end has come already.
    @Test(arguments: Environment.allCases)
    func `a client that ended its side within a head is not waited for`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer { _, response in
                loop.events.setTimeout(.milliseconds(5)) { response.end("x") }
            }
            let text = try loop.exchange(with: server, Self.get + "GET / HT", endingOurSide: true)
            #expect(text.hasSuffix("\r\n\r\nx"))
        }
    }

    @Test(arguments: Environment.allCases)
    func `close ends what rests, and waits for what is under way`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var pending: ServerResponse?
            let journal = Journal()
            let server = try loop.makeHTTPServer { request, response in
                if request.url == "/wait" { pending = response } else { response.end("x") }
            }
            server.on(.close) { journal.note("close") }
            let resting = try loop.connectRaw(to: server)
            resting.write(Self.get)
            let busy = try loop.connectRaw(to: server)
            busy.write("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            try loop.run { resting.text.hasSuffix("x") && pending != nil }
            server.close { journal.note("closed \($0 == nil)") }
            server.close { journal.note("again \($0?.code ?? "")") }
            try loop.run { resting.isOver }
            #expect(!busy.isOver)
            #expect(!server.listening)
            #expect(server.address() == nil)
            pending?.end("done")
            try loop.run { busy.isOver }
            #expect(busy.text.contains("\r\nConnection: close\r\n"))
            busy.close()
            try loop.run { journal.lines.count == 3 }
            #expect(journal.lines == ["close", "closed true", "again ERR_SERVER_NOT_RUNNING"])
            server.close { journal.note("never ran \($0?.code ?? "")") }
            try loop.run { journal.lines.count == 4 }

            try server.listen(port: 0, host: "127.0.0.1")
            #expect(throws: WebSocketError.self) { try server.listen(port: 0) }
            let again = try loop.connectRaw(to: server)
            again.write(Self.get)
            try loop.run { again.text.hasSuffix("x") }
            server.closeAllConnections()
            try loop.run { again.isOver }
        }
    }

    @Test(arguments: Environment.allCases)
    func `a server that cannot listen says so`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let first = try loop.makeHTTPServer()
            let second = HTTPServer(on: loop.events)
            var errors: [WebSocketError] = []
            second.on(.error) { errors.append($0) }
            try second.listen(port: Int(try #require(first.address()).port), host: "127.0.0.1")
            #expect(errors.isEmpty)
            try loop.run { errors.count == 1 }
            #expect(errors.first?.code == "EADDRINUSE")
            #expect(throws: WebSocketError.self) { try second.listen(port: 65536) }
        }
    }

    @Test(arguments: Environment.allCases)
    func `a listener of clientError answers in our place`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer()
            var codes: [String] = []
            server.on(.clientError) { error, socket in
                codes.append(error.code ?? error.message)
                socket.end("HTTP/1.1 400 Mine\r\n\r\n")
            }
            #expect(try loop.exchange(with: server, "nonsense\r\n\r\n") == "HTTP/1.1 400 Mine\r\n\r\n")
            #expect(codes == ["HPE_INVALID_METHOD"])
        }
    }

    @Test(arguments: Environment.allCases)
    func `a client that never ends its side is dropped`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeHTTPServer(HTTPServerOptions { $0.closeTimeout = .milliseconds(50) }) {
                _, response in
                response.end("x")
            }
            let peer = try loop.connectRaw(to: server)
            peer.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            try loop.run { peer.hasEnded }
            #expect(server.connectionsCount == 1)
            try loop.run { server.connectionsCount == 0 }
        }
    }

    @Test(arguments: Environment.allCases)
    func `listeners may give a connection up at any time`(environment: Environment) throws {
        for place in ["connection", "request", "data", "end", "finish", "upgrade"] {
            try withLoop(environment) { loop in
                var isReached = false
                let server = try loop.makeHTTPServer { request, response in
                    func giveUp(_ here: String) {
                        guard here == place else { return }
                        isReached = true
                        request.socket.destroy()
                        request.destroy()
                        response.destroy()
                    }
                    giveUp("request")
                    request.on(.data) { _ in giveUp("data") }
                    request.on(.end) {
                        giveUp("end")
                        response.end("x")
                    }
                    response.on(.finish) { giveUp("finish") }
                }
                if place == "upgrade" {
                    server.on(.upgrade) { _, socket, _ in
                        isReached = true
                        socket.destroy()
                    }
                }
                server.on(.connection) { socket in
                    guard place == "connection" else { return }
                    isReached = true
                    socket.destroy()
                }
                let upgrade = place == "upgrade" ? "Upgrade: x\r\nConnection: Upgrade\r\n" : ""
                _ = try loop.exchange(
                    with: server, "POST / HTTP/1.1\r\nHost: a\r\n\(upgrade)Content-Length: 2\r\n\r\nab", Self.get)
                #expect(isReached, "\(place)")
                try loop.run { server.connectionsCount == 0 }
            }
        }
    }
}
