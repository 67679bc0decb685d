import CSystem

/// One end of a link of the in-memory network.
final class PipeTransport: Transport {
    private enum Phase {
        case connecting, open, closed
    }

    /// What is to be told before any readiness.
    private enum News {
        case connected
        case failedToConnect(TransportError)
    }

    var handler: (any TransportHandler)? {
        didSet { mayBeReady() }
    }

    private(set) var localAddress: SocketAddress?
    private(set) var remoteAddress: SocketAddress?

    /// The number under which the backend keeps it.
    let number: Int
    private weak var backend: PipeBackend?
    private weak var link: PipeLink?
    private var incoming: PipeStream?
    private var outgoing: PipeStream?
    private var phase = Phase.connecting
    private var news: News?
    private var interest: Readiness = []
    /// Whether the connection was reset.
    private var isBroken = false
    private var hasReadEnd = false
    private var hasEndedWriting = false
    private var hasToldClosed = false
    private var isQueued = false

    init(number: Int, backend: PipeBackend) {
        self.number = number
        self.backend = backend
    }

    var isClosed: Bool { phase == .closed }

    /// Whether bytes that arrive can still be read.
    var isAlive: Bool { phase == .open && !isBroken }

    // MARK: Bytes

    func read(into base: UnsafeMutableRawPointer, capacity: Int) -> ReadOutcome {
        guard phase == .open, let incoming else {
            return phase == .connecting ? .wouldBlock : .failed(TransportError(.read, errno: ENOTCONN))
        }
        guard capacity > 0 else { return .bytes(0) }
        if incoming.arrivedBytes > 0 {
            let count = unsafe incoming.read(into: base, capacity: capacity)
            return count > 0 ? .bytes(count) : .wouldBlock
        }
        if isBroken { return .failed(TransportError(.read, errno: ECONNRESET)) }
        guard incoming.hasEnded else { return .wouldBlock }
        hasReadEnd = true
        interest.remove(.readable)
        return .ended
    }

    func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> WriteOutcome {
        guard phase == .open, let outgoing else {
            return phase == .connecting ? .wouldBlock : .failed(TransportError(.write, errno: ENOTCONN))
        }
        if isBroken || hasEndedWriting { return .failed(TransportError(.write, errno: EPIPE)) }
        guard unsafe !(first.isEmpty && second.isEmpty) else { return .wrote(0) }
        let count = unsafe outgoing.write(first, second)
        return count > 0 ? .wrote(count) : .wouldBlock
    }

    func setInterest(reading: Bool, writing: Bool) {
        interest = reading && !hasReadEnd ? .readable : []
        if writing { interest.insert(.writable) }
        mayBeReady()
    }

    // MARK: Turns

    /// Asks for a look in the next turn.
    func mayBeReady() {
        guard !isQueued, phase != .closed, let backend else { return }
        isQueued = true
        backend.enqueue(.transport(self))
    }

    /// Tells the handler what is new and what it can do. Whether there was anything to tell.
    func serve() -> Bool {
        isQueued = false
        guard phase != .closed, let handler else { return false }
        switch news {
        case .connected:
            news = nil
            handler.transportDidConnect(self)
            mayBeReady()
            return true
        case .failedToConnect(let error):
            close()
            handler.transport(self, didFailToConnect: error)
            return true
        case nil: break
        }
        let readiness = readiness
        if readiness.isEmpty { return false }
        if readiness.contains(.closed) { hasToldClosed = true }
        handler.transport(self, isReady: readiness)
        // Level-triggered: looked at again in the next turn.
        mayBeReady()
        return true
    }

    /// What of its interest is possible, and the hang-up: with the rest, or by itself once.
    private var readiness: Readiness {
        guard phase == .open, let incoming, let outgoing else { return [] }
        var readiness: Readiness = []
        if incoming.arrivedBytes > 0 || incoming.hasEnded || isBroken { readiness.insert(.readable) }
        if outgoing.room > 0 || isBroken || hasEndedWriting { readiness.insert(.writable) }
        readiness.formIntersection(interest)
        let isOver = isBroken || incoming.hasEnded && hasEndedWriting
        if isOver, !readiness.isEmpty || interest.isEmpty && !hasToldClosed { readiness.insert(.closed) }
        return readiness
    }

    // MARK: What the network does

    /// Is one end of a link from now on.
    func join(
        _ link: PipeLink, incoming: PipeStream, outgoing: PipeStream, local: SocketAddress, remote: SocketAddress
    ) {
        self.link = link
        self.incoming = incoming
        self.outgoing = outgoing
        incoming.receiver = self
        outgoing.sender = self
        localAddress = local
        remoteAddress = remote
        phase = .open
    }

    /// Has connected.
    func connected() {
        news = .connected
        if hasEndedWriting { outgoing?.enqueue(.end) }
        mayBeReady()
    }

    /// Could not connect.
    func failedToConnect(_ error: TransportError) {
        news = .failedToConnect(error)
        mayBeReady()
    }

    /// Has been reset. What arrived before can still be read.
    func fail() {
        isBroken = true
        mayBeReady()
    }

    // MARK: The end

    func endWriting() {
        guard phase != .closed, !hasEndedWriting else { return }
        hasEndedWriting = true
        if !isBroken { outgoing?.enqueue(.end) }
        mayBeReady()
    }

    func reset() {
        close(with: .reset)
    }

    /// As a kernel does it: with bytes left unread, the peer is reset.
    func close() {
        let hasUnread = incoming.map { $0.arrivedBytes > 0 } ?? false
        close(with: hasUnread ? .reset : hasEndedWriting ? nil : .end)
    }

    private func close(with farewell: PipeStream.Item?) {
        guard phase != .closed else { return }
        phase = .closed
        handler = nil
        news = nil
        if let farewell, !isBroken { outgoing?.enqueue(farewell) }
        incoming?.receiver = nil
        outgoing?.sender = nil
        incoming = nil
        outgoing = nil
        localAddress = nil
        remoteAddress = nil
        if let link { link.network?.mayBeOver(link) }
        backend?.forget(self)
    }
}
