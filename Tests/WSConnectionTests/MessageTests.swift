import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §6: sending and receiving")
struct MessageTests {
    // R-6.2-1, R-6.2-2, B-RECV-001
    @Test(arguments: Role.both)
    func `a message has the type of its first frame, and the next frame begins another`(role: Role) {
        let wire = Wire(role: role)
        let stream =
            wire.frame(0x81, "Hello") + wire.frame(0x82, [1, 2]) + wire.message(1, [[0x61], [0x62]])
            + wire.message(2, [[3], [4]]) + wire.frame(0x81) + wire.frame(0x82)
        let played = Feeder.play(stream) { .open(role) }
        #expect(
            played.events == [.text("Hello"), .binary([1, 2]), .text("ab"), .binary([3, 4]), .text(""), .binary([])])
    }

    @Test func `the bytes of a text are text`() {
        #expect(Message(bytes: Bytes(utf8: "h\u{E9}llo"), isBinary: false).text == "h\u{E9}llo")
        #expect(Message(bytes: [0x61, 0xFF], isBinary: true).text == "a\u{FFFD}")
    }

    // R-6.1-2, B-SEND-005, B-SEND-014, B-SEND-016, B-SNDR-003
    @Test(arguments: Role.both)
    func `text and bytes go out in one frame of their type`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        try endpoint.send("€")
        try endpoint.send([1, 2, 3])
        try endpoint.send("")
        try endpoint.send([])
        try endpoint.send(Array("raw".utf8), isBinary: false)
        endpoint.settle()
        #expect(
            try endpoint.frames == [
                expectedFrame(0x81, hex("e282ac"), role), expectedFrame(0x82, [1, 2, 3], role),
                expectedFrame(0x81, [], role), expectedFrame(0x82, [], role),
                expectedFrame(0x81, Array("raw".utf8), role),
            ])
        if role == .server { #expect(endpoint.output.prefix(5) == [0x81, 0x03, 0xE2, 0x82, 0xAC]) }
    }

    // R-8.1-7: a string is always UTF-8; bytes sent as text are the caller's to answer for, as in Node, and the peer's
    // to judge.
    @Test(arguments: Role.both)
    func `text made from bytes is sent as it is`(role: Role) throws {
        let pair = ConnectionPair()
        try pair[role].send([0xC3], isBinary: false, isFinal: false)
        try pair[role].send([0xA9], isBinary: false)
        try pair[role].send([0xFF], isBinary: false)
        pair.run()
        #expect(
            pair[role.opposite].events == [.text("é"), .failed(.invalidUTF8(offset: 0)), .closedAbnormally])
    }

    // R-5.4-1, R-6.1-2, B-SEND-006, B-SEND-017
    @Test(arguments: Role.both)
    func `a message sent in fragments has the type of the first, with control frames between them`(role: Role) throws {
        let pair = ConnectionPair()
        try pair[role].send("fragment", isFinal: false)
        try pair[role].ping([7])
        try pair[role].send([0x2D], isFinal: false)
        try pair[role].send([], isFinal: false)
        try pair[role].send("fragment")
        try pair[role].send([1])
        pair.run()
        #expect(pair[role.opposite].events == [.ping([7]), .text("fragment-fragment"), .binary([1])])
        #expect(try pair[role].frames.map(\.opcode) == [1, 9, 0, 0, 0, 2])
        #expect(try pair[role].frames.map(\.isFinal) == [false, true, false, false, true, true])
    }

    // R-5.4-9: what is sent while a message is unfinished continues it.
    @Test(arguments: Role.both)
    func `a prepared message does not begin inside an unfinished one`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        try endpoint.send("part", isFinal: false)
        try endpoint.send(PreparedMessage(Message(bytes: Bytes(utf8: "rest"), isBinary: false)))
        endpoint.settle()
        #expect(try endpoint.frames.map(\.opcode) == [1, 0])
        #expect(try endpoint.frames.map(\.isFinal) == [false, true])
    }

    // R-5.1-5, R-4.1-17, B-SEND-001, B-PING-001, B-PONG-001
    @Test(arguments: Role.both)
    func `nothing is sent before the connection is open`(role: Role) throws {
        let pair = ConnectionPair(handshake: try .sample())
        let endpoint = pair[role]
        #expect(endpoint.state == .connecting)
        #expect(throws: SendError.notOpen) { try endpoint.send("a") }
        #expect(throws: SendError.notOpen) { try endpoint.send([1]) }
        #expect(throws: SendError.notOpen) { try endpoint.ping() }
        #expect(throws: SendError.notOpen) { try endpoint.pong() }
        #expect(throws: SendError.notOpen) {
            try endpoint.send(PreparedMessage(Message(bytes: [1], isBinary: true)))
        }
        pair.run()
        #expect(endpoint.state == .open)
        try endpoint.send("a")
    }

    // B-SEND-001 and its like: what is thrown says whether it is too early or too late.
    @Test(arguments: Role.both)
    func `sending too late is told from sending too early`(role: Role) throws {
        let pair = ConnectionPair(handshake: try .sample())
        pair[role].abort()
        #expect(throws: SendError.closing) { try pair[role].send("a") }
        pair.run()
        #expect(pair[role].state == .closed)
        #expect(throws: SendError.closing) { try pair[role].send("a") }
    }

    // B-SEND-004
    @Test(arguments: Role.both)
    func `four mebibytes there and back again`(role: Role) throws {
        let pair = ConnectionPair()
        pair.client.keepsSlices = false
        pair.server.keepsSlices = false
        pair[role.opposite].listener = { endpoint, event in
            guard case .message(let message) = event else { return }
            _ = try? endpoint.connection.send(message.bytes, isBinary: message.isBinary, now: endpoint.now)
        }
        let payload = Bytes(pattern(4 << 20))
        var received: Bytes?
        pair[role].listener = { _, event in
            if case .message(let message) = event { received = message.bytes }
        }
        try pair[role].connection.send(payload, isBinary: true, now: pair.clock.now)
        pair.run()
        #expect(received == payload)
    }

    // R-8.1-6
    @Test(arguments: Role.both)
    func `text arrives as it was, without normalisation`(role: Role) throws {
        let pair = ConnectionPair()
        let texts = ["e\u{301}", "\u{E9}", "\u{FEFF}a", "\u{0}", "\u{10FFFF}", "👩‍👩‍👧‍👦", "\u{FFFE}\u{FFFF}"]
        for text in texts { try pair[role].send(text) }
        pair.run()
        #expect(pair[role.opposite].events == texts.map { .text($0) })
    }

    // B-SNDR-022 by reference: payloads from the threshold on are not copied, on either side of it nothing changes.
    @Test(arguments: Role.both, [-1, 0, 1])
    func `a payload at the threshold of references goes out as it is`(role: Role, beyond: Int) throws {
        let endpoint = Endpoint.open(role) { $0.referenceThreshold = 100 }
        let payload = pattern(100 + beyond)
        var storage: ByteStorage? = ByteStorage(capacity: payload.count)
        weak let weakStorage = storage
        if let storage {
            UnsafeMutableRawBufferPointer(start: storage.base, count: payload.count).copyBytes(from: payload)
            try endpoint.connection.send(Bytes(storage, 0..<payload.count), isBinary: true, now: endpoint.now)
        }
        storage = nil
        #expect((weakStorage != nil) == (role == .server && beyond >= 0))
        try endpoint.send("between")
        try endpoint.send(PreparedMessage(Message(bytes: Bytes(payload), isBinary: true)))
        endpoint.settle()
        #expect(weakStorage == nil)
        #expect(try endpoint.frames.map(\.payload) == [payload, Array("between".utf8), payload])
    }

    // R-5.4-8
    @Test(arguments: Role.both)
    func `a prepared message is the same frame for every receiver that can share one`(role: Role) throws {
        for size in [0, 100, 70_000] {
            for isBinary in [true, false] {
                let payload = Array(repeating: UInt8(0x61), count: size)
                let prepared = PreparedMessage(Message(bytes: Bytes(payload), isBinary: isBinary))
                let first = Endpoint.open(role)
                let second = Endpoint.open(role)
                for endpoint in [first, second] {
                    try endpoint.send(prepared)
                    endpoint.settle()
                    #expect(try endpoint.frames == [expectedFrame(isBinary ? 0x82 : 0x81, payload, role)])
                }
                let plain = Endpoint.open(role)
                try plain.send(payload, isBinary: isBinary)
                plain.settle()
                #expect(plain.output == first.output)
            }
        }
    }
}
