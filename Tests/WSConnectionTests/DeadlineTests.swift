import Testing
import WSConnection
import WSFrame
import WSHandshake

@Suite("RFC 6455 §7: deadlines")
struct DeadlineTests {
    // R-7-3, B-CLOSE-014, B-CLOSE-015, B-CLOSE-016, F-10
    @Test(arguments: Role.both)
    func `a peer that does not answer our close frame is given the close timeout, then cut off`(role: Role) throws {
        let endpoint = Endpoint.open(role) { $0.limits.closeTimeout = .seconds(7) }
        #expect(endpoint.deadline == nil)
        try endpoint.close(1000)
        #expect(endpoint.deadline == endpoint.now + .seconds(7))
        endpoint.advance(by: .milliseconds(6_999))
        #expect(!endpoint.hasClosed)
        endpoint.advance(by: .milliseconds(1))
        #expect(endpoint.hasClosed)
        #expect(endpoint.events == [.closedAbnormally])
    }

    // R-5.5.1-7, R-7.1.1-1, B-CLOSE-024
    @Test(arguments: Role.both)
    func `a peer that does not end the stream after both close frames is cut off, and the end is clean`(role: Role) {
        let endpoint = Endpoint.open(role) { $0.limits.closeTimeout = .seconds(7) }
        endpoint.receive(Wire(role: role).close(1000))
        #expect(endpoint.deadline == endpoint.now + .seconds(7))
        #expect(!endpoint.hasClosed)
        endpoint.advance(by: .seconds(7))
        #expect(endpoint.hasClosed)
        #expect(endpoint.events == [.closing(1000, ""), .closed(1000, "", wasClean: true)])
    }

    // R-7-3
    @Test(arguments: Role.both)
    func `a peer that does not end the stream after a fault is cut off`(role: Role) {
        let endpoint = Endpoint.open(role) { $0.limits.closeTimeout = .seconds(7) }
        endpoint.receive([0x83])
        endpoint.advance(by: .seconds(7))
        #expect(endpoint.hasClosed)
        #expect(endpoint.events == [.failed(.frame(.reservedOpcode(3))), .closedAbnormally])
    }

    // R-7-3, B-CLOSE-014, F-10: `close` sets the time once, as in Node's ws.
    @Test(arguments: Role.both)
    func `neither the peer's answer nor its fault after our close frame renews the deadline`(role: Role) throws {
        for answer in [Wire(role: role).close(1000), [0x83]] {
            let endpoint = Endpoint.open(role) { $0.limits.closeTimeout = .seconds(7) }
            try endpoint.close(1000)
            let deadline = endpoint.now + .seconds(7)
            endpoint.advance(by: .seconds(5))
            endpoint.receive(answer)
            #expect(endpoint.deadline == deadline)
            endpoint.advance(by: .milliseconds(1_999))
            #expect(!endpoint.hasClosed)
            endpoint.advance(by: .milliseconds(1))
            #expect(endpoint.hasClosed)
        }
    }

    // R-7-3
    @Test(arguments: Role.both)
    func `a peer that sends on and on after our close frame cannot put the deadline off`(role: Role) throws {
        let endpoint = Endpoint.open(role) { $0.limits.closeTimeout = .seconds(7) }
        let wire = Wire(role: role)
        try endpoint.close(1000)
        for _ in 0..<6 {
            endpoint.advance(by: .seconds(1))
            endpoint.receive(wire.frame(0x89) + wire.frame(0x81, "a") + wire.frame(0x01, "b") + wire.frame(0x80))
        }
        #expect(!endpoint.hasClosed)
        endpoint.advance(by: .seconds(1))
        #expect(endpoint.hasClosed)
        #expect(endpoint.events.last == .closedAbnormally)
    }

    // F-3, R-10.4-1
    @Test(arguments: Role.both)
    func `a message that stays unfinished fails with 1008, however it trickles in`(role: Role) {
        let endpoint = Endpoint.open(role) { $0.limits.messageTimeout = .seconds(10) }
        let wire = Wire(role: role)
        endpoint.receive(wire.frame(0x01, "a"))
        let begin = endpoint.now
        #expect(endpoint.deadline == begin + .seconds(10))
        for _ in 0..<9 {
            endpoint.advance(by: .seconds(1))
            endpoint.receive(wire.frame(0x00, "a") + wire.frame(0x89))
        }
        #expect(endpoint.deadline == begin + .seconds(10))
        #expect(endpoint.events.failures.isEmpty)
        endpoint.advance(by: .seconds(1))
        #expect(endpoint.events.failures == [.messageTimedOut])
        #expect(endpoint.writtenCloseCode == 1008)
        endpoint.receiveEnd()
        #expect(endpoint.events.last == .closedAbnormally)
    }

