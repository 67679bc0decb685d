import Testing
import WSConnection
import WSFrame

@Suite("Output buffer: bytes in order, large ones by reference")
struct OutputBufferTests {
    /// A buffer and, beside it, the plain array that it should be.
    private struct Modelled {
        let buffer: OutputBuffer
        var model: [UInt8] = []

        init(capacity: Int) { buffer = OutputBuffer(capacity: capacity) }

        mutating func append(_ bytes: [UInt8], byReference: Bool) {
            model += bytes
            if byReference {
                buffer.append(referring: Bytes(bytes))
            } else {
                bytes.withUnsafeBytes { source in
                    if let start = source.baseAddress { buffer.append(copying: start, count: source.count) }
                }
            }
        }

        /// What is lent, checked against the beginning of the model.
        func lent() -> Int {
            buffer.withNext { first, second in
                let lent = Array(first) + Array(second)
                if !model.starts(with: lent) { Issue.record("lent \(hexText(lent.prefix(20)))…") }
                if lent.isEmpty != model.isEmpty { Issue.record("lent \(lent.count) of \(model.count)") }
                return lent.count
            }
        }

        mutating func consume(_ count: Int) {
            buffer.consume(count)
            model.removeFirst(count)
        }

        func check() {
            if buffer.byteCount != model.count { Issue.record("\(buffer.byteCount) instead of \(model.count)") }
            if buffer.isEmpty != model.isEmpty { Issue.record("isEmpty") }
        }
    }

    @Test func `an empty buffer lends nothing and takes any consumption`() {
        let buffer = OutputBuffer(capacity: 0)
        #expect(buffer.isEmpty)
        #expect(buffer.byteCount == 0)
        #expect(buffer.withNext { $0.count + $1.count } == 0)
        buffer.consume(0)
        buffer.consume(10)
        buffer.consume(-1)
        buffer.detach()
        buffer.removeAll()
        #expect(buffer.isEmpty)
    }

