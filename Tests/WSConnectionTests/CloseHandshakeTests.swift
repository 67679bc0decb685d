import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §7.1: the closing handshake")
struct CloseHandshakeTests {
    // R-5.5.1-4, R-7.1.3-1, B-RECV-002, B-RECV-003, B-CLOSE-007, B-CLOSE-017
    @Test(arguments: Role.both)
    func `the peer's close frame is reported and sent back as it is`(role: Role) {
        let wire = Wire(role: role)
        for (body, event) in [
            ([], Seen.closing(nil, "")), (hex("03e8"), .closing(1000, "")),
            (hex("03e8444f4e45"), .closing(1000, "DONE")),
            (hex("0fa0") + Array("€".utf8), .closing(4000, "€")),
        ] {
            let played = Feeder.play(wire.frame(0x88, body)) { .open(role) }
            #expect(played.events == [event])
            #expect(played.output == written(0x88, body, role))
            #expect(played.state == .closing)
        }
    }

    // R-7.1.4-1, R-7.1.5-1, R-7.1.6-1, R-5.5.1-6, R-5.5.1-7, R-7.1.1-2
    @Test(arguments: Role.both)
    func `when the peer closes, a server ends the stream at once and a client waits for that`(role: Role) {
        let endpoint = Endpoint.open(role)
        endpoint.receive(Wire(role: role).close(1000, "bye"))
        #expect(endpoint.hasEndedWriting == (role == .server))
        #expect(!endpoint.hasClosed)
        endpoint.receiveEnd()
        #expect(endpoint.events == [.closing(1000, "bye"), .closed(1000, "bye", wasClean: true)])
        #expect(endpoint.state == .closed)
        #expect(endpoint.hasClosed)
    }

