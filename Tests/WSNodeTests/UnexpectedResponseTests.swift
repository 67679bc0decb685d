import Testing
import WSNode

@Suite("Node API §2.11: answers that are no upgrade")
struct UnexpectedResponseTests {
    /// What a client with an `unexpectedResponse` listener sees: the events, `body <text>` and `end`.
    private func journal(
        _ environment: Environment, then: @escaping (WebSocket, IncomingResponse) -> Void = { _, _ in },
        answer: @escaping (RawPeer) -> Void
    ) throws -> [String] {
        let journal = Journal()
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { peer, _ in answer(peer) }
            let client = try loop.makeClient(at: server.port)
            journal.watch(client, as: "")
            client.on(.unexpectedResponse) { response in
                #expect(client.readyState == .connecting)
                journal.note("unexpected \(response.statusCode) \(response.statusMessage)")
                var body = ""
                response.on(.data) { body += String($0) }
                response.on(.end) { journal.note("end \(body)\(response.complete ? "" : " (cut off)")") }
                then(client, response)
            }
            try loop.run { journal.has("close") }
            loop.watch()
        }
        return journal.lines
    }

    private static let refusal = "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 3\r\n\r\nfoo"

    // B-HS-005, B-HS-022
    @Test(
        arguments: Environment.allCases,
        [
            ("HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\n\r\nfoo", 401),
            ("HTTP/1.1 200 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", 200),
            ("HTTP/1.1 302 Found\r\nLocation: ws://localhost/\r\nContent-Length: 0\r\n\r\n", 302),
        ])
    func `without a listener, an error in state 2 that names the status`(
        environment: Environment, answer: (text: String, status: Int)
    ) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { peer, _ in peer.write(answer.text) }
            let client = try loop.makeClient(at: server.port)
            let journal = Journal(client)
            client.on(.error) { _ in
                #expect(client.readyState == .closing)
                client.close()
                client.terminate()
            }
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["error Error: Unexpected server response: \(answer.status)", "close 1006"])
        }
    }

    // B-HS-006, W-04
    @Test(arguments: Environment.allCases)
    func `with a listener, the body can be read, and close follows without an error`(
        environment: Environment
    ) throws {
        let seen = try journal(environment) { $0.write(Self.refusal) }
        #expect(seen == ["unexpected 401 Unauthorized", "end foo", "close 1006"])
    }

    // H-33
    @Test(
        arguments: Environment.allCases,
        [
            ("Content-Length: 0\r\n\r\n", "end "),
            ("Content-Length: 3\r\n\r\nfoobar", "end foo"),
            (
                "Transfer-Encoding: chunked\r\n\r\n3\r\nfoo\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
                "end foo0123456789"
            ),
            ("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "end "),
            ("Transfer-Encoding: chunked\r\n\r\n3\r\nfoo\r\nxyz\r\n", "end foo (cut off)"),
            ("Content-Length: 1\r\nContent-Length: 2\r\n\r\nfoo", "end  (cut off)"),
        ])
    func `a body that says where it ends needs no end of the stream`(
        environment: Environment, answer: (text: String, outcome: String)
    ) throws {
        let seen = try journal(environment) { $0.write("HTTP/1.1 502 Bad Gateway\r\n" + answer.text) }
        #expect(seen == ["unexpected 502 Bad Gateway", answer.outcome, "close 1006"])
    }

    // H-33
    @Test(arguments: Environment.allCases)
    func `a body may end with the stream, or before its time`(environment: Environment) throws {
        let open = try journal(environment) {
            $0.write("HTTP/1.1 500 Oops\r\n\r\nfoo")
            $0.end()
        }
        #expect(open == ["unexpected 500 Oops", "end foo", "close 1006"])
        let short = try journal(environment) {
            $0.write("HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\nfoo")
            $0.end()
        }
        #expect(short == ["unexpected 500 Oops", "end foo (cut off)", "close 1006"])
        let reset = try journal(environment) {
            $0.write("HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n")
            $0.reset()
        }
        #expect(reset.last == "close 1006")
        #expect(!reset.contains("open"))
    }

    // H-33
    @Test func `a body in pieces of one byte is the same body`() throws {
        let text = "HTTP/1.1 502 Bad\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nfoo\r\n2;a\r\nba\r\n0\r\nA: b\r\n\r\n"
        try withLoop(.pipe) { loop in
            loop.network?.conditions.pieceBytes = 1...1
            loop.network?.conditions.latency = .milliseconds(1) ... .milliseconds(1)
            let server = try loop.makeRawServer { peer, _ in peer.write(text) }
            let client = try loop.makeClient(at: server.port)
            var body = ""
            var isComplete: Bool?
            client.on(.unexpectedResponse) { response in
                response.on(.data) { body += String($0) }
                response.on(.end) { isComplete = response.complete }
            }
            try loop.run { client.readyState == .closed }
            #expect(body == "fooba")
            #expect(isComplete == true)
        }
    }

    // B-HS-007
    @Test(arguments: Environment.allCases)
    func `who destroys the response gets no error`(environment: Environment) throws {
        let seen = try journal(environment, then: { $1.destroy() }, answer: { $0.write(Self.refusal) })
        #expect(seen == ["unexpected 401 Unauthorized", "end  (cut off)", "close 1006"])
    }

    // B-HS-008
    @Test(arguments: Environment.allCases, [true, false])
    func `while the body is awaited the state is 0, and closing is an error`(
        environment: Environment, terminates: Bool
    ) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { peer, _ in
                peer.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\n\r\n")
            }
            let client = try loop.makeClient(at: server.port)
            let journal = Journal(client)
            var hasAnswer = false
            client.on(.unexpectedResponse) { _ in hasAnswer = true }
            try loop.run { hasAnswer }
            loop.run(for: .milliseconds(20))
            #expect(client.readyState == .connecting)
            if terminates { client.terminate() } else { client.close() }
            #expect(client.readyState == .closing)
            try loop.run { journal.has("close") }
            #expect(
                journal.lines == [
                    "error Error: WebSocket was closed before the connection was established", "close 1006",
                ])
        }
    }

    // B-CLOSE-003
    @Test(arguments: Environment.allCases)
    func `close after the body of a kept-alive answer ends the stream`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { peer, _ in
                peer.write("HTTP/1.1 502 Bad Gateway\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nfoo")
            }
            let client = try loop.makeClient(at: server.port)
            let journal = Journal(client)
            client.on(.unexpectedResponse) { response in
                response.on(.end) {
                    #expect(client.readyState == .connecting)
                    client.close()
                }
            }
            try loop.run { journal.has("close") && server.peers.allSatisfy(\.isOver) }
            #expect(
                journal.lines == [
                    "error Error: WebSocket was closed before the connection was established", "close 1006",
                ])
        }
    }

    // R-7-3, H-33
    @Test(arguments: Environment.allCases)
    func `a body that never ends is given up in the time for closing`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { peer, _ in peer.write("HTTP/1.1 500 Oops\r\n\r\nfoo") }
            let client = try loop.makeClient(at: server.port) { $0.closeTimeout = .milliseconds(50) }
            let journal = Journal(client)
            client.on(.unexpectedResponse) { response in
                response.on(.end) { journal.note("end") }
            }
            let start = loop.events.now
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["end", "close 1006"])
            #expect(loop.events.now - start >= .milliseconds(50))
        }
    }
}
