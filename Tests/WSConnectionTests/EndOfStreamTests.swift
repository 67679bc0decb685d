import Testing
import WSConnection
import WSFrame
import WSHandshake

@Suite("RFC 6455 §7.1.4, §7.2: the end of the stream")
struct EndOfStreamTests {
    // R-7.2.1-1, R-7.1.5-1, B-EVT-006
    @Test(arguments: Role.both)
    func `a stream that ends without a close frame is reported as 1006, and as no failure`(role: Role) {
        let wire = Wire(role: role)
        let streams: [[UInt8]] = [
            [], wire.frame(0x81, "a"), [0x81], wire.header(0x82, 10), wire.frame(0x01, "a"), wire.header(0x88, 2),
            wire.close(1000).dropLast(),
        ]
        for stream in streams {
            let played = Feeder.play(stream, ends: true) { .open(role) }
            let messages = stream == wire.frame(0x81, "a") ? [Seen.text("a")] : []
            #expect(played.events == messages + [.closedAbnormally])
            #expect(played.output == [])
            #expect(played.hasClosed)
            #expect(played.state == .closed)
        }
    }

    // R-7.1.4-1: what was sent before the end is not lost if it can still be written.
    @Test(arguments: Role.both)
    func `output that waits when the stream ends is written if it can be`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        try endpoint.send("last words")
        endpoint.receiveEnd()
        #expect(try endpoint.frames == [expectedFrame(0x81, Array("last words".utf8), role)])
        #expect(endpoint.events == [.closedAbnormally])
    }

    // R-7.1.4-1
    @Test(arguments: Role.both)
    func `the end after our close frame is not clean`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        try endpoint.close(1000)
        endpoint.settle()
        endpoint.receiveEnd()
        #expect(endpoint.events == [.closedAbnormally])
    }

    @Test(arguments: Role.both)
    func `nothing is taken after the end, and nothing follows the closed event`(role: Role) throws {
        let endpoint = Endpoint.open(role) { $0.limits.highWaterMark = 10 }
        endpoint.room = 0
        try endpoint.send(pattern(100))
        endpoint.settle()
        endpoint.receiveEnd()
        endpoint.receive(Wire(role: role).frame(0x81, "a") + [0x83])
        endpoint.receiveEnd()
        endpoint.room = .max
        endpoint.settle()
        endpoint.abort()
        try endpoint.close(1000)
        endpoint.connection.discardOutput()
        endpoint.advance(by: .seconds(1000))
        endpoint.settle()
        #expect(endpoint.events == [.closedAbnormally])
        #expect(endpoint.deadline == nil)
        #expect(!endpoint.wantsToRead)
        #expect(endpoint.state == .closed)
    }

    @Test(arguments: Role.both)
    func `bytes after the end of the stream are no longer taken`(role: Role) {
        let endpoint = Endpoint.open(role)
        endpoint.connection.receiveEnd(now: endpoint.now)
        #expect(!endpoint.wantsToRead)
        endpoint.receive(Wire(role: role).frame(0x81, "a"))
        #expect(endpoint.events == [.closedAbnormally])
    }

    // B-TERM-006, B-TERM-007, B-TERM-008, R-7.1.1-3
    @Test(arguments: Role.both)
    func `a connection given up is closed at once, after the messages that had arrived`(role: Role) throws {
        let wire = Wire(role: role)
        let endpoint = Endpoint.open(role)
        endpoint.listener = { endpoint, event in
            guard Seen(event) == .text("one") else { return }
            _ = try? endpoint.send("never sent")
            endpoint.abort()
            #expect(endpoint.state == .closing)
            #expect(!endpoint.hasOutput)
        }
        endpoint.receive(wire.frame(0x81, "one") + wire.frame(0x81, "two") + wire.frame(0x89, "three"))
        #expect(endpoint.events == [.text("one"), .text("two"), .ping(Array("three".utf8)), .closedAbnormally])
        #expect(endpoint.output == [])
        #expect(endpoint.hasClosed)
        endpoint.abort()
        endpoint.settle()
        #expect(endpoint.events.count == 4)
    }

    // R-7.1.5-1, R-7.1.4-1, R-7.1.7-1: nothing is written once the application gave the connection up.
    @Test(arguments: Role.both)
    func `a close frame or a fault behind the message that made us give up is not answered`(role: Role) {
        let wire = Wire(role: role)
        let rests: [([UInt8], [Seen])] = [
            (wire.close(4000, "theirs"), [.closing(4000, "theirs"), .closed(4000, "theirs", wasClean: false)]),
            ([0x83], [.failed(.frame(.reservedOpcode(3))), .closedAbnormally]),
            (wire.frame(0x01, "part"), [.closedAbnormally]),
        ]
        for (rest, events) in rests {
            let endpoint = Endpoint.open(role) {
                $0.limits.messageTimeout = .seconds(1)
                $0.limits.keepAliveInterval = .seconds(1)
            }
            endpoint.listener = { endpoint, event in
                if Seen(event) == .text("one") { endpoint.abort() }
            }
            endpoint.receive(wire.frame(0x81, "one") + rest)
            endpoint.advance(by: .seconds(100))
            #expect(endpoint.events == [.text("one")] + events)
            #expect(endpoint.output == [])
        }
    }

    @Test(arguments: Role.both)
    func `no deadline fires for a connection given up, even before its events were pulled`(role: Role) {
        let endpoint = Endpoint.open(role) {
            $0.limits.messageTimeout = .seconds(1)
            $0.limits.keepAliveInterval = .seconds(1)
        }
        endpoint.receive(Wire(role: role).frame(0x01, "part"))
        endpoint.abort()
        #expect(endpoint.deadline == nil)
        endpoint.clock.now += .seconds(10)
        endpoint.connection.handleTimeout(now: endpoint.now)
        endpoint.settle()
        #expect(endpoint.events == [.closedAbnormally])
        #expect(endpoint.output == [])
    }

    // R-7.1.4-1
    @Test(arguments: Role.both)
    func `giving up after both close frames have passed is a clean end`(role: Role) {
        let endpoint = Endpoint.open(role)
        endpoint.receive(Wire(role: role).close(1001))
        endpoint.abort()
        endpoint.settle()
        #expect(endpoint.events == [.closing(1001, ""), .closed(1001, "", wasClean: true)])
    }

    @Test(arguments: Role.both)
    func `giving up after our close frame, and after a fault, is an abnormal end`(role: Role) throws {
        for isFault in [false, true] {
            let endpoint = Endpoint.open(role)
            if isFault { endpoint.receive([0x83]) } else { try endpoint.close(1000) }
            endpoint.abort()
            endpoint.settle()
            #expect(endpoint.hasClosed)
            #expect(endpoint.events.last == .closedAbnormally)
            #expect(endpoint.events.count == (isFault ? 2 : 1))
        }
    }

    @Test(arguments: Role.both)
    func `an ended connection lets go of what it held`(role: Role) {
        weak var compression: ToyCompression?
        let endpoint: Endpoint
        do {
            let toy = ToyCompression()
            compression = toy
            endpoint = .open(role, compression: toy)
        }
        var chunk: ByteStorage? = ByteStorage(capacity: 16)
        weak let weakChunk = chunk
        chunk?.base.storeBytes(of: 0x02, as: UInt8.self)
        if let chunk { endpoint.connection.receive(Bytes(chunk, 0..<1), now: endpoint.now) }
        chunk = nil
        endpoint.connection.receiveEnd(now: endpoint.now)
        endpoint.settle()
        #expect(weakChunk == nil)
        #expect(compression == nil)
    }
}