    // R-7.1.2-1, R-7.1.2-2, R-7.1.3-1, B-CLOSE-008, B-CLOSE-009, B-CLOSE-018
    @Test(arguments: Role.both)
    func `when we close, what counts is the code of the peer's answer`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        try endpoint.close(1000, "some reason")
        #expect(endpoint.state == .closing)
        endpoint.settle()
        #expect(endpoint.output == written(0x88, hex("03e8") + Array("some reason".utf8), role))
        #expect(!endpoint.hasEndedWriting)
        endpoint.receive(Wire(role: role).close(4000, "theirs"))
        #expect(endpoint.hasEndedWriting == (role == .server))
        endpoint.receiveEnd()
        #expect(endpoint.events == [.closing(4000, "theirs"), .closed(4000, "theirs", wasClean: true)])
        #expect(endpoint.output.count == written(0x88, hex("03e8") + Array("some reason".utf8), role).count)
    }

    // B-CLOSE-007, R-7.1.5-1
    @Test(arguments: Role.both)
    func `a close without a code is an empty frame and reported as 1005`(role: Role) throws {
        let pair = ConnectionPair()
        try pair[role].close()
        pair.run()
        #expect(pair[role].output.prefix(2) == (role == .server ? [0x88, 0x00] : [0x88, 0x80]))
        for endpoint in [pair.client, pair.server] {
            #expect(endpoint.events == [.closing(nil, ""), .closed(1005, "", wasClean: true)])
            #expect(try endpoint.frames.map(\.payload) == [[]])
        }
    }

    // R-5.5.1-8, B-CLOSE-019, B-CLOSE-020
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `closes that cross need no second frame, and each end is told the other's code`(seed: UInt64) throws {
        let pair = ConnectionPair(seed: seed)
        try pair.client.close(1000)
        try pair.server.close(1001)
        pair.run()
        #expect(pair.client.events == [.closing(1001, ""), .closed(1001, "", wasClean: true)])
        #expect(pair.server.events == [.closing(1000, ""), .closed(1000, "", wasClean: true)])
        #expect(try pair.client.frames.count == 1)
        #expect(try pair.server.frames.count == 1)
    }

    // B-EVT-007, B-EVT-008, B-SNDR-021
    @Test(arguments: Role.both)
    func `what was sent before the close arrives before it`(role: Role) throws {
        let pair = ConnectionPair()
        try pair[role].send("one")
        try pair[role].ping()
        try pair[role].pong()
        try pair[role].send(pattern(20_000))
        try pair[role].close(1000)
        pair.run()
        #expect(
            pair[role.opposite].events == [
                .text("one"), .ping([]), .pong([]), .binary(pattern(20_000)), .closing(1000, ""),
                .closed(1000, "", wasClean: true),
            ])
    }

    // B-EVT-014
    @Test(arguments: Role.both)
    func `messages are delivered until the peer has answered our close frame`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        let wire = Wire(role: role)
        try endpoint.close(1000)
        endpoint.receive(wire.frame(0x81, "late") + wire.message(2, [[1], [2]]) + wire.close(1000))
        #expect(endpoint.events == [.text("late"), .binary([1, 2]), .closing(1000, "")])
    }

    // R-7-1, R-7.1.5-1, B-CONN-004, B-RECV-022
    @Test(arguments: Role.both)
    func `bytes after the peer's close frame are thrown away unread`(role: Role) {
        let wire = Wire(role: role)
        let message = wire.frame(0x82, pattern(16 * 1024))
        for rest in [[0xFF, 0xFF, 0xFF], wire.close(1001), wire.frame(0x81, "a"), [0x88]] {
            let played = Feeder.play(message + wire.close(1000) + rest, ends: true) { .open(role) }
            #expect(
                played.events == [
                    .binary(pattern(16 * 1024)), .closing(1000, ""), .closed(1000, "", wasClean: true),
                ])
            #expect(played.output == closeFrame(1000, role))
        }
    }

    // R-7.4-5
    @Test(arguments: Role.both)
    func `a close frame inside a fragmented message is a normal close, and the part is dropped`(role: Role) {
        let wire = Wire(role: role)
        let stream = wire.frame(0x01, "part") + wire.close(1000)
        let played = Feeder.play(stream, ends: true) { .open(role) }
        #expect(played.events == [.closing(1000, ""), .closed(1000, "", wasClean: true)])
        #expect(played.output == closeFrame(1000, role))
    }

    // R-5.4-9, R-5.5.1-5
    @Test(arguments: Role.both)
    func `closing in the middle of our own fragmented message ends it`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        try endpoint.send("part", isFinal: false)
        try endpoint.close(1000)
        #expect(throws: SendError.closing) { try endpoint.send("rest") }
        endpoint.settle()
        #expect(
            try endpoint.frames == [
                expectedFrame(0x01, Array("part".utf8), role), expectedFrame(0x88, [0x03, 0xE8], role),
            ])
    }

    @Test(arguments: Role.both)
    func `closing twice, or in answer to a close, sends one frame`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        endpoint.listener = { endpoint, event in
            if case .closing = event { try? endpoint.close(1001) }
        }
        try endpoint.close(1000)
        try endpoint.close(1001)
        endpoint.receive(Wire(role: role).close(1000))
        #expect(endpoint.output == closeFrame(1000, role))
    }

    // R-7.1.1-1: the peer may have ended its own direction only, and still read.
    @Test(arguments: Role.both)
    func `the answer to a close frame is written even when the stream ends with it`(role: Role) {
        let endpoint = Endpoint.open(role)
        endpoint.connection.receive(Bytes(Wire(role: role).close(1000)), now: endpoint.now)
        endpoint.connection.receiveEnd(now: endpoint.now)
        endpoint.settle()
        #expect(endpoint.events == [.closing(1000, ""), .closed(1000, "", wasClean: true)])
        #expect(endpoint.output == closeFrame(1000, role))
        #expect(endpoint.hasClosed)
    }

    // R-5.5.1-6: the server ends the stream when its answer is out, not before.
    @Test func `a server whose answer cannot be written yet does not end the stream`() {
        let endpoint = Endpoint.open(.server)
        endpoint.room = 1
        endpoint.receive(Wire(role: .server).close(1000))
        #expect(!endpoint.hasEndedWriting)
        endpoint.room = 100
        endpoint.settle()
        #expect(endpoint.hasEndedWriting)
    }
}
