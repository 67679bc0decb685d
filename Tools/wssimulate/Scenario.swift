import WSTransport

/// What a run is made of: everything follows from the seed, and what is given on the command line takes its place.
struct Scenario {
    let seed: UInt64
    /// How long there is trouble, in the network's time. Then it stops, and everything must come to rest.
    var duration: Duration
    /// How many clients there are at a time; each connects again and again.
    var clientCount: Int
    var serverCount: Int
    var faults: Set<Fault>
    /// Whether servers speak TLS, where that is not drawn.
    var isSecure: Bool?
    /// Whether the observer is to lie, to show that the checkers bite.
    var planted: Plant?

    /// A run as the seed has it.
    ///
    /// - Parameter meanDuration: what the duration is drawn around.
    init(seed: UInt64, meanDuration: Duration) {
        self.seed = seed
        var random = Self.generator(seed, .scenario, 0)
        duration = random.draw(meanDuration * 3 / 10...meanDuration * 17 / 10)
        clientCount = random.draw(1...6)
        serverCount = random.draw(1...2)
        // A few runs have nothing wrong at all, and so show what may not happen by itself.
        let likelihood = [0, 0.15, 0.3, 0.3, 0.5][random.draw(0...4)]
        faults = Set(Fault.allCases.filter { _ in random.happens(likelihood) })
    }

    func has(_ fault: Fault) -> Bool { faults.contains(fault) }

    // MARK: Randomness

    /// Who draws: each has a generator of its own, so that leaving one out does not change what the others do.
    enum Purpose: UInt64 {
        case scenario = 1
        case network, server, slot, conversation, connecting, client, accepted, clock
    }

    func generator(_ purpose: Purpose, _ number: Int) -> SeededGenerator {
        Self.generator(seed, purpose, number)
    }

    private static func generator(_ seed: UInt64, _ purpose: Purpose, _ number: Int) -> SeededGenerator {
        var mixer = SeededGenerator(seed: seed)
        var second = SeededGenerator(seed: mixer.next() ^ purpose.rawValue)
        var third = SeededGenerator(seed: second.next() ^ UInt64(truncatingIfNeeded: number))
        return third.fork()
    }
}

/// What the observer does wrong on purpose: the canaries.
enum Plant: String, CaseIterable {
    /// A message in a thousand is not noticed.
    case loss
    /// A message in a thousand is noticed twice.
    case duplicate
    /// A byte of a message in a thousand is changed.
    case alteration
    /// A code of a close in a hundred is another.
    case code
    /// A `drain` in ten is not noticed.
    case drain
    /// A close in a hundred is noticed twice.
    case state
}
