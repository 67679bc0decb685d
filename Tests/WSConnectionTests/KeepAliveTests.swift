import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §5.5.2: keep-alive")
struct KeepAliveTests {
    private func open(_ role: Role, highWaterMark: Int = 1 << 20) -> Endpoint {
        .open(role) {
            $0.limits.keepAliveInterval = .seconds(30)
            $0.limits.keepAliveTimeout = .seconds(10)
            $0.limits.highWaterMark = highWaterMark
        }
    }

    // N-6
    @Test(arguments: Role.both)
    func `a silent peer is asked after the interval, and given up after the timeout`(role: Role) {
        let endpoint = open(role)
        #expect(endpoint.deadline == endpoint.now + .seconds(30))
        endpoint.advance(by: .milliseconds(29_999))
        #expect(endpoint.output == [])
        endpoint.advance(by: .milliseconds(1))
        #expect(endpoint.output == written(0x89, [], role))
        endpoint.advance(by: .milliseconds(9_999))
        #expect(endpoint.events == [])
        endpoint.advance(by: .milliseconds(1))
        #expect(endpoint.events == [.failed(.keepAliveTimedOut), .closedAbnormally])
        #expect(endpoint.hasClosed)
        #expect(endpoint.deadline == nil)
        #expect(endpoint.output == written(0x89, [], role))
    }

    // R-5.5.3-3: any byte is a sign of life, not only the pong.
    @Test(arguments: Role.both)
    func `a peer that sends anything at all lives`(role: Role) {
        let wire = Wire(role: role)
        let signs = [wire.frame(0x8A), wire.frame(0x8A, "other"), wire.frame(0x81, "a"), [0x82]]
        for sign in signs {
            let endpoint = open(role)
            endpoint.advance(by: .seconds(35))
            #expect(endpoint.output == written(0x89, [], role))
            endpoint.receive(sign)
            endpoint.advance(by: .seconds(5))
            #expect(endpoint.state == .open)
            #expect(endpoint.deadline == endpoint.now + .seconds(30))
        }
    }

    @Test(arguments: Role.both)
    func `a peer that talks is not asked, one that falls silent is within two intervals`(role: Role) throws {
        let endpoint = open(role)
        for _ in 0..<100 {
            endpoint.advance(by: .seconds(7))
            endpoint.receive(Wire(role: role).frame(0x8A))
        }
        #expect(endpoint.output == [])
        endpoint.advance(by: .seconds(60))
        #expect(try endpoint.frames.map(\.opcode) == [9])
    }

    // N-6: found by the simulator. The answer used to count only when the time for it was over.
    @Test(arguments: Role.both)
    func `one that falls silent is asked within two intervals, however long it may take to answer`(role: Role) throws {
        let endpoint = Endpoint.open(role) {
            $0.limits.keepAliveInterval = .seconds(7)
            $0.limits.keepAliveTimeout = .seconds(17)
            $0.limits.highWaterMark = 1_000
        }
        endpoint.advance(by: .seconds(8))
        endpoint.receive(Wire(role: role).frame(0x8A))
        endpoint.advance(by: .seconds(14))
        #expect(try endpoint.frames.map(\.opcode) == [9, 9])
        endpoint.receive(Wire(role: role).frame(0x8A))

        // The same where the sign of life is that the peer reads.
        endpoint.room = 100
        try endpoint.send(pattern(2_000))
        endpoint.settle()
        endpoint.advance(by: .seconds(15))
        endpoint.room = 100
        endpoint.settle()
        endpoint.advance(by: .milliseconds(23_999))
        #expect(endpoint.events == [.pong([]), .pong([])])
        endpoint.advance(by: .milliseconds(1))
        #expect(endpoint.events.failures == [.keepAliveTimedOut])
    }

    @Test(arguments: Role.both)
    func `payload read straight into a message is a sign of life`(role: Role) throws {
        let endpoint = open(role)
        endpoint.receive(Wire(role: role).header(0x82, 1_000) + [1])
        endpoint.advance(by: .seconds(65))
        #expect(try endpoint.frames.map(\.opcode) == [9])
        #expect(endpoint.readDirectly([0]) == 1)
        endpoint.advance(by: .seconds(30))
        #expect(endpoint.state == .open)
    }