    @Test(arguments: [1, 16, 1_000])
    func `bytes come out as they went in, consumed at every split`(capacity: Int) {
        let pieces: [(Int, Bool)] = [
            (3, false), (20, true), (0, true), (5, false), (7, false), (30, true), (30, true), (1, false), (0, false),
        ]
        for step in 1...96 {
            var modelled = Modelled(capacity: capacity)
            for (index, piece) in pieces.enumerated() {
                modelled.append(pattern(piece.0, from: 10 * index), byReference: piece.1)
            }
            modelled.check()
            while case let lent = modelled.lent(), lent > 0 {
                modelled.consume(min(step, lent))
                modelled.check()
            }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `whatever is appended, consumed and forgotten, the buffer is what a plain array would be`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var modelled = Modelled(capacity: 1 + random.below(200))
        for step in 0..<2_000 {
            switch random.below(20) {
            case 0..<7: modelled.append(pattern(random.below(60), from: step), byReference: false)
            case 7..<10: modelled.append(pattern(random.below(200), from: step), byReference: true)
            case 10:
                let count = random.below(40)
                let place = modelled.buffer.append(count: count)
                let bytes = pattern(count, from: step)
                UnsafeMutableRawBufferPointer(start: place, count: count).copyBytes(from: bytes)
                modelled.model += bytes
            case 11: modelled.buffer.detach()
            case 12 where random.oneIn(20):
                modelled.buffer.removeAll()
                modelled.model.removeAll()
            default:
                let lent = modelled.lent()
                modelled.consume(random.oneIn(3) ? lent : random.below(lent + 1))
            }
            modelled.check()
        }
        while case let lent = modelled.lent(), lent > 0 { modelled.consume(lent) }
        #expect(modelled.buffer.isEmpty)
    }

    @Test func `payloads referred to are not copied, and let go when they are out`() {
        let buffer = OutputBuffer(capacity: 16)
        var storage: ByteStorage? = ByteStorage(capacity: 1_000)
        weak let weakStorage = storage
        if let storage { buffer.append(referring: Bytes(storage, 0..<1_000)) }
        storage = nil
        #expect(weakStorage != nil)
        #expect(buffer.capacity == 16)
        buffer.consume(999)
        #expect(weakStorage != nil)
        buffer.consume(1)
        #expect(weakStorage == nil)
    }

    // N-1
    @Test func `small parts of large memories are copied once they have to wait, whole memories are not`() {
        let buffer = OutputBuffer(capacity: 16)
        var large: ByteStorage? = ByteStorage(capacity: 10_000)
        var whole: ByteStorage? = ByteStorage(capacity: 1_000)
        weak let weakLarge = large
        weak let weakWhole = whole
        if let large, let whole {
            for storage in [large, whole] {
                UnsafeMutableRawBufferPointer(start: storage.base, count: 1_000).copyBytes(from: pattern(1_000))
            }
            buffer.append(referring: Bytes(large, 0..<1_000))
            buffer.append(referring: Bytes(whole, 0..<1_000))
        }
        large = nil
        whole = nil
        #expect(weakLarge != nil)
        buffer.detach()
        #expect(weakLarge == nil)
        #expect(weakWhole != nil)
        var written: [UInt8] = []
        while !buffer.isEmpty {
            buffer.consume(
                buffer.withNext { first, second in
                    written += Array(first) + Array(second)
                    return first.count + second.count
                })
        }
        #expect(written == pattern(1_000) + pattern(1_000))
    }

    @Test func `memory grows as needed and is used again, and much of it is not kept`() {
        let buffer = OutputBuffer(capacity: 100)
        for _ in 0..<1_000 {
            _ = buffer.append(count: 60)
            buffer.consume(60)
        }
        #expect(buffer.capacity == 100)
        // What stands still is moved to the front rather than followed by ever more memory.
        _ = buffer.append(count: 10)
        for _ in 0..<1_000 {
            _ = buffer.append(count: 30)
            buffer.consume(30)
        }
        #expect(buffer.capacity <= 200)
        buffer.removeAll()
        _ = buffer.append(count: 1_000_000)
        #expect(buffer.capacity >= 1_000_000)
        buffer.consume(1_000_000)
        _ = buffer.append(count: 3_000_000)
        buffer.consume(3_000_000)
        #expect(buffer.capacity <= 1024 * 1024)
    }

    // F-4
    @Test func `a long queue of references is worked off in time proportional to its length`() {
        func time(_ count: Int) -> Int {
            let bytes = Bytes(pattern(10))
            return processorTime {
                let buffer = OutputBuffer()
                for _ in 0..<count { buffer.append(referring: bytes) }
                for index in 0..<count {
                    buffer.consume(10)
                    if index % 100 == 0 { buffer.detach() }
                }
                #expect(buffer.isEmpty)
            }
        }
        #expect(time(16_000) < time(2_000) * 24)
    }

    // An idle connection owns no buffer.
    @Test(arguments: Role.both)
    func `a buffer is lent, filled, written out and taken back`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        var spare: OutputBuffer? = OutputBuffer(capacity: 1_000)
        let identity = spare.map { ObjectIdentifier($0) }
        endpoint.connection.lend(&spare)
        #expect(spare == nil)
        // One is enough.
        var other: OutputBuffer? = OutputBuffer(capacity: 1_000)
        endpoint.connection.lend(&other)
        #expect(other != nil)
        try endpoint.send("a")
        #expect(endpoint.connection.reclaimOutputBuffer() == nil)
        endpoint.settle()
        let back = try #require(endpoint.reclaim())
        #expect(ObjectIdentifier(back) == identity)
        #expect(endpoint.reclaim() == nil)
        // Without one a small one is made.
        try endpoint.send("a")
        endpoint.settle()
        #expect(try #require(endpoint.reclaim()).capacity == 64)
    }

    @Test func `a buffer is asked for only where there is none`() throws {
        let endpoint = Endpoint.open(.server)
        var asked = 0
        for _ in 1...2 {
            endpoint.connection.lend {
                asked += 1
                return OutputBuffer(capacity: 1_000)
            }
        }
        #expect(asked == 1)
        try endpoint.send("a")
        endpoint.settle()
        #expect(endpoint.output == [0x81, 1, 0x61])
        #expect(try #require(endpoint.reclaim()).capacity == 1_000)
    }
}

extension Endpoint {
    /// Takes the output buffer back.
    func reclaim() -> OutputBuffer? { connection.reclaimOutputBuffer() }
}
