import WSConnection
import WSTransport

/// The one for whom a driver works.
protocol ConnectionDriverDelegate: AnyObject {
    /// There may be events: take them from the connection until there are no more, or until another delegate has taken
    /// over. The connection may be used freely meanwhile.
    func takeEvents(of driver: ConnectionDriver)
}

/// Joins a connection to its transport: reads, hands over, takes events, writes what is owed, keeps the one deadline.
/// It knows nothing of the protocol.
final class ConnectionDriver: TransportHandler {
    let loop: EventLoop
    // Nothing runs inside a call of the connection that could get at it a second time: events are taken out first, and
    // transports call back only from a wait. So the run-time check of that, which every message would pay, is off.
    @exclusivity(unchecked) private var uncheckedConnection: Connection
    var connection: Connection {
        @inline(__always) _read { yield unsafe uncheckedConnection }
        @inline(__always) _modify { yield unsafe &uncheckedConnection }
    }
    var delegate: (any ConnectionDriverDelegate)?
    private(set) var transport: (any Transport)?

    /// Why the transport failed, if it did. Kept apart, as most never do.
    private var failure: TransportFailure?
    var transportError: TransportError? { failure?.error }

    private final class TransportFailure {
        let error: TransportError
        init(_ error: TransportError) { self.error = error }
    }

    private var timer: Timer?
    // Looked at after each write; callbacks are taken out before they run, so its check is off as well.
    @exclusivity(unchecked) private var completions = SendCompletions()
    private var isConnected: Bool
    private var isHandling = false
    private var isListed = false
    private var isUnableToWrite = false
    private var isToContinue = false

    /// Whether the application wants no more input for now.
    var isPaused = false {
        didSet {
            guard isPaused != oldValue else { return }
            connection.isPaused = isPaused
            needsSettling()
        }
    }

    /// Whether messages, pings and pongs are to come one in a turn of the loop.
    var spreadsEvents = false
    /// Whether the next one has to wait for its turn.
    private(set) var isHoldingEvents = false

    /// Whether to read what the connection wants: not while what was read has to wait, nor while the application paused it,
    /// unless it is lost anyway, or nothing can come of it but the stream's end.
    private var mayRead: Bool {
        !isHoldingEvents && (!isPaused || isUnableToWrite || connection.discardsInput())
    }

    init(loop: EventLoop, transport: any Transport, isConnected: Bool, connection: consuming Connection) {
        self.loop = loop
        self.transport = transport
        self.isConnected = isConnected
        unsafe uncheckedConnection = connection
        loop.retainHandle()
        transport.handler = self
        if isConnected { transport.setInterest(reading: true, writing: false) }
        armTimer(for: self.connection.takeStock().deadline)
    }

    // MARK: From the transport

    func transportDidConnect(_ transport: any Transport) {
        loop.refreshTime()
        isConnected = true
        settle()
        loop.finishCallback()
    }

    func transport(_ transport: any Transport, didFailToConnect error: TransportError) {
        loop.refreshTime()
        failure = TransportFailure(error)
        isConnected = true
        isUnableToWrite = true
        connection.abort(now: loop.now)
        settle()
        loop.finishCallback()
    }

    func transport(_ transport: any Transport, isReady readiness: Readiness) {
        loop.refreshTime()
        isHandling = true
        let isOver = readiness.contains(.closed)
        if readiness.contains(.writable) || isOver { write() }
        if readiness.contains(.readable) || isOver {
            if connection.asksForInput(), mayRead {
                read(from: transport)
            } else if isOver, mayRead, !connection.hasPostponedInput {
                connection.receiveEnd(now: loop.now)
            }
        }
        isHandling = false
        settle()
        loop.finishCallback()
    }

    private func read(from transport: any Transport) {
        connection.lend(&loop.spareOutput)
        let outcome: ReadOutcome
        if let room = connection.directRoom(
            minimum: Self.directReadMinimum, spare: { loop.largeStorage.take(atLeast: $0) })
        {
            outcome = unsafe transport.read(
                into: room.storage.base + room.range.lowerBound, capacity: room.range.count)
            if case .bytes(let count) = outcome { connection.receivedDirectly(count, now: loop.now) }
            loop.largeStorage.keep(room.storage, now: loop.now)
        } else {
            let chunk = loop.receiveChunk()
            outcome = unsafe transport.read(into: chunk.base, capacity: min(chunk.capacity, connection.inputLimit))
            if case .bytes(let count) = outcome {
                connection.receive(Bytes(consume chunk, 0..<count), now: loop.now)
            }
        }
        switch outcome {
        case .bytes: pullEvents()
        case .wouldBlock: break
        case .ended: connection.receiveEnd(now: loop.now)
        case .failed(let error):
            failure = TransportFailure(error)
            connection.receiveEnd(now: loop.now)
        }
    }

    /// Frames with at least so many payload bytes to come are read straight into their message.
    private static let directReadMinimum = 32 * 1024

    private func pullEvents() {
        while let current = delegate {
            current.takeEvents(of: self)
            if current === delegate { break }
        }
        connection.releaseInput()
    }

    // MARK: Settling

    /// A message, a ping or a pong was emitted.
    @inline(__always)
    func emittedEvent() {
        if spreadsEvents { holdEvents() }
    }

    private func holdEvents() {
        // With the stream gone, nothing comes any more that could be waited for.
        guard transport != nil, !isHoldingEvents else { return }
        isHoldingEvents = true
        loop.setTimeout(.zero) { [self] in
            isHoldingEvents = false
            settle()
        }
    }