    @Test(arguments: Role.both)
    func `a message that ends in time takes its deadline with it, the next one has its own`(role: Role) {
        let endpoint = Endpoint.open(role) { $0.limits.messageTimeout = .seconds(10) }
        let wire = Wire(role: role)
        let frame = wire.frame(0x82, pattern(100))
        endpoint.receive(Array(frame.prefix(50)))
        #expect(endpoint.deadline == endpoint.now + .seconds(10))
        endpoint.advance(by: .seconds(9))
        endpoint.receive(Array(frame.dropFirst(50)))
        #expect(endpoint.deadline == nil)
        endpoint.receive(frame + wire.frame(0x01, "a"))
        #expect(endpoint.deadline == endpoint.now + .seconds(10))
        endpoint.advance(by: .seconds(9))
        endpoint.receive(wire.frame(0x80) + wire.frame(0x01))
        #expect(endpoint.deadline == endpoint.now + .seconds(10))
        endpoint.advance(by: .seconds(10))
        #expect(endpoint.events.failures == [.messageTimedOut])
    }

    @Test(arguments: Role.both)
    func `a message read straight into its memory takes its deadline with it`(role: Role) {
        let endpoint = Endpoint.open(role) { $0.limits.messageTimeout = .seconds(10) }
        let frame = Wire(role: role).frame(0x82, pattern(100))
        endpoint.receive(Array(frame.prefix(50)))
        var rest = frame.dropFirst(50)
        while case let count = endpoint.readDirectly(rest), count > 0 { rest = rest.dropFirst(count) }
        #expect(endpoint.events == [.binary(pattern(100))])
        #expect(endpoint.deadline == nil)
    }

    @Test(arguments: Role.both)
    func `an unfinished message times out after our close frame too, without a second one`(role: Role) throws {
        let endpoint = Endpoint.open(role) { $0.limits.messageTimeout = .seconds(10) }
        endpoint.receive(Wire(role: role).frame(0x01, "a"))
        try endpoint.close(1000)
        endpoint.advance(by: .seconds(10))
        #expect(endpoint.events == [.failed(.messageTimedOut)])
        #expect(endpoint.output == closeFrame(1000, role))
        #expect(endpoint.hasEndedWriting)
    }

    @Test(arguments: Role.both)
    func `a message cannot be late while nothing is read`(role: Role) throws {
        for isPause in [true, false] {
            let endpoint = Endpoint.open(role) {
                $0.limits.messageTimeout = .seconds(10)
                $0.limits.highWaterMark = 100
            }
            endpoint.receive(Wire(role: role).frame(0x01, "a"))
            endpoint.room = 0
            if isPause { endpoint.connection.isPaused = true } else { try endpoint.send(pattern(1_000)) }
            endpoint.advance(by: .seconds(95))
            // A client goes on reading past the high-water mark.
            let isLate = !isPause && role == .client
            #expect(endpoint.events.failures == (isLate ? [.messageTimedOut] : []))
            endpoint.connection.isPaused = false
            endpoint.room = .max
            endpoint.settle()
            endpoint.advance(by: .seconds(10))
            #expect(endpoint.events.failures == [.messageTimedOut])
        }
    }

    @Test(arguments: Role.both)
    func `a timeout of centuries is none`(role: Role) throws {
        let endpoint = Endpoint.open(role) { $0.limits.closeTimeout = .seconds(Int64.max) }
        try endpoint.close(1000)
        #expect(endpoint.deadline == nil)
    }

    @Test(arguments: Role.both)
    func `deadlines that come together give one failure`(role: Role) throws {
        let endpoint = Endpoint.open(role) {
            $0.limits.messageTimeout = .seconds(10)
            $0.limits.closeTimeout = .seconds(10)
            $0.limits.keepAliveInterval = .seconds(5)
            $0.limits.keepAliveTimeout = .seconds(5)
        }
        endpoint.receive(Wire(role: role).frame(0x01, "a"))
        endpoint.clock.now += .seconds(30)
        endpoint.connection.handleTimeout(now: endpoint.now)
        endpoint.connection.handleTimeout(now: endpoint.now)
        endpoint.settle()
        endpoint.advance(by: .seconds(30))
        #expect(endpoint.events == [.failed(.messageTimedOut), .closedAbnormally])
        #expect(try endpoint.frames.map(\.opcode) == [8])
    }

    @Test(arguments: Role.both)
    func `a timeout before its time does nothing`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        endpoint.connection.handleTimeout(now: endpoint.now)
        try endpoint.close(1000)
        endpoint.connection.handleTimeout(now: endpoint.now + .seconds(29))
        endpoint.settle()
        #expect(endpoint.events == [])
        #expect(!endpoint.hasClosed)
    }
}
