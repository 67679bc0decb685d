import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §5.4: messages delivered in parts")
struct StreamingTests {
    private func open(_ role: Role, compression: (any CompressionTerms)? = nil, maxPayload: Int = 1 << 20) -> Endpoint {
        .open(role, compression: compression) {
            $0.deliversMessagesInParts = true
            $0.limits.maxPayload = maxPayload
        }
    }

    // R-5.4-4, R-5.4-6
    @Test(arguments: Role.both)
    func `parts put together are the message, wherever they were cut`(role: Role) {
        let wire = Wire(role: role)
        let stream =
            wire.frame(0x81, "Hello") + wire.message(2, [pattern(200), [], pattern(100, from: 200)])
            + wire.frame(0x01, "a") + wire.frame(0x89, "ping") + wire.frame(0x80, "b") + wire.frame(0x82)
        let played = Feeder.play(stream) { open(role) }
        #expect(
            played.events == [
                .part(Array("Hello".utf8), isBinary: false, isFirst: true, isLast: true),
                .part(pattern(300), isBinary: true, isFirst: true, isLast: true),
                .part([0x61], isBinary: false, isFirst: true, isLast: false), .ping(Array("ping".utf8)),
                .part([0x62], isBinary: false, isFirst: false, isLast: true),
                .part([], isBinary: true, isFirst: true, isLast: true),
            ])
    }

    @Test(arguments: Role.both)
    func `a part comes as soon as its bytes do, and none without bytes but the last`(role: Role) {
        let wire = Wire(role: role)
        let endpoint = open(role)
        endpoint.receive(wire.header(0x02, 4))
        #expect(endpoint.events == [])
        let frame = wire.frame(0x02, [1, 2, 3, 4])
        let other = open(role)
        for byte in frame { other.receive([byte]) }
        other.receive(wire.frame(0x00) + wire.frame(0x80))
        #expect(
            other.events == [
                .part([1], isBinary: true, isFirst: true, isLast: false),
                .part([2], isBinary: true, isFirst: false, isLast: false),
                .part([3], isBinary: true, isFirst: false, isLast: false),
                .part([4], isBinary: true, isFirst: false, isLast: false),
                .part([], isBinary: true, isFirst: false, isLast: true),
            ])
    }

    // R-8.1-3
    @Test(arguments: Role.both)
    func `text is judged across parts`(role: Role) {
        let wire = Wire(role: role)
        let good = Feeder.play(wire.message(1, [[0xE2], [0x82], [0xAC]])) { open(role) }
        #expect(good.events == [.part(Array("€".utf8), isBinary: false, isFirst: true, isLast: true)])
        let endpoint = open(role)
        endpoint.receive(wire.frame(0x01, [0x61, 0xE2]))
        endpoint.receive(wire.frame(0x80, [0x28]))
        #expect(
            endpoint.events == [
                .part([0x61, 0xE2], isBinary: false, isFirst: true, isLast: false), .failed(.invalidUTF8(offset: 2)),
            ])
    }

    // R-10.4-1
    @Test(arguments: Role.both)
    func `the limit holds for the message, not for each part`(role: Role) {
        let wire = Wire(role: role)
        let endpoint = open(role, maxPayload: 10)
        endpoint.receive(wire.frame(0x02, pattern(6)))
        endpoint.receive(wire.header(0x80, 5))
        #expect(endpoint.events.failures == [.messageTooBig(limit: 10)])
    }

    // R-10.4-1: what was handed on is not kept.
    @Test(arguments: Role.both)
    func `nothing of a part is kept once it was handed on`(role: Role) {
        let endpoint = open(role, maxPayload: 0)
        endpoint.keepsSlices = false
        #expect(endpoint.room(minimum: 1) == nil)
        endpoint.receive(Wire(role: role).header(0x82, 1_000_000))
        var chunk = ByteStorage(capacity: 1000)
        for _ in 0..<10 {
            endpoint.connection.receive(Bytes(chunk, 0..<1000), now: endpoint.now)
            endpoint.settle()
            #expect(isKnownUniquelyReferenced(&chunk))
            #expect(endpoint.room(minimum: 1) == nil)
        }
    }

    // D-7.2.2-9
    @Test(arguments: Role.both)
    func `compressed messages come in parts too, as they are decompressed`(role: Role) {
        let wire = Wire(role: role)
        let stream =
            wire.message(0x41, [ToyCompression.packed("foo"), ToyCompression.packed("bar")])
            + wire.frame(0xC2, ToyCompression.packed("x") + [0xFF, 200]) + wire.frame(0xC1)
        let played = Feeder.play(stream) { open(role, compression: ToyCompression()) }
        #expect(
            played.events == [
                .part(Array("foobar".utf8), isBinary: false, isFirst: true, isLast: true),
                .part(Array(repeating: 0x78, count: 201), isBinary: true, isFirst: true, isLast: true),
                .part([], isBinary: false, isFirst: true, isLast: true),
            ])
        let endpoint = open(role, compression: ToyCompression())
        endpoint.receive(wire.frame(0x41, ToyCompression.packed("foo")))
        #expect(endpoint.events == [.part(Array("foo".utf8), isBinary: false, isFirst: true, isLast: false)])
    }

    // Z-1
    @Test(arguments: Role.both, [0, 1])
    func `the limit of a compressed message holds for all of its parts together`(role: Role, beyond: Int) {
        let wire = Wire(role: role)
        for opcode: UInt8 in [0x41, 0x42] {
            let endpoint = open(role, compression: ToyCompression(), maxPayload: 100)
            endpoint.receive(wire.frame(opcode, ToyCompression.packed("a") + [0xFF, 49]))
            endpoint.receive(wire.frame(0x80, ToyCompression.packed("b") + [0xFF, UInt8(49 + beyond)]))
            #expect(endpoint.events.failures == (beyond > 0 ? [.messageTooBig(limit: 100)] : []))
        }
    }

    // B-SEND-006
    @Test(arguments: Role.both, [1, 2, 3] as [UInt64])
    func `a long message sent in fragments and taken in parts never lies anywhere whole`(role: Role, seed: UInt64)
        throws
    {
        let pair = ConnectionPair(seed: seed) { $0.deliversMessagesInParts = true }
        let payload = pattern(200_000)
        for start in stride(from: 0, to: payload.count, by: 10_000) {
            try pair[role].send(Array(payload[start..<start + 10_000]), isFinal: start == 190_000)
            pair.run()
        }
        let peer = pair[role.opposite]
        #expect(peer.events.joined == [.part(payload, isBinary: true, isFirst: true, isLast: true)])
        #expect(peer.events.count >= 20)
    }
}
