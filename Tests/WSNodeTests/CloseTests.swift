import Testing
import WSNode

@Suite("Node API §2.8: closing")
struct CloseTests {
    private static let early = [
        "error Error: WebSocket was closed before the connection was established", "close 1006",
    ]

    // B-CLOSE-001, B-TERM-001, B-CLOSE-022, R-7.2.2-1
    @Test(arguments: Environment.allCases, ["close", "close with a wrong code", "terminate"])
    func `right after construction`(environment: Environment, how: String) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let client = try loop.makeClient(of: server)
            let journal = Journal(client)
            switch how {
            case "close": client.close()
            case "terminate": client.terminate()
            default: try client.close(CloseCode(rawValue: 1), String(repeating: "x", count: 200))
            }
            #expect(client.readyState == .closing)
            #expect(journal.lines.isEmpty)
            try client.close(CloseCode(rawValue: 1))
            try loop.run { journal.has("close") }
            try client.close(CloseCode(rawValue: 1))
            client.terminate()
            loop.watch()
            #expect(journal.lines == Self.early)
        }
    }

    @Test(arguments: Environment.allCases)
    func `with the reason another connection was closed with`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (first, second) = (try loop.makePair(), try loop.makePair())
            let journal = Journal(second.client)
            first.accepted.on(.close) { code, reason in
                #expect(throws: WebSocketError("The reason must be UTF-8", name: .type)) {
                    try second.accepted.close(code, Bytes([0xC3]))
                }
                #expect(throws: Never.self) { try second.accepted.close(code, reason) }
            }
            try first.client.close(CloseCode(rawValue: 4001), "grüß dich")
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["close 4001 grüß dich"])
        }
    }

    // B-CLOSE-002, B-TERM-002
    @Test(arguments: Environment.allCases, [true, false])
    func `while the server is deciding`(environment: Environment, terminates: Bool) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { peer, request in
                loop.events.setTimeout(.milliseconds(40)) { peer.write(request.upgrade()) }
            }
            let client = try loop.makeClient(at: server.port)
            let journal = Journal(client)
            loop.events.setTimeout(.milliseconds(20)) {
                if terminates { client.terminate() } else { client.close() }
            }
            try loop.run { journal.has("close") }
            loop.watch()
            #expect(journal.lines == Self.early)
            try loop.run { server.peers.allSatisfy(\.isOver) }
        }
    }

    // B-CLOSE-004, B-TERM-003
    @Test(arguments: Environment.allCases, [true, false])
    func `in the listener of an error before open`(environment: Environment, terminates: Bool) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { peer, _ in peer.write("foo\r\n\r\n") }
            let client = try loop.makeClient(at: server.port)
            let journal = Journal(client)
            client.on(.error) { _ in if terminates { client.terminate() } else { client.close() } }
            try loop.run { journal.has("close") }
            loop.watch()
            #expect(journal.lines.count == 2)
            #expect(journal.lines.last == "close 1006")
        }
    }

    // B-CLOSE-006, B-TERM-005
    @Test(arguments: Environment.allCases, [true, false])
    func `in the listener of upgrade`(environment: Environment, terminates: Bool) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let client = try loop.makeClient(of: server)
            let journal = Journal(client)
            client.on(.upgrade) { _ in if terminates { client.terminate() } else { client.close() } }
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["upgrade 101"] + Self.early)
            try loop.run { server.clients?.isEmpty == true }
        }
    }

    // B-CLOSE-007
    @Test(arguments: Environment.allCases)
    func `without a code the frame is empty, and 1005 is reported`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let (peer, accepted, _) = try loop.upgradeRaw(to: server)
            let journal = Journal(accepted)
            accepted.close()
            #expect(accepted.readyState == .closing)
            try loop.run { !peer.received.isEmpty }
            #expect(peer.received == [0x88, 0])
            peer.write(Wire.close(masked: true))
            peer.end()
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["close 1005"])

            let (client, other) = try loop.openClient()
            let clientJournal = Journal(client)
            other.write([0x88, 0])
            try loop.run { other.received.count == 6 }
            #expect(other.received.starts(with: [0x88, 0x80]))
            other.end()
            try loop.run { clientJournal.has("close") }
            #expect(clientJournal.lines == ["close 1005"])
        }
    }

    // B-CLOSE-008, B-CLOSE-009, B-CLOSE-011, B-CLOSE-012, B-CLOSE-023, R-7.1.5-1, R-7.1.6-1
    @Test(
        arguments: Environment.allCases,
        [
            (1000, ""), (1000, "some reason"), (1013, ""), (1014, ""), (3000, "é€"),
            (4999, String(repeating: "x", count: 123)),
        ])
    func `the code and the reason arrive and come back`(
        environment: Environment, closing: (code: Int, reason: String)
    ) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            try pair.client.close(CloseCode(rawValue: UInt16(closing.code)), closing.reason)
            #expect(pair.client.readyState == .closing)
            try loop.run { journal.lines.count == 2 }
            let line = closing.reason.isEmpty ? "close \(closing.code)" : "close \(closing.code) \(closing.reason)"
            #expect(journal["server"] == [line])
            #expect(journal["client"] == [line])
        }
    }

    // B-CLOSE-010
    @Test(arguments: Environment.allCases)
    func `what was sent before arrives, and closing twice is closing once`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            var outcomes: [WebSocketError?] = []
            for text in ["foo", "bar", "baz"] { pair.accepted.send(text) { outcomes.append($0) } }
            pair.accepted.close()
            pair.accepted.close()
            try loop.run { journal.has("server close") && journal.has("client close") }
            #expect(outcomes == [nil, nil, nil])
            #expect(journal["client"] == [#"message "foo""#, #"message "bar""#, #"message "baz""#, "close 1005"])
        }
    }

    // B-CLOSE-013
    @Test(arguments: Environment.allCases)
    func `in state 3 it does nothing`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal()
            pair.client.on(.close) { _, _ in
                journal.note("close")
                pair.client.close()
                pair.client.terminate()
            }
            pair.client.close()
            try loop.run { !journal.lines.isEmpty }
            pair.client.close()
            loop.watch()
            #expect(journal.lines == ["close"])
        }
    }

    // B-CLOSE-014
    @Test func `the default time for closing is 30 seconds, counted from close, and none was counted before`() throws {
        try withLoop(.pipe) { loop in
            let (client, _) = try loop.openClient()
            let journal = Journal(client)
            loop.run(for: .seconds(1000))
            #expect(client.readyState == .open)
            let start = loop.events.now
            var sentAt: Duration?
            client.send("hi") { _ in sentAt = loop.events.now }
            try client.close(.normalClosure)
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["close 1006"])
            #expect(loop.events.now - start == .seconds(30))
            #expect(sentAt == start)
        }
    }

    // B-CLOSE-015, B-CLOSE-016, R-7-3
    @Test(arguments: Environment.allCases)
    func `a server does not wait for ever for the peer's close frame`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.closeTimeout = .milliseconds(60) }
            let (peer, accepted, _) = try loop.upgradeRaw(to: server)
            let journal = Journal(accepted)
            let start = loop.events.now
            accepted.close()
            try loop.run { journal.has("close") && peer.isOver }
            #expect(journal.lines == ["close 1006"])
            #expect(loop.events.now - start >= .milliseconds(60))
        }
    }

    // B-CLOSE-024, R-7-3
    @Test(arguments: Environment.allCases, [true, false])
    func `nor for its end of the stream`(environment: Environment, isServer: Bool) throws {
        try withLoop(environment) { loop in
            let socket: WebSocket
            let peer: RawPeer
            if isServer {
                let server = try loop.makeServer { $0.closeTimeout = .milliseconds(60) }
                (peer, socket, _) = try loop.upgradeRaw(to: server)
            } else {
                (socket, peer) = try loop.openClient { $0.closeTimeout = .milliseconds(60) }
            }
            let journal = Journal(socket)
            let start = loop.events.now
            peer.write(Wire.close(1000, masked: isServer))
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["close 1000"])
            #expect(loop.events.now - start >= .milliseconds(60))
        }
    }

    // B-CLOSE-024: with the stream the timer goes, or the loop would not come to rest before it.
    @Test func `the timer goes with the stream`() throws {
        try withLoop(.pipe) { loop in
            let pair = try loop.makePair()
            pair.client.close()
            pair.server.close()
            let start = loop.events.now
            loop.events.run()
            #expect(pair.client.readyState == .closed)
            #expect(loop.events.now == start)
        }
    }

    // B-CLOSE-017
    @Test(arguments: Environment.allCases)
    func `the answer to a close frame is the same frame`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            peer.write(Wire.close(4321, "because", masked: false))
            try loop.run { peer.frames.count == 1 }
            #expect(peer.frames.first == Wire.Frame(0x88, masked: true, [0x10, 0xE1] + "because".utf8))
            #expect(client.readyState == .closing)
        }
    }

    // B-CLOSE-018, R-7.1.5-1
    @Test(arguments: Environment.allCases)
    func `the code reported is the one received, of the first frame`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            try client.close(.normalClosure)
            try loop.run { peer.frames.count == 1 }
            peer.write(Wire.close(4000, "first", masked: false) + Wire.close(4001, "second", masked: false))
            peer.end()
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["close 4000 first"])
        }
    }

    // B-CLOSE-019
    @Test(arguments: Environment.allCases)
    func `both at once report the other's code`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            try pair.client.close(.normalClosure)
            try pair.accepted.close(.goingAway)
            try loop.run { journal.lines.count == 2 }
            #expect(journal["client"] == ["close 1001"])
            #expect(journal["server"] == ["close 1000"])
        }
    }

    // B-CLOSE-020, R-7.1.1-2: unlike Node, the client leaves the end of the stream to the server.
    @Test(arguments: Environment.allCases)
    func `the server ends the stream first`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            peer.write(Wire.close(1000, masked: false))
            try loop.run { peer.frames.count == 1 }
            loop.watch()
            #expect(environment.isVirtual || !peer.hasEnded)
            let journal = Journal(client)
            if !environment.isVirtual {
                peer.end()
                try loop.run { journal.has("close") && peer.hasEnded }
            }
            let server = try loop.makeServer()
            let (other, accepted, _) = try loop.upgradeRaw(to: server)
            accepted.close()
            try loop.run { other.frames.count == 1 }
            other.write(Wire.close(masked: true))
            try loop.run { other.hasEnded }
            #expect(accepted.readyState == .closing)
        }
    }

    // B-CLOSE-021, W-02, R-7.1.2-1
    @Test(arguments: Environment.allCases)
    func `a code or a reason that may not be sent throws, and the socket stays open`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            let wrongCode = WebSocketError("First argument must be a valid error code number", name: .type)
            for code: UInt16 in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, .max] {
                #expect(throws: wrongCode) { try pair.client.close(CloseCode(rawValue: code)) }
            }
            let tooLong = WebSocketError("The message must not be greater than 123 bytes", name: .range)
            #expect(throws: tooLong) { try pair.client.close(.normalClosure, String(repeating: "a", count: 124)) }
            #expect(throws: tooLong) { try pair.client.close(.normalClosure, String(repeating: "é", count: 62)) }
            #expect(pair.client.readyState == .open)
            #expect(pair.client.bufferedAmount == 0)
            pair.client.send("still here")
            try pair.client.close(.normalClosure)
            try pair.client.close(CloseCode(rawValue: 1))
            try loop.run { journal["server"].count == 2 }
            #expect(journal["server"] == [#"message "still here""#, "close 1000"])
        }
    }
}
