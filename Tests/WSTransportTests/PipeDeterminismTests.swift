import Testing
import WSTransport

@Suite("The in-memory network: one seed, one run")
struct PipeDeterminismTests {
    @Test func `the same seed gives the same transcript`() throws {
        for seed in 1...10 as ClosedRange<UInt64> {
            #expect(try PipeSimulation(seed: seed).run() == PipeSimulation(seed: seed).run())
        }
    }

    @Test func `other seeds give other transcripts`() throws {
        let transcripts = Set(try (1...20).map { try PipeSimulation(seed: $0).run() })
        #expect(transcripts.count == 20)
    }

    /// The draws are our own, so this number holds for every machine and compiler: a seed in a bug report stays good.
    @Test func `the generator gives the published sequence`() {
        var generator = SeededGenerator(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.allSatisfy { $0 == generator.next() })
    }

    @Test func `draws stay in their range and reach its ends`() {
        var generator = SeededGenerator(seed: 7)
        let draws = Set((0..<1000).map { _ in generator.draw(3...6) })
        #expect(draws == [3, 4, 5, 6])
        #expect(generator.draw(5...5) == 5)
        _ = generator.draw(Int.min...Int.max)
        let times = (0..<1000).map { _ in generator.draw(Duration.seconds(1)...(.seconds(2))) }
        #expect(times.allSatisfy { $0 >= .seconds(1) && $0 <= .seconds(2) })
        #expect((0..<1000).filter { _ in generator.happens(0.25) }.count > 150)
        #expect(!generator.happens(0) && generator.happens(1))
    }

    /// Promises 4 and 5 of reliability.md, on the transport alone: what arrives is what was sent up to some byte, and
    /// nothing is left over.
    @Test func `under all faults, what arrives is a prefix of what was sent, and everything ends`() throws {
        var faults = 0
        for seed in 100..<200 as Range<UInt64> {
            let simulation = PipeSimulation(seed: seed)
            _ = try simulation.run()
            for (client, server) in simulation.pairs {
                #expect(simulation.message.starts(with: server.received), "seed \(seed)")
                #expect(simulation.message.starts(with: client.received), "seed \(seed)")
            }
            let counts = simulation.network.faultCounts
            faults += counts.filter { ![.hesitation, .shortCall].contains($0.key) }.values.reduce(0, +)
            simulation.finish()
            #expect(!simulation.world.backend.hasWork && simulation.network.links.isEmpty, "seed \(seed)")
        }
        #expect(faults > 50)
    }
}

/// A few clients and an echo server in bad conditions, everything drawn from one seed.
private final class PipeSimulation {
    let network: PipeNetwork
    let world: World
    let message: [UInt8] = (0..<1500).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ $0 >> 5) }
    private(set) var pairs: [(client: Peer, server: Peer)] = []
    private var acceptor: Acceptor?
    private var clients: [Peer] = []

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var conditions = PipeConditions()
        conditions.latency = .zero...(.milliseconds(random.draw(0...2000)))
        conditions.bandwidth = random.happens(0.5) ? random.draw(100...100_000) : nil
        conditions.pieceBytes = random.happens(0.5) ? 1...random.draw(1...500) : nil
        conditions.readLimit = random.happens(0.5) ? 1...random.draw(1...500) : nil
        conditions.writeLimit = random.happens(0.5) ? 1...random.draw(1...500) : nil
        conditions.windowBytes = random.draw(1...10_000)
        conditions.hesitation = random.happens(0.3) ? 0.2 : 0
        conditions.refusal = 0.05
        conditions.acceptFailure = 0.1
        conditions.lookupFailure = 0.05
        conditions.risks = [PipeCut.reset, .end, .blackHole].map { PipeRisk($0, probability: 0.1, after: 0...3000) }
        network = PipeNetwork(seed: seed, conditions: conditions)
        network.shufflesTurns = true
        world = World(PipeBackend(network))
    }

    /// Runs for an hour of the network's time and tells everything that happened.
    func run() throws -> String {
        var transcript = ""
        let acceptor = try world.listen(.tcp(host: "server.example", port: 80))
        self.acceptor = acceptor
        acceptor.onAccept = { [unowned self] peer in
            peer.echoes = true
            peer.answersEnd = true
            transcript += "\(network.now) accepted \(peer.transport.remoteAddress?.port ?? 0)\n"
        }
        clients = (0..<4).map { _ in
            let client = world.connect(to: acceptor)
            client.answersEnd = true
            client.send(message)
            return client
        }
        let end = Duration.seconds(3600)
        while network.now < end {
            world.backend.wait(until: end)
            transcript += "\(network.now) \(clients.map(\.received.count)) \(acceptor.peers.map(\.received.count))\n"
        }
        for client in clients {
            transcript += "\(String(describing: client.connectFailure)) \(client.hasEnded) \(client.told.count)\n"
        }
        for server in acceptor.peers {
            let port = server.transport.remoteAddress?.port
            if let client = clients.first(where: { $0.transport.localAddress?.port == port }) {
                pairs.append((client, server))
            }
        }
        return transcript
    }

    /// Closes everything and lets the last bytes arrive.
    func finish() {
        for client in clients { client.transport.close() }
        acceptor?.closeAll()
        world.backend.wait(until: network.now + .seconds(3600))
    }
}