    /// The application is about to send: outside our turn to be read, a buffer of the loop's is used if there is one.
    @inline(__always)
    func prepareToSend() {
        if !isHandling, transport != nil { connection.lend { loop.smallOutput() } }
    }

    /// The application has used the connection: what follows from that is done when the turn ends.
    @inline(__always)
    func needsSettling() {
        guard !isHandling, !isListed else { return }
        isListed = true
        loop.writeLater(self)
    }

    /// Delivers what is due, writes what is owed, and does with the stream what the connection asks for.
    func settle() {
        isListed = false
        guard self.transport != nil else { return }
        isHandling = true
        if connection.owesEvents() { pullEvents() }
        if connection.owesOutput() || loop.spareOutput == nil {
            write()
            // Writing may have made room, or have failed: both are events.
            if connection.owesEvents() { pullEvents() }
        }
        let duties = connection.takeStock()
        isHandling = false
        // A redirect may have brought another one.
        guard let transport else { return }
        switch duties.streamAction {
        case .none: break
        case .endWriting: if isConnected { transport.endWriting() }
        case .close:
            close(transport)
            return
        }
        if isConnected {
            transport.setInterest(
                reading: duties.wantsToRead && mayRead, writing: duties.hasOutput && !isUnableToWrite)
        }
        if timer != nil || duties.deadline != nil { armTimer(for: duties.deadline) }
        if duties.hasPostponedInput { continueLater() }
    }

    /// What was received takes long to decompress: others first.
    private func continueLater() {
        guard !isToContinue else { return }
        isToContinue = true
        loop.setImmediate {
            self.isToContinue = false
            self.connection.beginTurn()
            self.settle()
        }
    }

    private func write() {
        guard isConnected, let transport else { return }
        var isBlocked = isUnableToWrite
        var hasMore = true
        var written = 0
        while hasMore, !isBlocked {
            hasMore = unsafe connection.withNextOutput { first, second in
                switch unsafe transport.write(first, second) {
                case .wrote(let count):
                    isBlocked = count < first.count + second.count
                    written += count
                    return count
                case .wouldBlock:
                    isBlocked = true
                    return 0
                case .failed(let error):
                    // Reading goes on: what the peer sent before it went away is still delivered.
                    failure = TransportFailure(error)
                    isUnableToWrite = true
                    isBlocked = true
                    return first.count + second.count
                }
            }
        }
        if isUnableToWrite { connection.discardOutput() }
        if let buffer = connection.reclaimOutputBuffer() { loop.keep(buffer) }
        if unsafe !completions.isEmpty {
            unsafe completions.wrote(written)
            callBack()
        }
    }

    /// Calls back those whose bytes were written; all of them if nothing will be written any more.
    private func callBack() {
        if isUnableToWrite {
            failCompletions()
        } else {
            for completion in unsafe completions.takeWritten() { completion(nil) }
        }
    }

    /// The connection is over: writes what can still be written, and calls back about the rest.
    func finishOutput() {
        write()
        failCompletions()
    }

    /// Calls back those whose bytes will never be written.
    private func failCompletions() {
        guard unsafe !completions.isEmpty else { return }
        let error = transportError.map(WebSocketError.init(transport:)) ?? .connectionClosed
        for completion in unsafe completions.takeAll() { completion(error) }
    }

    /// Begins anew on another stream, and leaves the one there is: a client goes where an answer points. Nothing was sent
    /// that anybody waits for.
    func restart(_ connection: consuming Connection, over transport: any Transport) {
        self.transport?.close()
        failure = nil
        isConnected = false
        isUnableToWrite = false
        unsafe uncheckedConnection = connection
        self.transport = transport
        transport.handler = self
        needsSettling()
    }

    private func close(_ transport: any Transport) {
        self.transport = nil
        isHoldingEvents = false
        timer?.cancel()
        timer = nil
        transport.close()
        failCompletions()
        if let buffer = connection.reclaimOutputBuffer() { loop.keep(buffer) }
        isHandling = true
        connection.receiveEnd(now: loop.now)
        pullEvents()
        while connection.hasPostponedInput {
            connection.beginTurn()
            pullEvents()
        }
        isHandling = false
        delegate = nil
        loop.releaseHandle()
    }

    /// Calls back once everything in the output so far was written, or never will be.
    func whenWritten(_ completion: @escaping (WebSocketError?) -> Void) {
        unsafe completions.add(after: connection.bufferedAmount, completion)
    }

    // MARK: Time

    /// Arms the timer for the connection's next deadline. A timer that comes too early is left alone: it finds out when
    /// it fires.
    private func armTimer(for deadline: Duration?) {
        guard let deadline else {
            timer?.cancel()
            timer = nil
            return
        }
        if let timer, timer.heapIndex >= 0, timer.deadline <= deadline { return }
        // The timer refers to us until we close, which is when we let go of it.
        let timer = self.timer ?? Timer(on: loop, interval: nil, isReferenced: false) { self.deadlineCame() }
        self.timer = timer
        timer.schedule(at: deadline)
    }

    private func deadlineCame() {
        if isPaused, connection.state == .closing, let transport {
            // The time for closing is up: what has arrived while nobody wanted it is delivered before the end.
            isHandling = true
            read(from: transport)
            isHandling = false
        }
        connection.handleTimeout(now: loop.now)
        settle()
    }
}
