import Synchronization
import WSReplay

/// The fixtures that threads take one after the other, and what became of them.
final class CheckQueue: Sendable {
    /// What came of one file.
    struct Report: Sendable {
        var replayCount = 0
        var fault: String?
        var isExact = false
        var milliseconds = 0
    }

    private let results: Mutex<[Report]>
    private let files: [String]
    private let effort: SplitCheck.Effort
    private let seed: UInt64
    private let next = Atomic(0)

    init(files: [String], effort: SplitCheck.Effort, seed: UInt64) {
        self.files = files
        self.effort = effort
        self.seed = seed
        results = Mutex(Array(repeating: Report(), count: files.count))
    }

    /// What became of each file, once all threads are done.
    var reports: [Report] { results.withLock { $0 } }

    /// Checks one fixture after the other, until there are no more.
    func work() {
        let clock = ContinuousClock()
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < files.count else { return }
            let start = clock.now
            var report = check(files[index])
            report.milliseconds = Int((clock.now - start) / .milliseconds(1))
            results.withLock { $0[index] = report }
        }
    }

    private func check(_ path: String) -> Report {
        do throws(FixtureFile.Failure) {
            let fixture = try FixtureFile(path).fixture
            let outcome = SplitCheck(fixture, effort: effort, seed: seed).run()
            return Report(
                replayCount: outcome.replayCount, fault: outcome.fault, isExact: fixture.setup.isExact)
        } catch {
            return Report(fault: error.description)
        }
    }
}
