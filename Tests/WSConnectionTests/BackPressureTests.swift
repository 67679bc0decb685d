import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §10.4, §5.5.3: a peer that does not read")
struct BackPressureTests {
    // R-5.5.3-1, F-8
    @Test(arguments: Role.both, [-1, 0, 1, 5])
    func `pings beyond the limit are answered by one pong, for the latest, once the others are out`(
        role: Role, beyond: Int
    ) throws {
        let endpoint = Endpoint.open(role) { $0.limits.maxPendingPongs = 4 }
        endpoint.room = 0
        let wire = Wire(role: role)
        for index in 0..<4 + beyond { endpoint.receive(wire.frame(0x89, [UInt8(index)])) }
        #expect(endpoint.bufferedAmount == min(4, 4 + beyond) * written(0x8A, [0], role).count)
        endpoint.room = .max
        endpoint.settle()
        let expected = Array(0..<min(4, 4 + beyond)) + (beyond > 0 ? [3 + beyond] : [])
        #expect(try endpoint.frames.map(\.payload) == expected.map { [UInt8($0)] })
        // And then all are answered again.
        endpoint.receive(wire.frame(0x89, [99]))
        #expect(try endpoint.frames.last?.payload == [99])
    }

    // F-8
    @Test(arguments: Role.both)
    func `a flood of pings costs a bounded amount of memory`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        endpoint.room = 0
        endpoint.keepsSlices = false
        let flood = Array([[UInt8]](repeating: Wire(role: role).frame(0x89, pattern(125)), count: 1_000).joined())
        for _ in 0..<30 {
            endpoint.receive(flood)
            _ = endpoint.takeEvents()
        }
        #expect(endpoint.bufferedAmount == 16 * (127 + (role == .client ? 4 : 0)))
        endpoint.room = .max
        endpoint.settle()
        #expect(try endpoint.frames.count == 17)
    }

    // R-5.5.2-1: output that always holds something must not keep the latest ping from being answered.
    @Test(arguments: Role.both)
    func `the latest ping is answered when the earlier pongs are out, though other output waits`(role: Role) throws {
        let endpoint = Endpoint.open(role) { $0.limits.maxPendingPongs = 1 }
        let wire = Wire(role: role)
        endpoint.room = 0
        endpoint.receive(wire.frame(0x89, [1]))
        endpoint.receive(wire.frame(0x89, [2]))
        try endpoint.send(pattern(100))
        endpoint.room = written(0x8A, [1], role).count - 1
        endpoint.settle()
        try endpoint.send(pattern(101))
        endpoint.room = 50
        endpoint.settle()
        try endpoint.send(pattern(102))
        endpoint.room = .max
        endpoint.settle()
        #expect(try endpoint.frames.map(\.payload) == [[1], pattern(100), pattern(101), [2], pattern(102)])
    }

    @Test(arguments: Role.both)
    func `a pong that waits is not sent after a close frame, nor once its output was thrown away`(role: Role) throws {
        for closes in [true, false] {
            let endpoint = Endpoint.open(role) { $0.limits.maxPendingPongs = 1 }
            let wire = Wire(role: role)
            endpoint.room = 0
            endpoint.receive(wire.frame(0x89, [1]) + wire.frame(0x89, [2]))
            if closes { try endpoint.close(1000) } else { endpoint.connection.discardOutput() }
            endpoint.room = .max
            endpoint.settle()
            #expect(try endpoint.frames.map(\.opcode) == (closes ? [10, 8] : []))
        }
    }

    // N-1
    @Test(arguments: Role.both, [-1, 0, 1])
    func `past the high-water mark send says so, a server reads no more, and drained follows`(
        role: Role, beyond: Int
    ) throws {
        let endpoint = Endpoint.open(role) { $0.limits.highWaterMark = 1_000 }
        endpoint.room = 0
        let header = role == .server ? 4 : 8
        let isBelow = try endpoint.send(pattern(1_000 + beyond - header))
        #expect(endpoint.bufferedAmount == 1_000 + beyond)
        #expect(isBelow == (beyond <= 0))
        #expect(endpoint.wantsToRead == (beyond <= 0 || role == .client))
        endpoint.room = 1_000 + beyond - 1
        endpoint.settle()
        #expect(endpoint.events == [])
        #expect(endpoint.wantsToRead == (beyond <= 0 || role == .client))
        endpoint.room = 1
        endpoint.settle()
        #expect(endpoint.events == (beyond > 0 ? [.drained] : []))
        #expect(endpoint.wantsToRead)
        #expect(try endpoint.send("again"))
    }

    @Test(arguments: Role.both)
    func `drained follows a send that answered false even if one write takes everything`(role: Role) throws {
        let endpoint = Endpoint.open(role) { $0.limits.highWaterMark = 1_000 }
        #expect(try !endpoint.send(pattern(2_000)))
        endpoint.settle()
        #expect(endpoint.events == [.drained])
        #expect(try endpoint.send("a"))
        endpoint.settle()
        #expect(endpoint.events == [.drained])
    }

    @Test(arguments: Role.both)
    func `nothing is said to be drained when the connection is given up or closing`(role: Role) throws {
        for closes in [true, false] {
            let endpoint = Endpoint.open(role) { $0.limits.highWaterMark = 10 }
            endpoint.room = 0
            try endpoint.send(pattern(100))
            if closes { try endpoint.close(1000) } else { endpoint.abort() }
            endpoint.room = .max
            endpoint.settle()
            #expect(endpoint.events == (closes ? [] : [.closedAbnormally]))
        }
    }

    // N-1, N-2: a server that answers everything cannot be made to hoard.
    @Test func `a server that echoes to a peer that does not read stops reading at the mark`() {
        let endpoint = Endpoint.open(.server) { $0.limits.highWaterMark = 10_000 }
        endpoint.listener = { endpoint, event in
            if case .message(let message) = event {
                _ = try? endpoint.connection.send(message.bytes, isBinary: true, now: endpoint.now)
            }
        }
        endpoint.room = 0
        let frame = Wire(role: .server).frame(0x82, pattern(1_000))
        var taken = 0
        while endpoint.wantsToRead, taken < 100 {
            endpoint.receive(frame)
            taken += 1
        }
        #expect(taken == 10)
        endpoint.room = .max
        endpoint.settle()
        #expect(endpoint.wantsToRead)
        #expect(endpoint.events.last == .drained)
    }

    // N-1: if both ends stopped reading when their output stands, neither would ever go on.
    @Test func `two ends that both send more than the network holds get through`() throws {
        let pair = ConnectionPair { $0.limits.highWaterMark = 5_000 }
        pair.capacity = 1_000
        for endpoint in [pair.client, pair.server] {
            for index in 0..<20 { try endpoint.send(pattern(2_000, from: index)) }
        }
        pair.run()
        for endpoint in [pair.client, pair.server] {
            #expect(endpoint.events.filter { $0 != .drained } == (0..<20).map { .binary(pattern(2_000, from: $0)) })
        }
    }

    // N-1
    @Test(arguments: Role.both, [0, 1])
    func `more queued output than the hard limit fails the connection with 1008`(role: Role, beyond: Int) throws {
        let endpoint = Endpoint.open(role) {
            $0.limits.maxQueuedBytes = 1_000
            $0.limits.highWaterMark = 5_000
        }
        endpoint.room = 0
        let header = role == .server ? 4 : 8
        #expect(try endpoint.send(pattern(1_000 + beyond - header)) == (beyond == 0))
        endpoint.settle()
        #expect(endpoint.events == (beyond > 0 ? [.failed(.tooMuchQueued(limit: 1_000))] : []))
        if beyond > 0 {
            #expect(throws: SendError.closing) { try endpoint.send("a") }
        }
        endpoint.room = .max
        endpoint.settle()
        #expect(try endpoint.frames.map(\.opcode) == (beyond > 0 ? [2, 8] : [2]))
        #expect(endpoint.hasEndedWriting == (beyond > 0))
    }

    // N-1: pings, pongs and prepared messages count as well.
    @Test(arguments: Role.both)
    func `every kind of frame counts against the hard limit`(role: Role) throws {
        let prepared = PreparedMessage(Message(bytes: Bytes(pattern(100)), isBinary: true))
        let sends: [(Endpoint) throws -> Bool] = [
            { try $0.ping(pattern(100)) }, { try $0.pong(pattern(100)) }, { try $0.send(prepared) },
            { try $0.send(pattern(100)) }, { try $0.send(String(repeating: "a", count: 100)) },
            { try $0.send(pattern(100), isFinal: false) },
        ]
        for send in sends {
            let endpoint = Endpoint.open(role) { $0.limits.maxQueuedBytes = 50 }
            #expect(try !send(endpoint))
            endpoint.settle()
            #expect(endpoint.events == [.failed(.tooMuchQueued(limit: 50))])
        }
    }

    // N-1: a payload queued by reference must not keep a receive chunk many times its size.
    @Test func `an echo that has to wait lets go of the chunk it arrived in`() throws {
        let endpoint = Endpoint.open(.server)
        endpoint.keepsSlices = false
        endpoint.listener = { endpoint, event in
            if case .message(let message) = event {
                _ = try? endpoint.connection.send(message.bytes, isBinary: true, now: endpoint.now)
            }
        }
        let frame = Wire(role: .server).frame(0x82, pattern(10_000))
        var chunk = ByteStorage(capacity: 512 * 1024)
        UnsafeMutableRawBufferPointer(start: chunk.base, count: chunk.capacity).copyBytes(from: frame + frame)
        endpoint.connection.receive(Bytes(chunk, 0..<2 * frame.count), now: endpoint.now)
        endpoint.pull()
        #expect(!isKnownUniquelyReferenced(&chunk))
        endpoint.room = 4 + 10_000
        endpoint.write()
        #expect(!isKnownUniquelyReferenced(&chunk), "as long as the transport takes all, nothing is copied")
        endpoint.connection.withNextOutput { _, _ in 0 }
        #expect(isKnownUniquelyReferenced(&chunk))
        endpoint.room = .max
        endpoint.settle()
        #expect(try endpoint.frames.map(\.payload) == [pattern(10_000), pattern(10_000)])
    }
}
