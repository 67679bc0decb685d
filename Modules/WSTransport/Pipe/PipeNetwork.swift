import CSystem

/// A network in memory, with a clock of its own and a seed: for tests that must come out the same every time.
///
/// Links are made by `PipeBackend`s on it. How they behave follows from `conditions` and the seed; a script can
/// decide about any single one through `onConnect` and `onLink`. All of it belongs to one thread.
public final class PipeNetwork {
    /// What happens at its time.
    enum Event {
        case arrival(PipeStream, PipeStream.Item)
        case broken(PipeStream)
        case connect(PipeTransport, Endpoint)
        case fail(PipeTransport, TransportError)
        case resume(PipeListener)
        case action(() -> Void)
    }

    /// The time since the network was made.
    public private(set) var now = Duration.zero

    /// How links made from now on behave.
    public var conditions: PipeConditions

    /// Whether the order in which a turn tells its handlers is drawn, as if the selector had shuffled them.
    public var shufflesTurns = false

    /// Decides about an attempt to connect; nil leaves it to the conditions.
    public var onConnect: ((Endpoint) -> PipeVerdict?)?

    /// Is given each new link before either end hears of it, to set up its script.
    public var onLink: ((PipeLink) -> Void)?

    /// The links of which an end is open, in the order of connecting.
    public private(set) var links: [PipeLink] = []

    /// How many faults of each kind have been drawn or scripted so far.
    public private(set) var faultCounts: [PipeFault: Int] = [:]

    /// How many faults of any kind have been drawn or scripted so far.
    public var faultCount: Int { faultCounts.values.reduce(0, +) }

    private var random: SeededGenerator
    private var turnRandom: SeededGenerator
    private var events = TimerHeap<Event>()
    private var book = PipeAddressBook()
    private var nextLink = 0
    private var backends: [WeakBackend] = []

    private struct WeakBackend {
        weak var backend: PipeBackend?
    }

    /// A network whose faults are drawn from the seed.
    public init(seed: UInt64 = 0, conditions: PipeConditions = PipeConditions()) {
        random = SeededGenerator(seed: seed)
        turnRandom = random.fork()
        self.conditions = conditions
    }

    /// Has something done when the clock gets there: a step of a script.
    public func schedule(at time: Duration, _ action: @escaping () -> Void) {
        schedule(.action(action), at: time)
    }

    /// Moves the clock forward without telling anyone, as if the machine had been asleep. What has become due happens
    /// in the next wait.
    public func leap(by duration: Duration) {
        count(.leap)
        now += max(duration, .zero)
    }

    // MARK: The clock

    func schedule(_ event: Event, at time: Duration) {
        events.insert(event, at: time)
    }

    /// Does everything that is due, including what that makes due.
    func runDueEvents() {
        while let event = events.popDue(at: now) {
            switch event {
            case .arrival(let stream, let item): stream.arrived(item)
            case .broken(let stream):
                stream.sender?.fail()
                stream.receiver?.fail()
            case .connect(let transport, let endpoint): makeLink(transport, endpoint)
            case .fail(let transport, let error): transport.failedToConnect(error)
            case .resume(let listener): listener.resume()
            case .action(let action): action()
            }
        }
    }

    /// Moves to the next event, or to the deadline if that is first. False when the wait is over: the deadline has
    /// come, or there is none and nothing will happen.
    func advance(until deadline: Duration?, for backend: PipeBackend) -> Bool {
        if let deadline, deadline <= now { return false }
        // Another backend's deadline is a time at which its loop wants to run: this wait ends there, once.
        let others = backends.compactMap(\.backend).filter { $0 !== backend }
        let othersDeadline = others.compactMap(\.deadline).min()
        let ownTarget = Duration.earlier(deadline, events.earliest)
        guard let target = Duration.earlier(ownTarget, othersDeadline) else { return false }
        now = max(now, target)
        for other in others where other.deadline.map({ $0 <= now }) ?? false { other.deadline = nil }
        runDueEvents()
        return target != othersDeadline
    }

    func add(_ backend: PipeBackend) {
        backends.removeAll { $0.backend == nil }
        backends.append(WeakBackend(backend: backend))
    }

    func count(_ fault: PipeFault) {
        faultCounts[fault, default: 0] += 1
    }

    func shuffleIfAsked(_ candidates: inout [PipeBackend.Candidate]) {
        guard shufflesTurns, candidates.count > 1 else { return }
        for index in stride(from: candidates.count - 1, through: 1, by: -1) {
            candidates.swapAt(index, Int(turnRandom.below(UInt64(index + 1))))
        }
    }

    // MARK: Listening and connecting

    func listen(
        on endpoint: Endpoint, options: ListenOptions, backend: PipeBackend
    ) throws(TransportError) -> PipeListener {
        let address = try book.claim(endpoint, options: options)
        let listener = PipeListener(address, options: options, backend: backend, random: random.fork())
        book.add(listener)
        return listener
    }

    func remove(_ listener: PipeListener) {
        book.remove(listener)
    }

    /// Draws what becomes of an attempt; the outcome comes later.
    func connect(_ transport: PipeTransport, to endpoint: Endpoint, options: ConnectOptions) {
        let roundTrip = random.draw(conditions.latency) + random.draw(conditions.latency)
        switch onConnect?(endpoint) ?? drawVerdict(endpoint) {
        case .connect(let delay): schedule(.connect(transport, endpoint), at: now + roundTrip + delay)
        case .fail(let error): schedule(.fail(transport, error), at: now + roundTrip)
        case .silence: break
        }
    }

    private func drawVerdict(_ endpoint: Endpoint) -> PipeVerdict {
        if case .tcp(let host, _) = endpoint, random.happens(conditions.lookupFailure) {
            count(.failedLookup)
            return .fail(TransportError(.lookup, errno: EAI_AGAIN, host: host))
        }
        if random.happens(conditions.refusal) {
            count(.refusal)
            return .fail(PipeAddressBook.refusal(of: endpoint))
        }
        if random.happens(conditions.silence) {
            count(.silence)
            return .silence
        }
        return .connect(after: random.draw(conditions.connectDelay))
    }

    private func makeLink(_ client: PipeTransport, _ endpoint: Endpoint) {
        if client.isClosed { return }
        guard let listener = book.listener(at: endpoint), let server = listener.backend?.makeTransport() else {
            return client.failedToConnect(PipeAddressBook.refusal(of: endpoint))
        }
        nextLink += 1
        let (clientAddress, serverAddress) = book.addresses(of: endpoint)
        let link = PipeLink(
            number: nextLink, network: self,
            clientToServer: PipeStream(network: self, conditions: conditions, random: random.fork()),
            serverToClient: PipeStream(network: self, conditions: conditions, random: random.fork()),
            clientAddress: clientAddress, serverAddress: serverAddress)
        links.append(link)
        client.join(
            link, incoming: link.serverToClient, outgoing: link.clientToServer, local: clientAddress,
            remote: serverAddress)
        server.join(
            link, incoming: link.clientToServer, outgoing: link.serverToClient, local: serverAddress,
            remote: clientAddress)
        onLink?(link)
        client.connected()
        listener.add(server)
    }

    func mayBeOver(_ link: PipeLink) {
        if link.isOver { links.removeAll { $0 === link } }
    }
}
