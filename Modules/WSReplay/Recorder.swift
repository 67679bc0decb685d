public import WSConnection
import WSFrame
import WSHandshake

/// Writes the life of a live connection down as a fixture.
///
///     var options = ServerOptions()
///     options.recording = { Recorder { fixture in save(fixture.description) } }
///
/// When the connection has closed, the recording is tidied up: what arrived without anything happening in between is put
/// together and writes are left out, so far as the replay still comes to what was seen.
public final class Recorder: ConnectionJournal {
    private let completion: ((Fixture) -> Void)?
    private var setup = Setup()
    private var keys: [UInt32] = []
    private var steps: [Step] = []
    private var beginning: Duration?
    private var time = Duration.zero
    private var request: UpgradeRequest?
    private var isFinished = false

    /// - Parameter completion: gets the fixture when the connection has closed.
    public init(completion: ((Fixture) -> Void)? = nil) {
        self.completion = completion
    }

    /// What has happened so far, tidied up.
    public var fixture: Fixture {
        var setup = setup
        if setup.role == .client { setup.keys = .list(keys) }
        return Recording(setup: setup, steps: steps).fixture
    }

    /// Takes an entry.
    public func note(_ entry: JournalEntry, now: Duration?) {
        if let now { time = max(time, now - (beginning ?? now)) }
        if beginning == nil, let now { beginning = now }
        guard !isFinished else { return }
        switch entry {
        case .began(let role, let configuration, let isOpen):
            setup.role = role
            setup.configuration = configuration
            setup.opening = isOpen ? .done : .awaited
        case .received(let bytes): add(.input(Array(bytes)))
        case .receivedEnd: add(.endOfInput)
        case .timedOut: add(.timeout)
        case .called(let call): called(call)
        case .told(let event): told(event)
        case .wrote(let bytes): wrote(bytes)
        case .masked(let key): keys.append(UInt32(bigEndian: key.bits))
        }
    }

    private func add(_ action: Step.Action) {
        // Whole milliseconds, rounded up, so that a deadline that had come has come.
        let milliseconds = (time + .nanoseconds(999_999)) / .milliseconds(1)
        steps.append(Step(at: .milliseconds(Int64(milliseconds)), action))
    }

    private func called(_ call: ConnectionCall) {
        if case .accept(let response, let agreement) = call, let plain = try? request?.response(to: agreement),
            plain == response
        {
            // The answer that follows from the request need not be written out.
            add(.call(.accept(nil, agreement), .done))
        } else {
            add(.call(call.copied(), .done))
        }
    }

    private func told(_ event: ConnectionEvent) {
        if case .upgradeRequested(let request) = event { self.request = request }
        var record = EventRecord(event)
        record.payload = Bytes(copying: record.payload)
        add(.event(record))
        guard record.kind == .closed else { return }
        isFinished = true
        // A client that never sent its request has nothing to tell.
        if setup.role == .client, setup.opening == .awaited { return }
        completion?(fixture)
    }

    private func wrote(_ bytes: [UInt8]) {
        if setup.role == .client, setup.opening == .awaited, let head = Self.request(bytes) {
            setup.opening = .request(head)
        }
        add(.write(bytes.count))
        add(.output(bytes))
    }

    /// A client's request, which is the first it writes.
    private static func request(_ bytes: [UInt8]) -> RequestHead? {
        var parser = RequestHeadParser(limits: HeadLimits(maxBytes: .max, maxLineBytes: .max, maxFields: .max))
        var consumed = 0
        return try? Bytes(bytes).withSpan { try parser.receive($0, consumed: &consumed) }
    }
}

extension ConnectionCall {
    /// The same with bytes of its own: those of the caller may change.
    fileprivate func copied() -> ConnectionCall {
        switch self {
        case .send(let bytes, let isBinary, let isFinal, let compress):
            .send(Bytes(copying: bytes), isBinary: isBinary, isFinal: isFinal, compress: compress)
        case .sendPrepared(let message):
            .sendPrepared(Message(bytes: Bytes(copying: message.bytes), isBinary: message.isBinary))
        case .ping(let bytes): .ping(Bytes(copying: bytes))
        case .pong(let bytes): .pong(Bytes(copying: bytes))
        case .accept, .refuse, .close, .abort, .pause, .discardOutput: self
        }
    }
}
