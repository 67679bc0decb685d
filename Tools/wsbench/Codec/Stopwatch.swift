/// Measures a group of operations beside each other: all take a turn before one takes the next, so that what disturbs the
/// machine disturbs all of them, and the median of each one's turns counts. Processor time of this thread is what is
/// measured.
struct Stopwatch {
    private static let turns = 9

    /// How long one turn of one operation lasts, in nanoseconds.
    private let turn: Double

    /// - Parameter seconds: how long one operation may be measured altogether.
    init(seconds: Double) {
        turn = seconds * 1e9 / Double(Self.turns + 1)
    }

    func measure(_ group: [Operation]) -> [Measurement] {
        let times = group.map(calibrated)
        var samples = group.map { _ in [Double]() }
        for _ in 0..<Self.turns {
            for (index, operation) in group.enumerated() {
                samples[index].append(Self.nanoseconds(of: operation, times: times[index]))
            }
        }
        let medians = samples.map { $0.sorted()[Self.turns / 2] }
        return group.enumerated().map { index, operation in
            let comparable = index > 0 && operation.byteCount != nil && operation.byteCount == group[0].byteCount
            return Measurement(
                name: operation.name, byteCount: operation.byteCount, nanoseconds: medians[index],
                ratio: comparable ? medians[0] / medians[index] : nil)
        }
    }

    /// How often an operation fits into a turn. Warms the caches up, too.
    private func calibrated(_ operation: Operation) -> Int {
        var times = 1
        while true {
            let duration = Self.nanoseconds(of: operation, times: times) * Double(times)
            if duration >= turn / 4 { return max(1, Int(Double(times) * turn / duration)) }
            times *= 2
        }
    }

    private static func nanoseconds(of operation: Operation, times: Int) -> Double {
        let start = Clock.thread
        operation.perform(times)
        return Double(max(1, Clock.thread - start)) / Double(times)
    }
}
