public import WSConnection
import WSHandshake
public import WSTransport

/// A connected byte stream, with the members of Node's `net.Socket`: what an HTTP server's connection is made of, and what
/// its `upgrade` listeners are given.
///
/// A socket belongs to its loop, and lives while it is connected. It is read when somebody listens to `data`. Once a
/// ``WebSocket`` has taken it over it only knows its addresses.
public final class Socket: EventEmitter {
    var dataListeners = ListenerList<(Bytes) -> Void>() {
        didSet { if !dataListeners.isEmpty { flowIfUndecided() } }
    }
    var endListeners = ListenerList<() -> Void>()
    var drainListeners = ListenerList<() -> Void>()
    var errorListeners = ListenerList<(WebSocketError) -> Void>()
    var closeListeners = ListenerList<() -> Void>()

    let loop: EventLoop

    /// The server that counts this connection among its own.
    let server: HTTPServer?

    let transport: any Transport
    private var phase = Phase.open
    private var flow = Flow.undecided

    /// Who reads it, if not listeners.
    private(set) var owner: (any SocketOwner)?

    private var output: OutputBuffer?
    private var timer: Timer?

    /// The connection that has taken over, until its first turn.
    private var successor: ConnectionDriver?

    private var isHandling = false
    private var isListed = false
    private var owesDrain = false
    private var hasEndedWriting = false
    private var endsWhenWritten = false
    private var inputHasEnded = false

    /// When a byte last went either way.
    private(set) var lastUse: Duration

    /// Whether a WebSocket server was asked to upgrade it.
    var isBeingUpgraded = false

    private enum Phase {
        case open
        /// Another one has the transport.
        case handedOver
        case destroyed
    }

    private enum Flow {
        /// Nobody has listened or asked yet.
        case undecided
        case flowing
        case paused
        /// What arrives is thrown away, to find the end behind it.
        case discarding
    }

    /// Queued output, in bytes, past which ``write(_:)-(Bytes)`` answers false.
    static let highWaterMark = 64 * 1024

    /// The most that is read at a time, and so the most that has to be kept for who is not ready for it.
    private static let readCapacity = 64 * 1024

    /// A socket of a connected transport: a byte stream of the application's own, say, to be upgraded.
    public convenience init(_ transport: any Transport, on loop: EventLoop = .current) {
        self.init(transport, on: loop, acceptedBy: nil)
    }

    init(_ transport: any Transport, on loop: EventLoop, acceptedBy server: HTTPServer?) {
        self.transport = transport
        self.loop = loop
        self.server = server
        lastUse = loop.now
        loop.retainHandle()
        transport.handler = self
    }

    // MARK: State

    /// Whether the stream is closed, or was given to a WebSocket.
    public var destroyed: Bool { phase != .open }

    /// Whether ``end()`` was called.
    public var writableEnded: Bool { endsWhenWritten }

    /// Whether the peer has ended its side of the stream, as far as was read.
    public var readableEnded: Bool { inputHasEnded }

    /// Bytes written and not yet handed to the system.
    public var writableLength: Int { output?.byteCount ?? 0 }

    /// Whether both ends may still say something.
    var isWhole: Bool { phase == .open && !inputHasEnded && !endsWhenWritten }

    // MARK: Writing

    /// Queues bytes. What a turn writes leaves when it ends; after ``end()`` and on a destroyed socket, bytes are dropped.
    ///
    /// - Returns: whether little enough is queued to go on; otherwise `drain` tells when all has been written.
    @discardableResult
    public func write(_ bytes: Bytes) -> Bool {
        guard phase == .open, !endsWhenWritten else { return false }
        let output = self.output ?? loop.smallOutput() ?? OutputBuffer(capacity: 1024)
        self.output = output
        if bytes.count > Self.referenceThreshold {
            output.append(referring: bytes)
        } else {
            unsafe bytes.withUnsafeBytes { source in
                if let start = source.baseAddress { unsafe output.append(copying: start, count: source.count) }
            }
        }
        needsSettling()
        guard output.byteCount > Self.highWaterMark else { return true }
        owesDrain = true
        return false
    }

