public import WSConnection
public import WSFrame

/// The life of one connection as a story that can be replayed: what came from the network and when, what the application
/// asked for, and what the connection made of it. `Fixtures/README.md` has the grammar of its text.
///
///     let fixture = try Fixture(parsing: text)
///     let transcript = Player.play(fixture)
///     if let difference = transcript.difference(from: fixture.expectation) { print(difference) }
public struct Fixture: Sendable {
    /// What the case shows, and the rule behind it: the comments before anything else, without their sign.
    public var story: [String]
    /// The connection to begin with.
    public var setup: Setup
    /// What happens, in order.
    public var steps: [Step]

    /// A fixture made of its parts.
    public init(story: [String] = [], setup: Setup = Setup(), steps: [Step] = []) {
        self.story = story
        self.setup = setup
        self.steps = steps
    }

    /// What the connection should make of it.
    public var expectation: Transcript {
        var transcript = Transcript()
        for step in steps { transcript.add(expected: step.action) }
        return transcript
    }

    /// The same facts and calls, with what the connection makes of them now. Comments at the end of a line are lost.
    public func retold() -> Fixture {
        var told = self
        told.steps = []
        let transcript = Player.play(self) { told.append($0) }
        told.steps.append(Step(at: told.steps.last?.time ?? .zero, .state(transcript.state ?? .open)))
        return told
    }

    /// Adds a step; adjacent output, and adjacent pieces of a message, are one.
    private mutating func append(_ step: Step) {
        switch (steps.last?.action, step.action) {
        case (.output(let before), .output(let bytes)):
            steps[steps.count - 1].action = .output(before + bytes)
        case (.event(var last), .event(let next)):
            if last.join(next) { steps[steps.count - 1].action = .event(last) } else { steps.append(step) }
        default: steps.append(step)
        }
    }
}

/// One line of a fixture.
public struct Step: Sendable {
    /// When it happens, from the connection's beginning on.
    public var time: Duration
    /// What happens.
    public var action: Action

    /// The step as it stands in a fixture, without its time.
    ///
    /// - Parameter role: which end of the connection it is, to tell masked frames from others.
    public func text(for role: Role) -> String { FixtureWriter.line(action, role: role) }

    /// The time in decimal seconds, as it stands in a fixture.
    public var seconds: String { time.secondsText }

    /// A step.
    public init(at time: Duration = .zero, _ action: Action) {
        self.time = time
        self.action = action
    }

    /// Facts from the network, calls of the application, and what the connection is expected to do.
    public enum Action: Sendable {
        /// Bytes arrive.
        case input([UInt8])
        /// The peer's end of the stream.
        case endOfInput
        /// The connection's timer fires.
        case timeout
        /// Time passes, and the timer fires at each deadline on the way.
        case wait(Duration)
        /// The application asks for something.
        case call(ConnectionCall, CallOutcome)
        /// The stream takes so many bytes of the output; nil for all of it. Where a fixture has one of these, nothing is
        /// written without them; otherwise all output is written at once.
        case write(Int?)

        /// Expected: an event.
        case event(EventRecord)
        /// Expected: bytes leave.
        case output([UInt8])
        /// Expected: the stream is ended or closed.
        case stream(Connection.StreamAction)
        /// Expected: the state in the end.
        case state(Connection.State)

        /// A comment on a line of its own.
        case comment(String)
    }
}
