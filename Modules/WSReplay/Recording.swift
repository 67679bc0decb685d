/// What was seen of a live connection, with every piece and every write where it was, and the simplest fixture that comes
/// to the same.
struct Recording {
    private let setup: Setup
    private let steps: [Step]

    init(setup: Setup, steps: [Step]) {
        self.setup = setup
        self.steps = steps
    }

    /// The simplest fixture whose replay is what was seen. If none is, all that was seen as it was, with a remark.
    var fixture: Fixture {
        let exact = Fixture(setup: setup, steps: steps)
        let written = Fixture(
            setup: setup, steps: exact.steps.filter { if case .write = $0.action { false } else { true } })
        let merged = Fixture(setup: setup, steps: Self.merging(written.steps))
        for candidate in [merged, written, exact] where isFaithful(candidate) { return told(candidate) }
        var remark = exact
        remark.story = ["The replay does not come to what was seen here."]
        return remark
    }

    /// With what the connection makes of it; marked if the cuts matter.
    private func told(_ fixture: Fixture) -> Fixture {
        var fixture = fixture.retold()
        if SplitCheck(fixture, effort: .quick).run().fault != nil { fixture.setup.isExact = true }
        return fixture
    }

    /// Whether the replay tells the same events, and writes what was written; a stream that broke took less of it.
    private func isFaithful(_ fixture: Fixture) -> Bool {
        let seen = Summary(fixture.expectation)
        let replayed = Summary(Player.play(fixture))
        return replayed.events == seen.events && replayed.output.starts(with: seen.output)
    }

    /// Pieces that arrived with nothing in between are one, at the time of the last.
    private static func merging(_ steps: [Step]) -> [Step] {
        var merged: [Step] = []
        for step in steps {
            if case .input(let bytes) = step.action, let last = merged.last, case .input(let before) = last.action {
                merged[merged.count - 1] = Step(at: step.time, .input(before + bytes))
            } else {
                merged.append(step)
            }
        }
        return merged
    }
}

/// What matters of a transcript when it is compared with what was seen: when output left is the driver's business.
private struct Summary {
    var events: [EventRecord] = []
    var output: [UInt8] = []

    init(_ transcript: Transcript) {
        for entry in transcript.entries {
            switch entry {
            case .event(let record): events.append(record)
            case .output(let bytes): output += bytes
            case .stream, .outcome: break
            }
        }
    }
}