    // N-1, N-6: while a server waits for its output to leave it does not listen.
    @Test(arguments: Role.both)
    func `a peer that reads slowly lives, one that stops reading does not`(role: Role) throws {
        let endpoint = open(role, highWaterMark: 1_000)
        endpoint.room = 0
        try endpoint.send(pattern(10_000))
        for _ in 0..<20 {
            endpoint.room = 100
            endpoint.settle()
            endpoint.advance(by: .seconds(9))
        }
        #expect(endpoint.events == [])
        endpoint.advance(by: .seconds(75))
        #expect(endpoint.events == [.failed(.keepAliveTimedOut), .closedAbnormally])
    }

    // N-1: found by the simulator. What the stream takes at once says nothing of the peer.
    @Test(arguments: Role.both)
    func `sending past the high-water mark is no sign of life from a peer that has gone`(role: Role) throws {
        let endpoint = open(role, highWaterMark: 1_000)
        for _ in 0..<10 where endpoint.state == .open {
            try endpoint.send(pattern(10_000))
            endpoint.settle()
            endpoint.advance(by: .seconds(9))
        }
        #expect(endpoint.events.filter { $0 != .drained } == [.failed(.keepAliveTimedOut), .closedAbnormally])
    }

    // B-PAUSE-002, B-PAUSE-004: who does not listen cannot hold silence against the peer.
    @Test(arguments: Role.both)
    func `a peer is not given up while the application has paused reading`(role: Role) {
        let endpoint = open(role)
        endpoint.connection.isPaused = true
        endpoint.advance(by: .seconds(1_000))
        #expect(endpoint.events == [])
        #expect(endpoint.output.count > 10)
        endpoint.connection.isPaused = false
        endpoint.advance(by: .seconds(40))
        #expect(endpoint.events == [.failed(.keepAliveTimedOut), .closedAbnormally])
    }

    // B-PAUSE-004, N-6: found by the simulator. The answer may wait to be read.
    @Test(arguments: Role.both)
    func `a peer is not given up at the moment at which the application resumes`(role: Role) {
        let endpoint = open(role)
        endpoint.connection.isPaused = true
        endpoint.advance(by: .milliseconds(39_999))
        endpoint.connection.isPaused = false
        endpoint.advance(by: .milliseconds(1))
        #expect(endpoint.events == [])
        #expect(endpoint.state == .open)
        endpoint.advance(by: .seconds(70))
        #expect(endpoint.events == [.failed(.keepAliveTimedOut), .closedAbnormally])
    }

    @Test(arguments: Role.both)
    func `nobody is asked once the connection closes`(role: Role) throws {
        for isFault in [true, false] {
            let endpoint = open(role)
            if isFault { endpoint.receive([0x83]) } else { try endpoint.close(1000) }
            endpoint.settle()
            endpoint.advance(by: .seconds(100))
            let opcodes = try endpoint.frames.map(\.opcode)
            #expect(opcodes == [8])
            #expect(endpoint.events.last == .closedAbnormally)
        }
    }

    @Test func `it begins when the connection is open, not before`() throws {
        let pair = ConnectionPair(handshake: try .sample()) { $0.limits.keepAliveInterval = .seconds(30) }
        #expect(pair.client.deadline == nil)
        #expect(pair.server.deadline == nil)
        pair.advance(by: .seconds(20))
        #expect(pair.client.deadline == .seconds(1_030))
        #expect(pair.server.deadline == .seconds(1_030))
    }

    // N-6: an hour of silence in a moment.
    @Test func `two ends that only keep each other alive stay open for ever`() {
        let pair = ConnectionPair {
            $0.limits.keepAliveInterval = .seconds(30)
            $0.limits.keepAliveTimeout = .seconds(10)
        }
        pair.advance(by: .seconds(3_600))
        #expect(pair.client.state == .open)
        #expect(pair.server.state == .open)
        #expect(pair.client.events.count > 30)
    }
}
