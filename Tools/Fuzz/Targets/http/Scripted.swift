import WSNode

/// A backend with one connection at a time and a clock that goes on when nothing else does.
final class ScriptedBackend: Backend {
    private final class NoWaker: Waker { func wake() {} }

    private(set) var now = Duration.zero
    let waker: any Waker = NoWaker()
    /// Whether the last wait found nothing to wait for.
    private(set) var isIdle = false
    private let listener = ScriptedListener()
    private var transport: ScriptedTransport?
    /// How often a transport can do something before the loop has its turn.
    private var readinessPerWait = 1

    var hasWork: Bool { transport != nil }

    func listen(on endpoint: Endpoint?, port: UInt16, options: ListenOptions) throws(TransportError) -> any Listener {
        listener
    }

    func connect(to endpoint: Endpoint, options: ConnectOptions) -> any Transport {
        finding("a server does not connect", file: #fileID, line: #line)
    }

    /// There may be something to wait for again.
    func wake() { isIdle = false }

    /// A peer connects.
    func accept(_ transport: ScriptedTransport, readinessPerWait: Int) {
        wake()
        self.readinessPerWait = readinessPerWait
        self.transport = transport
        listener.handler?.listener(listener, didAccept: transport)
    }

    func wait(until deadline: Duration?) {
        now += .microseconds(1)
        if let transport, transport.serve() {
            var left = readinessPerWait - 1
            while left > 0, transport.serve() { left -= 1 }
            return
        }
        guard let deadline else { return isIdle = true }
        now = max(now, deadline)
    }
}

private final class ScriptedListener: Listener {
    var handler: (any ListenerHandler)?
    let address = SocketAddress.pipe("server", 1)
    func close() { handler = nil }
}

/// A peer that sends a stream in pieces, then ends it, and takes what comes.
final class ScriptedTransport: Transport {
    var handler: (any TransportHandler)?
    let localAddress: SocketAddress? = nil
    let remoteAddress: SocketAddress? = nil
    private(set) var isClosed = false
    private let account: Account
    private let stream: UnsafeRawBufferPointer
    private var cuts: Cuts?
    private let writeLimit: Int
    private var position = 0
    private var room = 0
    private var interest: Readiness = []
    private var hasEndedWriting = false

    init(_ stream: UnsafeRawBufferPointer, _ cuts: Cuts?, writeLimit: Int, account: Account) {
        (self.stream, self.cuts, self.writeLimit, self.account) = (stream, cuts, writeLimit, account)
        room = writeLimit
    }

    /// Tells the handler what it can do; whether there was anything.
    func serve() -> Bool {
        room = writeLimit
        guard !isClosed, let handler, !interest.isEmpty else { return false }
        handler.transport(self, isReady: interest)
        return true
    }

    func read(into base: UnsafeMutableRawPointer, capacity: Int) -> ReadOutcome {
        check(!isClosed, "what is closed is not read")
        let left = min(stream.count - position, capacity)
        guard left > 0, let source = stream.baseAddress else {
            interest.remove(.readable)
            return .ended
        }
        let count = cuts?.next(atMost: left) ?? left
        base.copyMemory(from: source + position, byteCount: count)
        position += count
        return .bytes(count)
    }

    func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> WriteOutcome {
        check(!isClosed && !hasEndedWriting, "what is ended is not written")
        let count = min(room, first.count + second.count)
        guard count > 0 else { return .wouldBlock }
        if room != .max { room -= count }
        account.wrote(UnsafeRawBufferPointer(rebasing: first.prefix(count)))
        account.wrote(UnsafeRawBufferPointer(rebasing: second.prefix(count - min(count, first.count))))
        return .wrote(count)
    }

    func setInterest(reading: Bool, writing: Bool) {
        interest = reading ? .readable : []
        if writing { interest.insert(.writable) }
    }

    func endWriting() { hasEndedWriting = true }

    func close() {
        isClosed = true
        handler = nil
    }

    func reset() { close() }
}
