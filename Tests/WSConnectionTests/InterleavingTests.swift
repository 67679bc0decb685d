import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §5.4, §5.5: control frames between fragments")
struct InterleavingTests {
    // R-5.4-4, B-RECV-010, B-RECV-011, B-RECV-021, B-SEND-017
    @Test(arguments: Role.both)
    func `control frames between fragments are handled at once and leave the message open`(role: Role) {
        let wire = Wire(role: role)
        let stream =
            wire.frame(0x02, [0x48, 0x65]) + wire.frame(0x89, "one") + wire.frame(0x00) + wire.frame(0x8A, "two")
            + wire.frame(0x00, [0x6C]) + wire.frame(0x89) + wire.frame(0x80, [0x6C, 0x6F])
        let played = Feeder.play(stream) { .open(role) }
        #expect(
            played.events == [
                .ping(Array("one".utf8)), .pong(Array("two".utf8)), .ping([]), .binary(Array("Hello".utf8)),
            ])
        #expect(played.output == pongFrame("one", role) + pongFrame("", role))
    }

    // R-5.2-8: fragments are moved together over what lies between them, and nothing a listener holds may move.
    @Test(arguments: Role.both)
    func `payloads of control frames stay as they are when fragments around them are moved together`(role: Role) {
        let wire = Wire(role: role)
        var stream = wire.frame(0x81, "whole before")
        for round in 0..<3 {
            stream += wire.frame(0x02, pattern(40 + round))
            for index in 0..<6 {
                stream += wire.frame(0x89, pattern(1 + 3 * index, from: 100)) + wire.frame(0x00, pattern(index * 9))
            }
            stream += wire.frame(0x8A, pattern(125)) + wire.frame(0x80, pattern(3))
        }
        stream += wire.frame(0x81, "whole after")
        let played = Feeder.play(stream) { .open(role) { $0.limits.maxPendingPongs = 18 } }
        #expect(played.events.count == 3 * 8 + 2)
        #expect(played.events.first == .text("whole before"))
        #expect(played.events.last == .text("whole after"))
        let fragments = (0..<6).flatMap { pattern($0 * 9) }
        let messages = played.events.compactMap { if case .message(let bytes, true) = $0 { bytes } else { nil } }
        #expect(messages == (0..<3).map { pattern(40 + $0) + fragments + pattern(3) })
    }

    // R-5.4-4
    @Test(arguments: Role.both)
    func `a ping after an empty first fragment keeps its payload`(role: Role) {
        let wire = Wire(role: role)
        let stream =
            wire.frame(0x01) + wire.frame(0x89, "ping") + wire.frame(0x00, "a") + wire.frame(0x89, "pong")
            + wire.frame(0x80, "b")
        let played = Feeder.play(stream) { .open(role) }
        #expect(played.events == [.ping(Array("ping".utf8)), .ping(Array("pong".utf8)), .text("ab")])
    }

    @Test(arguments: Role.both)
    func `input that waits behind an event is joined with what comes after it, and the sender's memory left alone`(
        role: Role
    ) {
        let wire = Wire(role: role)
        let chunk = ByteStorage(capacity: 4096)
        UnsafeMutableRawBufferPointer(start: chunk.base, count: 4096).initializeMemory(as: UInt8.self, repeating: 0xEE)
        let first = wire.frame(0x02, pattern(10)) + wire.frame(0x89, "ping") + wire.frame(0x00, pattern(10, from: 10))
        UnsafeMutableRawBufferPointer(start: chunk.base, count: 4096).copyBytes(from: first)
        let endpoint = Endpoint.open(role)
        endpoint.connection.receive(Bytes(chunk, 0..<first.count), now: endpoint.now)
        // The ping is pulled, the rest of the chunk is not; and the next bytes are there.
        #expect(endpoint.pullOne())
        endpoint.connection.receive(Bytes(wire.frame(0x80, pattern(10, from: 20))), now: endpoint.now)
        endpoint.settle()
        #expect(endpoint.events == [.ping(Array("ping".utf8)), .binary(pattern(30))])
        #expect(endpoint.changedSlices == 0)
        let beyond = UnsafeRawBufferPointer(start: chunk.base + first.count, count: 4096 - first.count)
        #expect(beyond.allSatisfy { $0 == 0xEE })
    }

    @Test(arguments: Role.both)
    func `input given back in the middle of a message is read on from a copy`(role: Role) {
        let wire = Wire(role: role)
        let endpoint = Endpoint.open(role)
        let stream = wire.frame(0x02, pattern(10)) + wire.frame(0x89, "ping") + wire.frame(0x80, pattern(10, from: 10))
        var chunk = ByteStorage(capacity: stream.count)
        UnsafeMutableRawBufferPointer(start: chunk.base, count: stream.count).copyBytes(from: stream)
        endpoint.keepsSlices = false
        endpoint.connection.receive(Bytes(chunk, 0..<stream.count), now: endpoint.now)
        #expect(!isKnownUniquelyReferenced(&chunk))
        endpoint.pullOne()
        endpoint.connection.releaseInput()
        #expect(isKnownUniquelyReferenced(&chunk))
        UnsafeMutableRawBufferPointer(start: chunk.base, count: stream.count).initializeMemory(
            as: UInt8.self, repeating: 0xEE)
        endpoint.settle()
        #expect(endpoint.events == [.ping(Array("ping".utf8)), .binary(pattern(20))])
    }
}
