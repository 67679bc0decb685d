import Testing
import WSNode

@Suite("Node API §2.11: what becomes of a client's opening handshake")
struct ClientHandshakeTests {
    /// What a client sees of a server that answers so, until its `close`.
    private func journal(
        _ environment: Environment, protocols: [String] = [], _ change: (inout ClientOptions) -> Void = { _ in },
        answer: @escaping (RawPeer, RawRequest) -> Void
    ) throws -> [String] {
        let journal = Journal()
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer(answer)
            let client = try loop.makeClient(at: server.port, protocols: protocols, change)
            journal.watch(client, as: "")
            client.on(.error) { _ in
                #expect(client.readyState == .closing)
                #expect(client.bufferedAmount == 0)
            }
            try loop.run { journal.has("close") }
            loop.watch()
        }
        return journal.lines
    }

    // B-HS-001, B-HS-002, B-HS-003, B-HS-010, B-HS-015, B-HS-016, B-HS-017, B-HS-018, B-HS-019, B-HS-021, B-HS-026
    @Test(arguments: [
        (["Upgrade:"], [], "Invalid Upgrade header"),
        (["Upgrade: foo"], [], "Invalid Upgrade header"),
        (["Connection:"], [], "Unexpected server response: 101"),
        (["Sec-WebSocket-Accept: CxYS6+NgJSBG74mdgLvGscRvpns="], [], "Invalid Sec-WebSocket-Accept header"),
        (["Sec-WebSocket-Accept:"], [], "Invalid Sec-WebSocket-Accept header"),
        (["Sec-WebSocket-Protocol: foo"], [], "Server sent a subprotocol but none was requested"),
        (["Sec-WebSocket-Protocol: baz"], ["foo", "bar"], "Server sent an invalid subprotocol"),
        (["Sec-WebSocket-Protocol: "], ["foo", "bar"], "Server sent an invalid subprotocol"),
        (["Sec-WebSocket-Protocol: FOO"], ["foo"], "Server sent an invalid subprotocol"),
        ([], ["foo", "bar"], "Server sent no subprotocol"),
        (
            ["Sec-WebSocket-Extensions: foo"], [],
            "Server sent a Sec-WebSocket-Extensions header but no extension was requested"
        ),
        // B-HS-027: the first fault decides.
        (["Upgrade: foo", "Sec-WebSocket-Accept: x"], ["a"], "Invalid Upgrade header"),
        (["Sec-WebSocket-Accept: x", "Sec-WebSocket-Protocol: b"], ["a"], "Invalid Sec-WebSocket-Accept header"),
        (
            ["Sec-WebSocket-Protocol: b", "Sec-WebSocket-Extensions: x"], ["a"],
            "Server sent an invalid subprotocol"
        ),
    ])
    func `a 101 that does not hold`(lines: [String], protocols: [String], message: String) throws {
        for environment in Environment.allCases {
            let seen = try journal(environment, protocols: protocols, { $0.perMessageDeflate = false }) {
                $0.write($1.upgrade(lines))
            }
            #expect(seen == ["upgrade 101", "error Error: \(message)", "close 1006"])
        }
    }

    // B-HS-004, R-7.2.1-1
    @Test(arguments: Environment.allCases)
    func `the end of the stream after open is no error`(environment: Environment) throws {
        let seen = try journal(environment) {
            $0.write($1.upgrade())
            $0.end()
        }
        #expect(seen == ["upgrade 101", "open", "close 1006"])
    }

    // B-HS-009, R-7-3
    @Test(arguments: Environment.allCases)
    func `a silent server`(environment: Environment) throws {
        let seen = try journal(environment, { $0.handshakeTimeout = .milliseconds(50) }) { _, _ in }
        #expect(seen == ["error Error: Opening handshake has timed out", "close 1006"])
    }

    // W-11
    @Test(arguments: Environment.allCases)
    func `a server that drips does not gain time`(environment: Environment) throws {
        try withLoop(environment) { loop in
            var drip: Timer?
            let server = try loop.makeRawServer { peer, request in
                var rest = request.upgrade()[...]
                drip = loop.events.setInterval(.milliseconds(10)) {
                    if let byte = rest.popFirst() { peer.write([byte]) }
                }
            }
            let client = try loop.makeClient(at: server.port) { $0.handshakeTimeout = .milliseconds(80) }
            let journal = Journal(client)
            try loop.run { journal.has("close") }
            drip?.cancel()
            #expect(journal.lines == ["error Error: Opening handshake has timed out", "close 1006"])
        }
    }

    @Test func `no limit, and a limit of zero, are for ever`() throws {
        for limit in [nil, Duration.zero] {
            try withLoop(.pipe) { loop in
                let server = try loop.makeRawServer { _, _ in }
                let client = try loop.makeClient(at: server.port) { $0.handshakeTimeout = limit }
                let journal = Journal(client)
                loop.run(for: .seconds(100_000))
                #expect(journal.lines.isEmpty)
                #expect(client.readyState == .connecting)
            }
        }
    }

    // B-HS-023, R-4.1-5, H-10
    @Test(arguments: Environment.allCases)
    func `a server that goes away without an answer`(environment: Environment) throws {
        let ended = try journal(environment) { peer, _ in peer.end() }
        #expect(ended == ["error Error: socket hang up [ECONNRESET]", "close 1006"])
        let halfAnswered = try journal(environment) { peer, _ in
            peer.write("HTTP/1.1 101 Switching Protocols\r\nUpgra")
            peer.end()
        }
        #expect(halfAnswered == ["error Error: socket hang up [ECONNRESET]", "close 1006"])
        let reset = try journal(environment) { peer, _ in peer.reset() }
        #expect(reset == ["error Error: read ECONNRESET [ECONNRESET]", "close 1006"])
    }

    // R-4.1-5
    @Test(arguments: Environment.allCases)
    func `nobody listens`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let port = try loop.freePort()
            let client = try loop.makeClient(at: port)
            let journal = Journal(client)
            try loop.run { journal.has("close") }
            loop.watch()
            #expect(
                journal.lines == ["error Error: connect ECONNREFUSED 127.0.0.1:\(port) [ECONNREFUSED]", "close 1006"])
            let path = temporaryPath("nobody")
            let unix = try WebSocket("ws+unix:\(path)", on: loop.events)
            let unixJournal = Journal(unix)
            try loop.run { unixJournal.has("close") }
            #expect(unixJournal.lines == ["error Error: connect ENOENT \(path) [ENOENT]", "close 1006"])
        }
    }

    // R-4.1-5
    @Test func `what a network may do before the server answers`() throws {
        let errors: [(TransportError, String)] = [
            (TransportError(.connect, errno: 110, host: "a", port: 80), "connect ETIMEDOUT a:80 [ETIMEDOUT]"),
            (TransportError(.connect, errno: 113, host: "a", port: 80), "connect EHOSTUNREACH a:80 [EHOSTUNREACH]"),
            (TransportError(.lookup, errno: -2, host: "a"), "getaddrinfo ENOTFOUND a [ENOTFOUND]"),
            (TransportError(.lookup, errno: -3, host: "a"), "getaddrinfo EAI_AGAIN a [EAI_AGAIN]"),
        ]
        for (error, text) in errors {
            try withLoop(.pipe) { loop in
                loop.network?.onConnect = { _ in .fail(error) }
                let journal = Journal(try WebSocket("ws://a", on: loop.events))
                try loop.run { journal.has("close") }
                #expect(journal.lines == ["error Error: \(text)", "close 1006"])
            }
        }
    }

    // B-HS-024
    @Test(arguments: Environment.allCases)
    func `bytes that are no HTTP`(environment: Environment) throws {
        let seen = try journal(environment) { peer, _ in peer.write("foo bar\r\nbaz\r\n\r\n") }
        try #require(seen.count == 2)
        #expect(seen[0].hasPrefix("error Error: Parse Error: "))
        #expect(seen[0].contains("[HPE_INVALID_"))
        #expect(seen[1] == "close 1006")
        let endless = try journal(environment) { peer, _ in
            peer.write("HTTP/1.1 101 Switching Protocols\r\nX: " + String(repeating: "x", count: 20_000))
        }
        #expect(endless.count == 2)
        #expect(endless[0].hasSuffix("[HPE_HEADER_OVERFLOW]"))
    }

    // B-HS-025
    @Test(arguments: Environment.allCases)
    func `frames in the packet of the 101 follow open`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer {
                $0.write(
                    $1.upgrade() + Wire.text("hi", masked: false) + Wire.frame(0x89, "p".utf8, masked: false)
                        + Wire.close(1000, masked: false))
            }
            let client = try loop.makeClient(at: server.port)
            let journal = Journal(client)
            let peer = { server.peers.first }
            try loop.run { peer()?.frames.count == 2 }
            #expect(peer()?.frames.map(\.first) == [0x8A, 0x88])
            #expect(peer()?.frames.first?.text == "p")
            peer()?.end()
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["upgrade 101", "open", #"message "hi""#, "ping p", "close 1000"])
        }
    }

    // B-HS-026
    @Test(arguments: Environment.allCases)
    func `the upgrade's response can be looked at, in state 0`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { $0.write($1.upgrade(["Set-Cookie: a=b", "Set-Cookie2: c"])) }
            let client = try loop.makeClient(at: server.port)
            var seen: [String] = []
            client.on(.upgrade) { response in
                #expect(client.readyState == .connecting)
                #expect(response.statusMessage == "Switching Protocols")
                seen += response.headers.values(of: "set-cookie")
            }
            try loop.run { client.readyState == .open }
            #expect(seen == ["a=b"])
        }
    }
}
