public import WSConnection

/// What a connection did, in order: the outcome of a replay, and what a fixture expects.
///
/// How the network cut the stream does not show in it: adjacent output is one run, adjacent pieces of a message are one
/// piece.
public struct Transcript: Sendable, Equatable {
    /// One thing a connection did.
    public enum Entry: Sendable, Equatable {
        /// It told of an event.
        case event(EventRecord)
        /// Bytes left it.
        case output([UInt8])
        /// It asked that the stream be ended or closed.
        case stream(Connection.StreamAction)
        /// A call came back.
        case outcome(CallOutcome)
    }

    /// What happened, in order.
    public private(set) var entries: [Entry] = []
    /// The state in the end; nil if a fixture does not say.
    public var state: Connection.State?

    /// Nothing yet.
    public init() {}

    mutating func add(_ event: EventRecord) {
        if case .event(var last) = entries.last, last.join(event) {
            entries[entries.count - 1] = .event(last)
        } else {
            entries.append(.event(event))
        }
    }

    mutating func add(output: [UInt8]) {
        guard !output.isEmpty else { return }
        if case .output(var last) = entries.last {
            entries.removeLast()
            last += output
            entries.append(.output(last))
        } else {
            entries.append(.output(output))
        }
    }

    mutating func add(_ action: Connection.StreamAction) {
        entries.append(.stream(action))
    }

    mutating func add(_ outcome: CallOutcome) {
        entries.append(.outcome(outcome))
    }

    mutating func add(expected action: Step.Action) {
        switch action {
        case .event(let record): add(record)
        case .output(let bytes): add(output: bytes)
        case .stream(let action): add(action)
        case .state(let state): self.state = state
        case .call(_, let outcome): add(outcome)
        case .input, .endOfInput, .timeout, .wait, .write, .comment: break
        }
    }

    /// The first difference from what was expected, in words; nil if there is none.
    public func difference(from expected: Transcript) -> String? {
        for index in 0..<max(entries.count, expected.entries.count) {
            let here = index < entries.count ? entries[index] : nil
            let there = index < expected.entries.count ? expected.entries[index] : nil
            guard here != there else { continue }
            return "entry \(index + 1): \(Self.text(there)) was expected, \(Self.text(here)) came"
        }
        guard let state = expected.state, state != self.state else { return nil }
        return "state \(state) was expected in the end, \(self.state.map { "\($0)" } ?? "nothing") came"
    }

    private static func text(_ entry: Entry?) -> String {
        guard let entry else { return "nothing" }
        let text = "\(entry)"
        return text.count > 300 ? text.prefix(300) + "…" : text
    }
}

extension Transcript.Entry: CustomStringConvertible {
    /// The entry as a fixture's line.
    public var description: String {
        switch self {
        case .event(let record): FixtureWriter.line(.event(record))
        case .output(let bytes): FixtureWriter.line(.output(bytes))
        case .stream(let action): FixtureWriter.line(.stream(action))
        case .outcome(let outcome): outcome == .done ? "a call done" : "a call refused: \(outcome.word)"
        }
    }
}
