import Testing
import WSConnection
import WSFrame

@testable import struct WSConnection.MessageAssembly

@Suite("RFC 6455 §10.4: the memory of an unfinished message")
struct ReadingDirectlyTests {
    /// Feeds a stream in reads of `size` bytes, straight into the message where there is room, and looks each time how
    /// much memory that is.
    private func feed(_ stream: [UInt8], to endpoint: Endpoint, reads size: Int, minimum: Int) {
        var rest = stream[...]
        var direct = 0
        while !rest.isEmpty {
            if let (storage, range) = endpoint.room(minimum: minimum), storage.capacity > max(4 * range.lowerBound, 256)
            {
                Issue.record("\(storage.capacity) bytes of memory for \(range.lowerBound)")
            }
            let piece = rest.prefix(size)
            var count = endpoint.readDirectly(piece, minimum: minimum)
            direct += count
            if count == 0 {
                endpoint.receive(Array(piece))
                count = piece.count
            }
            rest = rest.dropFirst(count)
        }
        #expect(direct > 0)
    }

    // F-2, R-5.2-8
    @Test(arguments: Role.both, [100, 4_096, 65_536])
    func `memory grows with what has arrived, to at most four times as much`(role: Role, size: Int) {
        let wire = Wire(role: role)
        let payload = pattern(1_000_000)
        let streams = [
            wire.frame(0x82, payload), wire.message(2, [Array(payload[..<700_000]), Array(payload[700_000...])]),
        ]
        for stream in streams {
            let endpoint = Endpoint.open(role)
            feed(stream, to: endpoint, reads: size, minimum: 1_000)
            #expect(endpoint.events == [.binary(payload)])
        }
    }

    // F-2
    @Test func `the memory of a message is never more than it needs where its end is known`() {
        let storage = ByteStorage(capacity: 1_000)
        for total in [10, 300, 1_000, 100_000] {
            var assembly = MessageAssembly()
            assembly.append(0..<10, of: storage, remaining: total - 10, isLastFrame: true)
            assembly.leave(storage, remaining: total - 10, isLastFrame: true)
            #expect(assembly.freeRoom.map { $0.storage.capacity } == min(total, 256))
            var arrived = 10
            while arrived < total,
                let (storage, range) = assembly.room(
                    for: total - arrived, isLastFrame: true, spare: { _ in nil })
            {
                #expect(storage.capacity <= max(256, 4 * arrived))
                #expect(storage.capacity <= total)
                assembly.appended(range.count)
                arrived += range.count
            }
            #expect(arrived == total)
        }
    }

    // F-2: memory that is there already may be larger than what has arrived, for it was not taken for this message.
    @Test(arguments: Role.both)
    func `the rest of a message moves into spare memory at once`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        let payload = pattern(10_000)
        let frame = Wire(role: role).frame(0x82, payload)
        endpoint.receive(Array(frame.prefix(frame.count - 9_000)))
        let spare = ByteStorage(capacity: 12_000)
        var asked: [Int] = []
        let room = try #require(
            endpoint.room(
                minimum: 1,
                spare: {
                    asked.append($0); return spare
                }))
        #expect(asked == [10_000])
        #expect(room.storage === spare)
        #expect(room.range == 1_000..<10_000)
        #expect(
            endpoint.room(
                minimum: 1,
                spare: { _ in
                    Issue.record("asked again"); return nil
                })?.storage === spare)
        _ = endpoint.readDirectly(frame.suffix(9_000), minimum: 1)
        #expect(endpoint.events == [.binary(payload)])
    }

    // F-2: announced and never sent.
    @Test(arguments: Role.both)
    func `an announced length takes no memory`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        endpoint.receive(Wire(role: role).header(0x82, 100 << 20))
        #expect(endpoint.room(minimum: 1) == nil)
        endpoint.receive([1])
        let room = try #require(endpoint.room(minimum: 1))
        #expect(room.storage.capacity <= 256)
    }

    @Test(arguments: Role.both)
    func `there is room only inside a frame, of what it still needs, and for as much as asked`(role: Role) {
        let wire = Wire(role: role)
        let endpoint = Endpoint.open(role)
        func room(_ minimum: Int) -> Int? { endpoint.room(minimum: minimum)?.range.count }
        #expect(room(0) == nil)
        endpoint.receive(wire.frame(0x02, pattern(50)))
        #expect(room(1) == nil)
        let frame = wire.frame(0x80, pattern(100))
        endpoint.receive(Array(frame.prefix(frame.count - 60)))
        #expect(room(61) == nil)
        #expect(room(60) == 60)
        endpoint.receive([0])
        #expect(room(60) == nil)
        #expect(room(1) == 59)
        endpoint.receiveEnd()
        #expect(room(1) == nil)
    }

    // R-8.1-3
    @Test(arguments: Role.both)
    func `text read directly is judged like other text`(role: Role) {
        let wire = Wire(role: role)
        var text = [UInt8](repeating: 0x61, count: 5_000)
        for place in [1_000, 2_000, 4_998] {
            text[place] = 0xC3
            text[place + 1] = 0xA9
        }
        let endpoint = Endpoint.open(role)
        feed(wire.frame(0x81, text), to: endpoint, reads: 997, minimum: 1)
        #expect(endpoint.events == [.message(text, isBinary: false)])
        text[4_999] = 0x61
        let failing = Endpoint.open(role)
        feed(wire.frame(0x81, text), to: failing, reads: 997, minimum: 1)
        #expect(failing.events == [.failed(.invalidUTF8(offset: 4_999))])
        #expect(failing.output == closeFrame(1007, role))
    }

    @Test(arguments: Role.both)
    func `nothing read into the room is nothing received`(role: Role) throws {
        let frame = Wire(role: role).frame(0x81, "Hello")
        let endpoint = Endpoint.open(role)
        endpoint.receive(frame.dropLast(3))
        #expect(endpoint.room(minimum: 1) != nil)
        endpoint.connection.receivedDirectly(0, now: endpoint.now)
        endpoint.settle()
        #expect(endpoint.events == [])
        #expect(endpoint.readDirectly(frame.suffix(3)) == 3)
        #expect(endpoint.events == [.text("Hello")])
    }

    @Test(arguments: Role.both)
    func `a compressed message is never read directly`(role: Role) {
        let endpoint = Endpoint.open(role, compression: ToyCompression())
        let frame = Wire(role: role).frame(0xC2, ToyCompression.packed("Hello"))
        endpoint.receive(Array(frame.dropLast(2)))
        #expect(endpoint.room(minimum: 1) == nil)
        endpoint.receive(Array(frame.suffix(2)))
        #expect(endpoint.events == [.binary(Array("Hello".utf8))])
    }
}