    /// Queues the UTF-8 of a text.
    @discardableResult
    public func write(_ text: String) -> Bool { write(Bytes(utf8: text)) }

    /// Longer runs of bytes are referred to instead of copied.
    private static let referenceThreshold = 8 * 1024

    /// Ends our side of the stream once all is written. The socket is closed when the peer has ended its own; if nobody
    /// listens for what the peer still sends, that is thrown away, and waited for no longer than the time-out of the
    /// server's closing (30 seconds for a socket without server).
    public func end() {
        guard phase == .open, !endsWhenWritten else { return }
        endsWhenWritten = true
        if owner != nil || flow != .flowing || dataListeners.isEmpty { linger() }
        needsSettling()
    }

    /// Writes a last text, then ends our side of the stream.
    public func end(_ text: String) {
        write(text)
        end()
    }

    /// Writes last bytes, then ends our side of the stream.
    public func end(_ bytes: Bytes) {
        write(bytes)
        end()
    }

    /// Answers with an error and says no more. What the peer still sends is never read as a request.
    func refuse(_ refusal: HandshakeRefusal) {
        write(Bytes(refusal.response()))
        end()
    }

    /// What still comes does not matter, and neither does whether it ends.
    private func linger() {
        flow = .discarding
        let limit = server?.options.closeTimeout ?? .seconds(30)
        // The timer refers to us until we close, which is when we let go of it.
        let timer = Timer(on: loop, interval: nil, isReferenced: false) { self.destroy() }
        self.timer = timer
        timer.schedule(at: loop.now + limit)
    }

    /// Closes the stream at once. What was written and not yet handed to the system is lost.
    public func destroy() {
        guard phase == .open else { return }
        phase = .destroyed
        timer?.cancel()
        timer = nil
        transport.close()
        reclaimOutput()
        loop.nextTick { self.closed() }
    }

    private func closed() {
        let owner = owner
        self.owner = nil
        owner?.socketDidClose(self)
        for listener in closeListeners.due() { listener() }
        forgetListeners()
        server?.connectionEnded()
        loop.releaseHandle()
    }

    /// There are no more events. Listeners nearly always refer to their socket, which would keep it for ever.
    private func forgetListeners() {
        let removed = (
            dataListeners.takeAll(), endListeners.takeAll(), drainListeners.takeAll(), errorListeners.takeAll(),
            closeListeners.takeAll()
        )
        withExtendedLifetime(removed) {}
    }

    // MARK: Reading

    /// Stops reading from the network.
    public func pause() { setFlow(.paused) }

    /// Reads (again). What arrives is lost if nobody listens to `data`.
    public func resume() { setFlow(.flowing) }

    private func flowIfUndecided() {
        if flow == .undecided { setFlow(.flowing) }
    }

    private func setFlow(_ flow: Flow) {
        guard self.flow != .discarding, self.flow != flow else { return }
        self.flow = flow
        needsSettling()
    }

    private var wantsToRead: Bool {
        guard phase == .open, !inputHasEnded else { return false }
        return switch flow {
        case .flowing, .discarding: true
        case .undecided, .paused: false
        }
    }

    private func read() {
        let chunk = loop.receiveChunk()
        switch unsafe transport.read(into: chunk.base, capacity: min(Self.readCapacity, chunk.capacity)) {
        case .bytes(let count):
            guard flow != .discarding else { return }
            lastUse = loop.now
            let bytes = Bytes(chunk, 0..<count)
            if let owner {
                owner.socket(self, didReceive: bytes)
            } else {
                for listener in dataListeners.due() { listener(bytes) }
            }
        case .wouldBlock: break
        case .ended: ended()
        case .failed(let error): failed(error)
        }
    }

    private func ended() {
        inputHasEnded = true
        guard flow != .discarding else { return }
        if let owner {
            owner.socketDidEnd(self)
        } else {
            for listener in endListeners.due() { listener() }
        }
    }

