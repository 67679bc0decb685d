/// A backend on the in-memory network: sockets without a kernel, and time without waiting.
///
/// A wait moves the network's clock to the next thing that happens or to the deadline, whichever is first, and never
/// sleeps: hours of timers and silence pass in milliseconds, and in the same way for the same seed. Several backends
/// may share a network, on one thread; each then runs its own turns, and the clock does not pass a deadline another
/// one waits for.
public final class PipeBackend: Backend {
    /// Who may have something to tell its handler.
    enum Candidate {
        case transport(PipeTransport)
        case listener(PipeListener)
    }

    /// The network this backend is on.
    public let network: PipeNetwork

    private var transports: [Int: PipeTransport] = [:]
    private var listeners: [PipeListener] = []
    private var candidates: [Candidate] = []
    private var nextNumber = 0
    private let signal = WakeSignal()
    private var isWaiting = false
    /// What the last wait was for, until the clock has come there.
    var deadline: Duration?

    /// A backend on a network.
    public init(_ network: PipeNetwork) {
        self.network = network
        network.add(self)
    }

    deinit {
        for (_, transport) in transports.sorted(by: { $0.key < $1.key }) { transport.close() }
        for listener in listeners { listener.close() }
    }

    /// The network's clock.
    public var now: Duration { network.now }

    /// Whether a listener, a transport or an attempt to connect is open.
    public var hasWork: Bool {
        !transports.isEmpty || !listeners.isEmpty
    }

    /// The handle through which other threads make a wait return without moving the clock.
    public var waker: any Waker { signal }

    /// Starts listening; see `Backend`. Any host and any path will do: they are names in the network.
    public func listen(
        on endpoint: Endpoint?, port: UInt16, options: ListenOptions
    ) throws(TransportError) -> any Listener {
        let listener = try network.listen(on: endpoint ?? .tcp(host: "::", port: port), options: options, backend: self)
        listeners.append(listener)
        return listener
    }

    /// Starts to connect; see `Backend`.
    public func connect(to endpoint: Endpoint, options: ConnectOptions) -> any Transport {
        let transport = makeTransport()
        var endpoint = endpoint
        if case .tcp(_, let port) = endpoint, let address = options.addresses?.first {
            endpoint = .tcp(host: address, port: port)
        }
        network.connect(transport, to: endpoint, options: options)
        return transport
    }

    /// One turn; see `Backend`. With no deadline and nothing to come it returns at once.
    public func wait(until deadline: Duration?) {
        if isWaiting { return }
        isWaiting = true
        self.deadline = deadline
        defer { isWaiting = false }

        network.runDueEvents()
        while !serve(), !signal.take(), network.advance(until: deadline, for: self) {}
    }

    // MARK: For transports and listeners

    func makeTransport() -> PipeTransport {
        nextNumber += 1
        let transport = PipeTransport(number: nextNumber, backend: self)
        transports[nextNumber] = transport
        return transport
    }

    func enqueue(_ candidate: Candidate) {
        candidates.append(candidate)
    }

    func forget(_ transport: PipeTransport) {
        transports[transport.number] = nil
    }

    func forget(_ listener: PipeListener) {
        listeners.removeAll { $0 === listener }
    }

    /// Gives everyone who asked a turn. Whether anyone had something to tell.
    private func serve() -> Bool {
        var due = candidates
        candidates = []
        network.shuffleIfAsked(&due)
        var hasTold = false
        for candidate in due {
            let told =
                switch candidate {
                case .transport(let transport): transport.serve()
                case .listener(let listener): listener.serve()
                }
            hasTold = told || hasTold
        }
        return hasTold
    }
}
