import Testing
import WSConnection
import WSFrame
import WSHandshake

@Suite("RFC 6455 §5–§7: random lives")
struct RandomLifeTests {
    // R-7-2, R-7.1.7-2, R-5.5.1-3, R-5.1-1, R-5.1-2, B-EVT-009: the invariants stand in `Script`.
    @Test(arguments: Role.both, 0..<8 as Range<UInt64>)
    func `whatever happens to a connection, it keeps its promises and ends once`(role: Role, hundred: UInt64) {
        for seed in hundred * 50..<hundred * 50 + 50 {
            var script = Script(role: role, seed: seed)
            _ = script.run()
        }
    }

    @Test(arguments: Role.both)
    func `a life is the same on every run`(role: Role) {
        for seed: UInt64 in 1_000..<1_020 {
            var first = Script(role: role, seed: seed)
            var second = Script(role: role, seed: seed)
            #expect(first.run() == second.run())
        }
    }

    // R-7.1.5-1, R-7-2, R-7-3: two ends, a network with a will of its own, and an end for both.
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `two ends agree on what was said and how it ended`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pair = ConnectionPair(seed: seed, handshake: try .sample()) { configuration in
            configuration.limits.closeTimeout = .seconds(5)
            configuration.limits.highWaterMark = 2_000
            configuration.referenceThreshold = 300
        }
        pair.capacity = random.oneIn(2) ? .max : 100 + random.below(5_000)
        var sent: [Role: [Seen]] = [.client: [], .server: []]
        var isBroken = false
        var isGarbled = false
        pair.run()
        #expect(pair.client.state == .open)
        for step in 0..<80 {
            let role: Role = random.oneIn(2) ? .client : .server
            let endpoint = pair[role]
            switch random.below(40) {
            case 0..<25 where endpoint.state == .open:
                let payload = pattern(random.below(1_000), from: step)
                try endpoint.send(payload)
                sent[role]?.append(.binary(payload))
            case 25 where endpoint.state == .open:
                try endpoint.ping([UInt8(step)])
                sent[role]?.append(.ping([UInt8(step)]))
            case 26 where random.oneIn(3): try endpoint.close(1000, "done")
            case 27 where random.oneIn(12):
                endpoint.abort()
                isBroken = true
            case 28 where random.oneIn(12):
                // Anywhere in the stream, so that from here on it may mean anything.
                endpoint.receive([0x83])
                isGarbled = true
            case 29: pair.advance(by: .milliseconds(10))
            case 30: pair.run()
            default: _ = pair.move()
            }
        }
        try pair.client.close(1001)
        pair.advance(by: .seconds(100))
        for endpoint in [pair.client, pair.server] {
            #expect(endpoint.state == .closed)
            #expect(endpoint.events.count(where: \.isClosed) == 1)
            #expect(endpoint.events.last?.isClosed == true)
            #expect(endpoint.events.failures.count <= 1)
            guard !isGarbled else { continue }
            let heard = endpoint.events.filter {
                switch $0 {
                case .message, .ping: true
                default: false
                }
            }
            let said = sent[endpoint.connection.role.opposite] ?? []
            #expect(isBroken ? said.starts(with: heard) : said == heard)
            if !isBroken {
                let wasClean = if case .closed(_, _, true) = endpoint.events.last { true } else { false }
                #expect(wasClean)
            }
        }
    }

    // F-1, F-12, R-10.7-2: whatever a stream means once it was damaged, it means it at every cut.
    @Test(arguments: Role.both, 0..<8 as Range<UInt64>)
    func `a damaged conversation gives the same events and output wherever it is cut`(role: Role, seed: UInt64) {
        let wire = Wire(role: role)
        let sound =
            wire.frame(0x81, "Hé") + wire.frame(0x01, "a€") + wire.frame(0x89, "p") + wire.frame(0x80, "b")
            + wire.frame(0x42, ToyCompression.packed("xy") + [0xFF, 9]) + wire.frame(0x80) + wire.close(1000, "bye")
        var random = SplitMix64(seed: seed)
        for _ in 0..<8 {
            var stream = sound
            for _ in 0...random.below(3) { stream[random.below(stream.count)] ^= 1 << UInt8(random.below(8)) }
            if random.oneIn(3) { stream.remove(at: random.below(stream.count)) }
            if random.oneIn(3) { stream.insert(UInt8(random.below(256)), at: random.below(stream.count)) }
            let played = Feeder.play(stream, ends: true, seed: seed) {
                .open(role, compression: ToyCompression())
            }
            #expect(played.events.count(where: \.isClosed) == 1)
            #expect(played.events.failures.count <= 1)
            #expect(throws: Never.self) { try StrictFrameReader(role: role).frames(in: played.output) }
        }
    }
}
