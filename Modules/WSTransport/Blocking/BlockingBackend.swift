/// An event loop's backend made of plain blocking calls, without epoll or poll: for one connection at a time.
///
/// With one thing to wait for, a wait is a blocking call on that: it looks at the first byte of the connection, or
/// accepts. With several it takes turns, looking at each without waiting and then waiting on one for a slice; that is
/// slow on purpose and fit for tests and tools only. Since no blocking call waits for room or for a hang-up, `writable`
/// is reported after each slice, and a write may then say `wouldBlock` again; and only who reads is told that the peer
/// is gone.
public final class BlockingBackend: Backend {
    /// How long to wait on the only thing there is: how late a wake from another thread can be.
    static let longSlice = Duration.milliseconds(50)

    /// How long to wait on one of several: how late the others can be.
    static let shortSlice = Duration.milliseconds(1)

    private var transports: [BlockingTransport] = []
    private var listeners: [BlockingListener] = []
    private var connecting: [PendingConnect] = []
    private let signal = WakeSignal()
    private let resolver: Resolver
    private var cachedNow: Duration?
    private var isWaiting = false
    /// Whose turn it is to be waited on.
    private var turn = 0

    /// A backend without any socket yet.
    public init() {
        resolver = Resolver(waker: signal, hosts: [:])
    }

    deinit {
        for transport in transports { transport.close() }
        for listener in listeners { listener.close() }
        resolver.shutDown()
    }

    /// The monotonic clock, read at most once per turn.
    public var now: Duration {
        if let cachedNow { return cachedNow }
        let now = SystemCalls.now
        cachedNow = now
        return now
    }

    /// Whether a listener, a transport or an attempt to connect is open.
    public var hasWork: Bool {
        !transports.isEmpty || !listeners.isEmpty
    }

    /// The handle through which other threads end a wait, within 50 ms.
    public var waker: any Waker { signal }

    /// Starts listening; see `Backend`.
    public func listen(
        on endpoint: Endpoint?, port: UInt16, options: ListenOptions
    ) throws(TransportError) -> any Listener {
        let listener = try BlockingListener(endpoint, port: port, options: options, backend: self)
        listeners.append(listener)
        return listener
    }

    /// Starts to connect; see `Backend`. The addresses of a name are tried one after the other.
    public func connect(to endpoint: Endpoint, options: ConnectOptions) -> any Transport {
        let transport = BlockingTransport(backend: self, accepted: nil)
        transports.append(transport)
        connecting.append(PendingConnect(transport, to: endpoint, options: options, resolver: resolver))
        return transport
    }

    /// One turn; see `Backend`.
    public func wait(until deadline: Duration?) {
        if isWaiting { return }
        isWaiting = true
        defer { isWaiting = false }

        var hasWaited = false
        while true {
            cachedNow = nil
            let isLast = signal.take() || deadline.map { $0 <= SystemCalls.now } ?? false
            let isAlone = transports.count + listeners.count == 1
            // The only one is waited for at once: that is one call less than to look first.
            let looks = isLast || hasWaited || !isAlone || !connecting.isEmpty
            if looks, serve(mayWrite: isLast || hasWaited) || isLast { return }
            if waitForOne(isAlone: isAlone, until: deadline) { return }
            hasWaited = true
        }
    }

    // MARK: For transports and listeners

    func adopt(accepted descriptor: Int32) -> BlockingTransport {
        let transport = BlockingTransport(backend: self, accepted: descriptor)
        transports.append(transport)
        return transport
    }

    func forget(_ transport: BlockingTransport) {
        transports.removeAll { $0 === transport }
        connecting.removeAll { $0.transport === transport }
    }

    func forget(_ listener: BlockingListener) {
        listeners.removeAll { $0 === listener }
    }

    // MARK: Turns

    /// Tells everyone who can go on. Whether anyone could.
    private func serve(mayWrite: Bool) -> Bool {
        resolver.deliver()
        var hasServed = false
        for pending in connecting where pending.step(within: Self.shortSlice) {
            connecting.removeAll { $0 === pending }
            pending.report()
            hasServed = true
        }
        for listener in listeners where listener.serve(within: .zero, backend: self) { hasServed = true }

        // All are looked at before the first is told, so that who is served does not depend on what the others then do.
        let ready = transports.compactMap { transport -> (BlockingTransport, Readiness)? in
            let readiness = transport.look()
            return readiness.isEmpty && !transport.isWriter ? nil : (transport, readiness)
        }
        let mayWrite = mayWrite || hasServed || ready.contains { !$0.1.isEmpty }
        for (transport, readiness) in ready {
            let readiness = mayWrite && transport.isWriter ? readiness.union(.writable) : readiness
            if readiness.isEmpty { continue }
            transport.report(readiness)
            hasServed = true
        }
        return hasServed
    }

    /// Waits for a slice, on whoever's turn it is. Whether somebody was served by that.
    private func waitForOne(isAlone: Bool, until deadline: Duration?) -> Bool {
        let isWriting = transports.contains(where: \.isWriter)
        var slice = isAlone && !isWriting && connecting.isEmpty ? Self.longSlice : Self.shortSlice
        if let deadline { slice = min(slice, max(deadline - SystemCalls.now, .microseconds(1))) }

        let readers = transports.filter(\.isReader)
        if !readers.isEmpty {
            turn = (turn + 1) % readers.count
            let reader = readers[turn]
            guard reader.becomesReadable(within: slice) else { return false }
            reader.report(reader.wanted)
            return true
        }
        if let listener = listeners.first(where: \.isAccepting), connecting.isEmpty {
            return listener.serve(within: slice, backend: self)
        }
        if !connecting.isEmpty || !transports.isEmpty || !listeners.isEmpty {
            signal.sleep(until: SystemCalls.now + slice)
        } else {
            signal.sleep(until: deadline)
        }
        return false
    }
}
