import WSConnection

/// Replays a fixture in every way its stream may be cut, and compares.
///
/// The outcome of the whole stream has to be what the fixture expects; that of every other way has to be the same.
public struct SplitCheck: Sendable {
    /// How many ways there are to be.
    public struct Effort: Sendable {
        /// Up to how many bytes of input all two-way splits are made; beyond, as many at random places.
        public var mostSplits: Int
        /// Splits in random pieces.
        public var randomSplits: Int
        /// Up to how many bytes of input all three-way splits are made.
        public var threeWayLimit: Int
        /// How many bytes of input are replayed for the two-way splits, and again for the random ones; beyond that there
        /// are fewer of them.
        public var byteBudget: Int
        /// Up to how many bytes of input they come one by one.
        public var singleByteLimit: Int

        /// All there is, for a release build.
        public static let full = Effort(
            mostSplits: 4096, randomSplits: 1000, threeWayLimit: 64, byteBudget: 2_000_000, singleByteLimit: 262_144)
        /// A few of each, for unit tests.
        public static let quick = Effort(
            mostSplits: 10, randomSplits: 4, threeWayLimit: 0, byteBudget: 20_000, singleByteLimit: 500)
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// How many replays there were.
        public var replayCount = 0
        /// The first thing that is not as it should be, in words; nil if all is well.
        public var fault: String?
    }

    private let fixture: Fixture
    private let plan: Plan
    private let effort: Effort
    private let seed: UInt64

    /// - Parameter seed: of the random splits.
    public init(_ fixture: Fixture, effort: Effort = .full, seed: UInt64 = 1) {
        self.fixture = fixture
        self.effort = effort
        self.seed = seed
        plan = Plan(fixture)
    }

    /// Replays until something is not as it should be, or all ways are tried.
    public func run() -> Outcome {
        var outcome = Outcome(replayCount: 1)
        let whole = Player.play(plan, Delivery())
        if let difference = whole.difference(from: fixture.expectation) {
            outcome.fault = difference
            return outcome
        }
        if fixture.setup.isExact { return outcome }
        forEachDelivery { delivery in
            attempt(delivery, plan, whole, &outcome)
        }
        if outcome.fault == nil, isDeaf, let plan = plan.appending(Self.junk) {
            for delivery in [Delivery(), Delivery(.everywhere), Delivery(.at([self.plan.inputCount]))] {
                if delivery.cuts == .everywhere, plan.inputCount > effort.singleByteLimit { continue }
                guard attempt(delivery, plan, whole, &outcome, with: " with junk behind it") else { break }
            }
        }
        return outcome
    }

    /// Bytes that would be frames, or a request, if anybody still listened.
    private static let junk: [UInt8] =
        [0x81, 0x02, 0x68, 0x69, 0x88, 0x00, 0xFF, 0x00] + Array("GET / HTTP/1.1\r\n\r\n".utf8)

    /// Whether the connection takes no more input once the last bytes have come, whatever follows them.
    private var isDeaf: Bool {
        Player.play(plan.untilLastInput(), Delivery()).entries.contains { entry in
            guard case .event(let record) = entry else { return false }
            switch record.kind {
            case .closing, .failed, .refused: return true
            default: return false
            }
        }
    }

    @discardableResult
    private func attempt(
        _ delivery: Delivery, _ plan: Plan, _ whole: Transcript, _ outcome: inout Outcome, with remark: String = ""
    ) -> Bool {
        outcome.replayCount += 1
        let transcript = Player.play(plan, delivery)
        guard let difference = transcript.difference(from: whole) else { return true }
        outcome.fault = "\(delivery)\(remark): \(difference)"
        return false
    }

    /// The ways, until the body answers false.
    private func forEachDelivery(_ body: (Delivery) -> Bool) {
        let count = plan.inputCount
        guard count > 0 else { return }
        for manner in Delivery.Manner.allCases.dropFirst() where !body(Delivery(.none, manner)) { return }
        if count <= effort.singleByteLimit {
            for manner in Delivery.Manner.allCases where !body(Delivery(.everywhere, manner)) { return }
        }
        let affordable = max(4, effort.byteBudget / count)
        var random = SplitMix64(seed: seed)
        let splits = min(effort.mostSplits, affordable)
        if count - 1 <= splits {
            for cut in 1..<max(count, 1) where !body(Delivery(.at([cut]), Self.manner(cut))) { return }
        } else {
            for index in 0..<splits where !body(Delivery(.at([1 + random.below(count - 1)]), Self.manner(index))) {
                return
            }
        }
        if count <= effort.threeWayLimit {
            for first in 1..<max(count, 1) {
                for second in first + 1..<max(count, first + 1) {
                    guard body(Delivery(.at([first, second]), Self.manner(first &+ second))) else { return }
                }
            }
        }
        for index in 0..<min(effort.randomSplits, affordable) {
            let cuts = (0..<2 + random.below(8)).map { _ in random.below(count) }.sorted()
            guard body(Delivery(.at(cuts), Self.manner(index))) else { return }
        }
    }

    private static func manner(_ index: Int) -> Delivery.Manner {
        Delivery.Manner.allCases[index % Delivery.Manner.allCases.count]
    }
}