    private func failed(_ error: TransportError) {
        guard phase == .open else { return }
        tellSecurityFailure(error)
        // An owner has its own way to tell, and who has said goodbye does not mind.
        if owner == nil, flow != .discarding {
            let error = WebSocketError(transport: error)
            if errorListeners.isEmpty { loop.report("\(error)") }
            for listener in errorListeners.due() { listener(error) }
        }
        destroy()
    }

    // MARK: Owners

    /// Puts the socket in the hands of an owner, who reads it from now on, or of nobody.
    func give(to owner: (any SocketOwner)?) {
        self.owner = owner
        flow = .undecided
        if owner != nil { resume() }
    }

    func isOwned(by owner: any SocketOwner) -> Bool { self.owner === owner }

    /// Whether it can be handed over: nothing of what was written before is left.
    private func isClean() -> Bool {
        flush()
        return writableLength == 0
    }

    /// Leaves the stream to a connection that goes on with it; nil if it has ended meanwhile.
    func handOver() -> (any Transport)? {
        guard isWhole, isClean() else {
            destroy()
            return nil
        }
        phase = .handedOver
        owner = nil
        timer?.cancel()
        timer = nil
        reclaimOutput()
        forgetListeners()
        loop.releaseHandle()
        return transport
    }

    /// Lets a connection that has taken over have its first turn: within ours if there is one, or at its end.
    func follow(_ driver: ConnectionDriver) {
        if isHandling { successor = driver } else { driver.needsSettling() }
    }

    // MARK: Settling

    private func needsSettling() {
        guard !isHandling, !isListed, phase == .open else { return }
        isListed = true
        loop.writeLater(self)
    }

    /// Writes what is owed, and does with the stream what follows from that.
    func settle() {
        isListed = false
        guard phase == .open else { return }
        flush()
        guard phase == .open else { return }
        if endsWhenWritten, writableLength == 0 {
            if !hasEndedWriting {
                hasEndedWriting = true
                transport.endWriting()
            }
            // Otherwise the end of both sides is told of when it has come, or the time for it is up.
            if inputHasEnded, !transport.hasUnsent { return destroy() }
        }
        transport.setInterest(reading: wantsToRead, writing: writableLength > 0)
    }

    private func flush() {
        guard let output, !output.isEmpty else { return }
        var isBlocked = false
        while !output.isEmpty, !isBlocked {
            let outcome = unsafe output.withNext { first, second in
                let outcome = unsafe transport.write(first, second)
                if case .wrote(let count) = outcome { isBlocked = count < first.count + second.count }
                return outcome
            }
            switch outcome {
            case .wrote(let count):
                lastUse = loop.now
                output.consume(count)
            case .wouldBlock: isBlocked = true
            case .failed(let error): return failed(error)
            }
        }
        guard output.isEmpty else { return output.detach() }
        reclaimOutput()
        owner?.socketDidFlush(self)
        guard owesDrain else { return }
        owesDrain = false
        for listener in drainListeners.due() { listener() }
    }

    private func reclaimOutput() {
        guard let output else { return }
        self.output = nil
        output.removeAll()
        loop.keep(output)
    }
}

extension Socket: TransportHandler {
    /// Never called: a socket begins with a transport that is connected.
    public func transportDidConnect(_ transport: any Transport) {}

    /// Never called: a socket begins with a transport that is connected.
    public func transport(_ transport: any Transport, didFailToConnect error: TransportError) {}

    /// Something can be read or written.
    public func transport(_ transport: any Transport, isReady readiness: Readiness) {
        loop.refreshTime()
        isHandling = true
        let isOver = readiness.contains(.closed)
        if readiness.contains(.writable) || isOver { flush() }
        if phase == .open, readiness.contains(.readable) || isOver {
            // Nobody to answer, and nobody who wants to know what was said before.
            if wantsToRead { read() } else if isOver { destroy() }
        }
        isHandling = false
        if let successor {
            self.successor = nil
            successor.settle()
        } else {
            settle()
        }
        loop.finishCallback()
    }
}
