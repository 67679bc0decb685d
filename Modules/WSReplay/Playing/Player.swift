import WSConnection
import WSHandshake

/// Replays a fixture: hands the connection its facts, makes the application's calls, and writes down what it does.
///
/// A call that stands behind an event in the fixture is made when that event comes, before the next one is asked for,
/// as a listener would; other calls are made where they stand. All output is written as soon as there is some, unless the
/// fixture says how much the stream takes.
public struct Player: ~Copyable {
    private var connection: Connection
    private let plan: Plan
    private let delivery: Delivery
    private let observe: ((Step) -> Void)?
    private var now = Duration.zero
    private var transcript = Transcript()
    private var eventCount = 0
    private var inputCount = 0
    private var hasEndedWriting = false
    private var hasClosed = false
    private var chunk = ByteStorage(capacity: 1)
    private var request: UpgradeRequest?

    /// What the connection makes of a fixture.
    ///
    /// - Parameters:
    ///   - delivery: how the stream is cut and handed over; by default as it was written.
    ///   - observe: told of each fact, each call, and each thing the connection does, as it happens.
    public static func play(
        _ fixture: Fixture, _ delivery: Delivery = Delivery(), observe: ((Step) -> Void)? = nil
    ) -> Transcript {
        play(Plan(fixture), delivery, observe: observe)
    }

    static func play(_ plan: Plan, _ delivery: Delivery, observe: ((Step) -> Void)? = nil) -> Transcript {
        var player = Player(plan, delivery, observe)
        player.run()
        return player.transcript
    }

    private init(_ plan: Plan, _ delivery: Delivery, _ observe: ((Step) -> Void)?) {
        self.plan = plan
        self.delivery = delivery
        self.observe = observe
        connection = plan.makeConnection()
    }

    private mutating func run() {
        settle()
        for step in plan.steps {
            now = max(now, step.time)
            perform(step.action)
        }
        transcript.state = connection.state
    }

    private mutating func perform(_ action: Step.Action) {
        switch action {
        case .call, .event, .output, .stream, .state: break
        case .input, .endOfInput, .timeout, .wait, .write, .comment: tell(action)
        }
        switch action {
        case .input(let bytes):
            receive(bytes)
        case .endOfInput:
            connection.receiveEnd(now: now)
        case .timeout:
            connection.handleTimeout(now: now)
        case .wait(let duration):
            wait(duration)
        case .call(let call, _):
            perform(call)
            // As upon an event: whether a call stands behind one makes no difference.
            write()
        case .write(let count):
            write(atMost: count ?? .max)
        case .event, .output, .stream, .state, .comment:
            return
        }
        settle()
    }

    private mutating func wait(_ duration: Duration) {
        let end = now + duration
        while !hasClosed, let deadline = connection.nextDeadline, deadline <= end {
            now = max(now, deadline)
            connection.handleTimeout(now: now)
            settle()
        }
        now = end
    }

    private mutating func perform(_ call: ConnectionCall) {
        let outcome = call.perform(on: &connection, answering: request, now: now)
        tell(.call(call, outcome))
        transcript.add(outcome)
    }

    // MARK: Input

    private mutating func receive(_ bytes: [UInt8]) {
        var start = 0
        for cut in delivery.cuts(in: inputCount..<inputCount + bytes.count) {
            deliver(bytes[start..<cut - inputCount])
            start = cut - inputCount
        }
        deliver(bytes[start...])
        inputCount += bytes.count
    }

    private mutating func deliver(_ piece: ArraySlice<UInt8>) {
        guard !hasClosed else { return }
        switch delivery.manner {
        case .fresh:
            connection.receive(Bytes(piece), now: now)
            settle()
        case .held:
            connection.receive(Bytes(piece), now: now)
            connection.releaseInput()
        case .reused:
            // As an event loop does: the same memory again, unless somebody kept a slice of it.
            if chunk.capacity < piece.count || !isKnownUniquelyReferenced(&chunk) {
                chunk = ByteStorage(capacity: max(piece.count, 256))
            }
            connection.receive(Bytes(piece, into: chunk), now: now)
            settle()
        case .direct:
            var rest = piece
            while let room = connection.directRoom(minimum: 1, spare: Self.spareMemory), !rest.isEmpty {
                let part = rest.prefix(room.range.count)
                _ = Bytes(part, into: room.storage, at: room.range.lowerBound)
                connection.receivedDirectly(part.count, now: now)
                rest = rest.dropFirst(part.count)
                settle()
            }
            if !rest.isEmpty { connection.receive(Bytes(rest), now: now) }
            settle()
        }
    }

    /// Memory for the rest of a message: now there is some, now there is none.
    private static func spareMemory(_ byteCount: Int) -> ByteStorage? {
        byteCount.isMultiple(of: 2) ? ByteStorage(capacity: byteCount) : nil
    }

    // MARK: What follows

    /// As a driver does: events to the application first, then output, then the stream.
    private mutating func settle() {
        var hasMore = true
        while hasMore {
            pull()
            hasMore = write()
            if applyStreamAction() { hasMore = true }
        }
        connection.releaseInput()
    }

    private mutating func pull() {
        while let event = connection.nextEvent(now: now) {
            if case .upgradeRequested(let request) = event { self.request = request }
            note(.event(EventRecord(event)))
            eventCount += 1
            write()
            for action in plan.reactions[eventCount] ?? [] {
                react(action)
                write()
            }
        }
    }

    private mutating func react(_ action: Step.Action) {
        switch action {
        case .call(let call, _): perform(call)
        case .write(let count):
            tell(action)
            write(atMost: count ?? .max)
        default: tell(action)
        }
    }

    /// Does with the stream what the connection asks for. Answers whether that was something new.
    private mutating func applyStreamAction() -> Bool {
        switch connection.nextStreamAction {
        case .none: return false
        case .endWriting:
            guard !hasEndedWriting else { return false }
            hasEndedWriting = true
            note(.stream(.endWriting))
        case .close:
            guard !hasClosed else { return false }
            hasClosed = true
            note(.stream(.close))
            connection.receiveEnd(now: now)
        }
        return true
    }

    /// Writes all that is owed, unless the fixture says when. Answers whether there was something.
    @discardableResult
    private mutating func write() -> Bool {
        guard !plan.writesByHand, connection.hasOutput else { return false }
        write(atMost: .max)
        return true
    }

    private mutating func write(atMost limit: Int) {
        var room = limit
        var written: [UInt8] = []
        while connection.hasOutput, room > 0 {
            unsafe connection.withNextOutput { first, second in
                let one = min(first.count, room)
                let two = min(second.count, room - one)
                unsafe written.append(contentsOf: first.prefix(one))
                unsafe written.append(contentsOf: second.prefix(two))
                room -= one + two
                return one + two
            }
        }
        if !written.isEmpty { note(.output(written)) }
    }

    private mutating func note(_ action: Step.Action) {
        tell(action)
        transcript.add(expected: action)
    }

    private func tell(_ action: Step.Action) {
        observe?(Step(at: now, action))
    }
}

extension Bytes {
    /// Bytes written into memory that is there already, at most as many as there is room for.
    fileprivate init(_ bytes: ArraySlice<UInt8>, into storage: ByteStorage, at offset: Int = 0) {
        let bytes = bytes.prefix(storage.capacity - offset)
        unsafe bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { unsafe storage.write(start, count: source.count, at: offset) }
        }
        self.init(storage, offset..<offset + bytes.count)
    }
}
