import WSConnection
import WSFrame
import WSHandshake

extension Fixture {
    /// Reads a fixture. `Fixtures/README.md` has the grammar.
    public init(parsing text: String) throws(FixtureError) {
        var parser = FixtureParser(text)
        self = try parser.fixture()
    }
}

/// Reads the text of a fixture: comments, the setup, then one step a line.
struct FixtureParser {
    private var scanner: Scanner
    private var time = Duration.zero

    init(_ text: String) {
        scanner = Scanner(text)
    }

    mutating func fixture() throws(FixtureError) -> Fixture {
        var fixture = Fixture()
        while let comment = scanner.commentLine() { fixture.story.append(comment) }
        fixture.setup = try SetupParser.parse(&scanner)
        while !scanner.isAtEnd {
            if scanner.emptyLine() { continue }
            if let comment = scanner.commentLine() {
                fixture.steps.append(Step(at: time, .comment(comment)))
                continue
            }
            let action = try step()
            fixture.steps.append(Step(at: time, action))
            try scanner.finishLine()
        }
        return fixture
    }

    private mutating func step() throws(FixtureError) -> Step.Action {
        if scanner.take("@") {
            let word = try scanner.expectWord("a time in seconds")
            guard let time = Duration(secondsText: word) else { throw scanner.fault("\(word) is no time in seconds") }
            guard time >= self.time else { throw scanner.fault("time went back to \(word)") }
            self.time = time
        }
        let word = try scanner.expectWord("a step")
        switch word {
        case "in": return .input(try scanner.bytes())
        case "end": return .endOfInput
        case "timeout": return .timeout
        case "wait": return .wait(try SetupParser.duration(&scanner))
        case "write": return .write(try writeCount())
        case "call": return try CallParser.parse(&scanner)
        case "event": return .event(try event())
        case "out": return .output(try scanner.bytes())
        case "stream": return .stream(try streamAction())
        case "state": return .state(try state())
        default: throw scanner.fault("\(word) is no step")
        }
    }

    private mutating func writeCount() throws(FixtureError) -> Int? {
        if scanner.nextWord() == "all" {
            _ = scanner.word()
            return nil
        }
        return try scanner.number("a count of bytes or all")
    }

    private mutating func event() throws(FixtureError) -> EventRecord {
        let word = try scanner.expectWord("an event")
        guard let kind = EventRecord.Kind(rawValue: word) else { throw scanner.fault("\(word) is no event") }
        let (detail, hasPayload) = try scanner.detail()
        guard kind.hasPayload || !hasPayload else { throw scanner.fault("\(word) has no bytes") }
        return EventRecord(kind, detail, payload: hasPayload ? Bytes(try scanner.bytes()) : Bytes())
    }

    private mutating func streamAction() throws(FixtureError) -> Connection.StreamAction {
        let word = try scanner.expectWord("end or close")
        switch word {
        case "end": return .endWriting
        case "close": return .close
        default: throw scanner.fault("a stream is ended or closed, not \(word)")
        }
    }

    private mutating func state() throws(FixtureError) -> Connection.State {
        let word = try scanner.expectWord("a state")
        let states: [Connection.State] = [.connecting, .open, .closing, .closed]
        guard let state = states.first(where: { "\($0)" == word }) else { throw scanner.fault("\(word) is no state") }
        return state
    }
}
