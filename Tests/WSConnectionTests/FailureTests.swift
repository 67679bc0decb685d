import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §7.1.7: failing the connection")
struct FailureTests {
    // R-7.1.7-1, R-7.1.7-2, R-7.1.7-4, B-EVT-009, B-EVT-010, B-CONN-005
    @Test(arguments: Role.both)
    func `a fault gives one close frame, one failure, and the end of the stream from our side`(role: Role) {
        let endpoint = Endpoint.open(role)
        var stateSeen: Connection.State?
        var queued = 0
        endpoint.listener = { endpoint, event in
            guard Seen(event).isFailed else { return }
            stateSeen = endpoint.state
            queued = endpoint.bufferedAmount
        }
        endpoint.receive([0x83])
        #expect(stateSeen == .closing)
        #expect(queued == closeFrame(1002, role).count)
        #expect(endpoint.output == closeFrame(1002, role))
        #expect(endpoint.hasEndedWriting)
        #expect(!endpoint.hasClosed)
        // Whatever follows is read and thrown away, also a close frame.
        let wire = Wire(role: role)
        #expect(endpoint.wantsToRead)
        endpoint.receive(wire.frame(0x81, "a") + wire.close(1000) + [0xFF])
        endpoint.receiveEnd()
        #expect(endpoint.events == [.failed(.frame(.reservedOpcode(3))), .closedAbnormally])
    }

    // B-SEND-015, B-SEND-021, R-5.1-3, R-5.1-4: who broke the rule is told 1002, who noticed reports 1006.
    @Test(arguments: Role.both)
    func `the end that broke a rule is told so by the other's close frame`(role: Role) throws {
        let pair = ConnectionPair()
        // A frame as the other role would send it, put into the stream by hand.
        pair[role].receive(Wire(role: role.opposite).frame(0x81, "hi"))
        pair.run()
        let error: FrameError = role == .server ? .missingMask : .unexpectedMask
        #expect(pair[role].events == [.failed(.frame(error)), .closedAbnormally])
        #expect(pair[role.opposite].events == [.closing(1002, ""), .closed(1002, "", wasClean: true)])
    }

    // B-CONN-001
    @Test func `faults that cross fail both ends`() {
        let pair = ConnectionPair()
        pair.client.receive([0x85])
        pair.server.receive([0x85])
        pair.run()
        for endpoint in [pair.client, pair.server] {
            #expect(endpoint.events == [.failed(.frame(.reservedOpcode(5))), .closedAbnormally])
        }
    }

    // B-CONN-002
    @Test(arguments: Role.both)
    func `a fault after our close frame is reported, and no second close frame is sent`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        try endpoint.close(1000)
        endpoint.receive([0x85])
        #expect(endpoint.events == [.failed(.frame(.reservedOpcode(5)))])
        #expect(endpoint.output == closeFrame(1000, role))
        #expect(endpoint.hasEndedWriting)
        try endpoint.close(1001)
        endpoint.receiveEnd()
        #expect(endpoint.output == closeFrame(1000, role))
        #expect(endpoint.events.last == .closedAbnormally)
    }

    @Test(arguments: Role.both)
    func `closing after a fault sends nothing more`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        endpoint.receive([0x85])
        try endpoint.close(1000)
        #expect(throws: SendError.closing) { try endpoint.send("a") }
        endpoint.settle()
        #expect(endpoint.output == closeFrame(1002, role))
    }

    // R-7.1.1-1: the close frame of a failure goes out even when the stream ended with the fault.
    @Test(arguments: Role.both)
    func `a fault together with the end of the stream still writes the close frame`(role: Role) {
        let played = Feeder.play(Wire(role: role).frame(0x81, "a") + [0x83], ends: true) { .open(role) }
        #expect(played.events == [.text("a"), .failed(.frame(.reservedOpcode(3))), .closedAbnormally])
        #expect(played.output == closeFrame(1002, role))
    }

    // R-7.1.1-1, B-CONN-003: what a failing end does not want must still be read, or the peer never learns.
    @Test(arguments: Role.both)
    func `a failed connection reads on even while its output does not leave`(role: Role) throws {
        let endpoint = Endpoint.open(role) { $0.limits.highWaterMark = 10 }
        endpoint.room = 0
        try endpoint.send(pattern(100))
        endpoint.settle()
        #expect(endpoint.wantsToRead == (role == .client))
        endpoint.receive([0x83])
        #expect(endpoint.wantsToRead)
        #expect(!endpoint.hasEndedWriting)
        endpoint.room = 1000
        endpoint.settle()
        #expect(endpoint.hasEndedWriting)
        #expect(endpoint.writtenCloseCode == 1002)
    }

    @Test(arguments: Role.both)
    func `a failed connection lets its compression go at once`(role: Role) {
        weak var compression: ToyCompression?
        let endpoint: Endpoint
        do {
            let toy = ToyCompression()
            compression = toy
            endpoint = .open(role, compression: toy)
        }
        #expect(compression != nil)
        endpoint.receive([0x83])
        #expect(compression == nil)
        #expect(endpoint.state == .closing)
    }
}
