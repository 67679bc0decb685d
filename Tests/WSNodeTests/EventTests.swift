import Testing
import WSNode

@Suite("Node API §2.10: events of a socket")
struct EventTests {
    // B-EVT-001, B-EVT-010, R-7.1.7-4
    @Test(arguments: Environment.allCases)
    func `a bad frame is an error in state 2, then 1006; the peer is told`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            client.on(.error) { error in
                #expect(
                    error
                        == WebSocketError(
                            "Invalid WebSocket frame: invalid opcode 5", name: .range, code: "WS_ERR_INVALID_OPCODE"))
                #expect(client.readyState == .closing)
                // The close frame is queued: a masked one with a code.
                #expect(client.bufferedAmount == 8)
            }
            peer.write(Wire.hex("8500"))
            try loop.run { peer.hasEnded }
            #expect(peer.frames == [Wire.Frame(0x88, masked: true, [0x03, 0xEA])])
            peer.end()
            try loop.run { journal.has("close") }
            #expect(
                journal.lines == [
                    "error RangeError: Invalid WebSocket frame: invalid opcode 5 [WS_ERR_INVALID_OPCODE]", "close 1006",
                ])
        }
    }

    // B-EVT-001
    @Test(arguments: Environment.allCases)
    func `the end that broke the rule learns the code`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair(server: { $0.maxPayload = 10 })
            let journal = Journal(pair)
            pair.client.send("12345678901")
            try loop.run { journal["client"].count == 1 && journal["server"].count == 2 }
            #expect(journal["client"] == ["close 1009"])
            #expect(
                journal["server"] == [
                    "error RangeError: Max payload size exceeded [WS_ERR_UNSUPPORTED_MESSAGE_LENGTH]", "close 1006",
                ])
        }
    }

    // B-EVT-006, R-7.2.1-1, R-7.1.4-1
    @Test(arguments: Environment.allCases)
    func `a reset after open is no error`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            peer.write(Wire.text("last words", masked: false))
            try loop.run { !journal.lines.isEmpty }
            peer.reset()
            try loop.run { journal.has("close") }
            loop.watch()
            #expect(journal.lines == [#"message "last words""#, "close 1006"])
        }
    }

    // B-EVT-006
    @Test(arguments: Environment.allCases)
    func `a server's socket takes a reset in silence too, also while it writes`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let (peer, accepted, _) = try loop.upgradeRaw(to: server)
            let journal = Journal(accepted)
            var failures: [String?] = []
            peer.isPaused = true
            let message = Bytes([UInt8](repeating: 7, count: 1 << 20))
            for _ in 0..<16 { accepted.send(message) { failures.append($0?.code) } }
            loop.run(for: .milliseconds(10))
            peer.reset()
            accepted.send("more")
            try loop.run { journal.has("close") }
            loop.watch()
            #expect(journal.lines(without: "drain") == ["close 1006"])
            #expect(failures.count == 16)
            let codes = Set(failures.compactMap(\.self))
            #expect(codes.isSubset(of: ["EPIPE", "ECONNRESET"]))
            #expect(!codes.isEmpty)
            #expect(loop.reports.isEmpty)
        }
    }

    // B-EVT-007, B-EVT-008
    @Test(arguments: Environment.allCases)
    func `what is sent just before close arrives`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            pair.accepted.ping()
            pair.accepted.pong()
            pair.accepted.close()
            try loop.run { journal["client"].count == 3 && journal["server"].contains("close 1005") }
            #expect(journal["client"] == ["ping ", "pong ", "close 1005"])
        }
    }

    // B-EVT-009, R-7-2, R-7.1.7-2
    @Test(arguments: Environment.allCases)
    func `one error and one close, whatever happens at once`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            client.on(.error) { _ in
                client.close()
                client.terminate()
                client.close()
            }
            peer.write(
                Wire.text("fine", masked: false) + Wire.hex("8500 8500") + Wire.text("late", masked: false)
                    + Wire.close(1000, masked: false))
            peer.reset()
            try loop.run { journal.has("close") }
            loop.watch()
            #expect(journal.lines(beginning: "close") == ["close 1006"])
            #expect(journal.lines(beginning: "error").count <= 1)
            #expect(journal.lines.last == "close 1006")
            #expect(!journal.has(#"message "late""#))
        }
    }

    // B-EVT-011
    @Test(arguments: Environment.allCases)
    func `what nobody listened to is lost`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            peer.write(Wire.text("a", masked: false) + Wire.frame(0x89, masked: false))
            try loop.run { peer.frames.count == 1 }
            let journal = Journal(client)
            peer.write(Wire.text("b", masked: false))
            try loop.run { !journal.lines.isEmpty }
            #expect(journal.lines == [#"message "b""#])
        }
    }

    // B-EVT-012
    @Test(arguments: Environment.allCases)
    func `the pong is queued before the ping is told`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            client.on(.ping) { _ in client.send("answer") }
            peer.write(Wire.frame(0x89, "p".utf8, masked: false))
            try loop.run { peer.frames.count == 2 }
            #expect(peer.frames.map(\.first) == [0x8A, 0x81])
        }
    }

    // B-EVT-013, B-EVT-014, W-17
    @Test(arguments: Environment.allCases)
    func `in state 2 messages and pings are told, and pings not answered`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            client.close()
            try loop.run { peer.frames.count == 1 }
            peer.write(
                Wire.frame(0x89, "p".utf8, masked: false) + Wire.text("m", masked: false)
                    + Wire.frame(0x8A, "q".utf8, masked: false))
            try loop.run { journal.lines.count == 3 }
            #expect(journal.lines == ["ping p", #"message "m""#, "pong q"])
            #expect(client.bufferedAmount == 0)
            peer.write(Wire.close(1000, masked: false))
            peer.end()
            try loop.run { journal.has("close") }
            #expect(peer.frames.map(\.first) == [0x88])
        }
    }

    // W-18, R-7.1.7-3
    @Test(arguments: Environment.allCases)
    func `an error without a listener is reported and ends that socket only`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            server.on(.connection) { socket, _ in
                socket.on(.message) { data, _ in socket.send(data) }
            }
            let (bad, _, _) = try loop.upgradeRaw(to: server)
            let good = try loop.makeClient(of: server)
            let journal = Journal(good)
            try loop.run { journal.has("open") }
            bad.write(Wire.hex("8580 00000000"))
            try loop.run { bad.hasEnded }
            #expect(loop.reports == ["RangeError: Invalid WebSocket frame: invalid opcode 5"])
            good.send("still there")
            try loop.run { journal.has(#"message "still there""#) }
            #expect(server.clients?.count == 2)
            bad.close()
            try loop.run { server.clients?.count == 1 }
        }
    }

    // B-CONN-001, B-CONN-002
    @Test(arguments: Environment.allCases, [false, true])
    func `bad frames that cross`(environment: Environment, closes: Bool) throws {
        try withLoop(environment) { loop in
            // Both ends refuse the other's message, which is sent before the other's close frame arrives.
            let pair = try loop.makePair(server: { $0.maxPayload = 1 }, client: { $0.maxPayload = 1 })
            let journal = Journal(pair)
            pair.client.send("xx")
            pair.accepted.send("xx")
            if closes {
                pair.client.close()
                pair.accepted.close()
            }
            try loop.run { journal["client"].count == 2 && journal["server"].count == 2 }
            let error = "error RangeError: Max payload size exceeded [WS_ERR_UNSUPPORTED_MESSAGE_LENGTH]"
            #expect(journal["client"] == [error, "close 1006"])
            #expect(journal["server"] == [error, "close 1006"])
        }
    }

    // B-CONN-003, B-CONN-005, R-7.1.1-1
    @Test(arguments: Environment.allCases)
    func `after a fault what follows is read and thrown away, and the end is noticed`(
        environment: Environment
    ) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.maxPayload = 16 * 1024 }
            let (peer, accepted, _) = try loop.upgradeRaw(to: server)
            let journal = Journal(accepted)
            peer.write(Wire.frame(0x82, [UInt8](repeating: 0, count: 16 * 1024 + 1), masked: true))
            peer.write([UInt8](repeating: 0, count: 1 << 20))
            try loop.run { peer.hasEnded && peer.unwrittenCount == 0 }
            #expect(peer.failure == nil)
            #expect(peer.frames == [Wire.Frame(0x88, masked: false, [0x03, 0xF1])])
            peer.end()
            try loop.run { journal.has("close") }
            #expect(
                journal.lines == [
                    "error RangeError: Max payload size exceeded [WS_ERR_UNSUPPORTED_MESSAGE_LENGTH]", "close 1006",
                ])
        }
    }

    // B-CONN-004
    @Test(arguments: Environment.allCases)
    func `a message at the limit and a close frame in one piece`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.maxPayload = 16 * 1024 }
            let (peer, accepted, _) = try loop.upgradeRaw(to: server)
            let journal = Journal(accepted)
            peer.write(
                Wire.frame(0x82, [UInt8](repeating: 0, count: 16 * 1024), masked: true) + Wire.close(masked: true))
            peer.end()
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["message <\(String(repeating: "00", count: 16))…16384>", "close 1005"])
        }
    }
}
