import CSystem

/// A connected, or connecting, non-blocking socket of a reactor.
///
/// One of these exists per connection, ten thousand idle ones in a large server: the fields are few and small on
/// purpose.
final class SocketTransport: Transport {
    private enum Phase: UInt8 {
        case connecting, open, closed
    }

    var handler: (any TransportHandler)? {
        get { unsafe uncheckedHandler }
        set {
            // What is let go of may use us, so it goes when the new one is in place.
            let former = unsafe uncheckedHandler
            unsafe uncheckedHandler = newValue
            withExtendedLifetime(former) { if newValue != nil { applyInterest() } }
        }
    }
    // Asked for with each event of the selector: the run-time check of accesses is off, as they never overlap.
    @exclusivity(unchecked) private var uncheckedHandler: (any TransportHandler)?

    private let reactor: Reactor
    /// What makes the connection; nil once that is done.
    private var attempt: ConnectAttempt?
    private var token = SlotToken(index: .max, generation: 0)
    private var descriptor: Int32
    /// What has failed where the caller could not be told, for the next read or write; nil if nothing has.
    private var faultOperation: TransportError.Operation?
    private var faultErrno: Int32 = 0
    private var phase: Phase
    /// What the application asked for.
    private var interest: Readiness = []
    /// What the selector was told.
    private var watched: Readiness = []
    private var isWatched = false
    private var hasEnded = false
    private var hasEndedWriting = false

    /// A connection that `accept` gave.
    init(accepted descriptor: Int32, reactor: Reactor) {
        self.reactor = reactor
        self.descriptor = descriptor
        phase = .open
        token = reactor.enter(.transport(self))
    }

    /// A connection about to be made.
    init(connecting reactor: Reactor) {
        self.reactor = reactor
        descriptor = -1
        phase = .connecting
        token = reactor.enter(.transport(self))
    }

    deinit {
        // Unreachable while the reactor keeps open transports; a descriptor is not left to that.
        if descriptor >= 0 { SystemCalls.close(descriptor) }
    }

    // MARK: Addresses

    var localAddress: SocketAddress? {
        guard descriptor >= 0 else { return nil }
        return try? SystemCalls.localAddress(descriptor).socketAddress
    }

    var remoteAddress: SocketAddress? {
        guard descriptor >= 0 else { return nil }
        return try? SystemCalls.peerAddress(descriptor).socketAddress
    }

    // MARK: Bytes

    func read(into base: UnsafeMutableRawPointer, capacity: Int) -> ReadOutcome {
        guard phase == .open, faultOperation == nil else { return unreadable }
        guard capacity > 0 else { return .bytes(0) }
        do throws(Errno) {
            let count = try unsafe SystemCalls.receive(descriptor, into: base, count: capacity)
            if count > 0 { return .bytes(count) }
            hasEnded = true
            return .ended
        } catch {
            return error == .again ? .wouldBlock : .failed(TransportError(.read, errno: error.rawValue))
        }
    }

    func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> WriteOutcome {
        guard phase == .open, faultOperation == nil else { return unwritable }
        do throws(Errno) {
            if unsafe second.isEmpty {
                guard unsafe !first.isEmpty else { return .wrote(0) }
                return .wrote(try unsafe SystemCalls.send(descriptor, first))
            }
            if unsafe first.isEmpty { return .wrote(try unsafe SystemCalls.send(descriptor, second)) }
            return .wrote(try unsafe SystemCalls.send(descriptor, first, second))
        } catch {
            return error == .again ? .wouldBlock : .failed(TransportError(.write, errno: error.rawValue))
        }
    }

    private var unreadable: ReadOutcome {
        if phase == .connecting { return .wouldBlock }
        if let fault { return .failed(fault) }
        return .failed(TransportError(.read, errno: ENOTCONN))
    }

    private var unwritable: WriteOutcome {
        if phase == .connecting { return .wouldBlock }
        if let fault { return .failed(fault) }
        return .failed(TransportError(.write, errno: ENOTCONN))
    }

    private var fault: TransportError? {
        faultOperation.map { TransportError($0, errno: faultErrno) }
    }

    /// The connection is of no use any more, as the next read or write says.
    private func lose(_ operation: TransportError.Operation, _ error: Errno) {
        faultOperation = operation
        faultErrno = error.rawValue
        reactor.enqueue(.lost(self))
    }

    // MARK: Interest

    func setInterest(reading: Bool, writing: Bool) {
        var interest: Readiness = reading && !hasEnded ? .readable : []
        if writing { interest.insert(.writable) }
        if interest == self.interest { return }
        self.interest = interest
        applyInterest()
    }

    /// Tells the selector what the application wants, if it does not know. A descriptor nobody has ever waited for is
    /// not watched at all.
    private func applyInterest() {
        guard phase == .open, faultOperation == nil else { return }
        do throws(Errno) {
            if isWatched {
                if interest == watched { return }
                try reactor.selector.modify(descriptor, token: token, interest: interest)
            } else {
                if interest.isEmpty { return }
                try reactor.selector.add(descriptor, token: token, interest: interest)
                isWatched = true
            }
            watched = interest
        } catch {
            lose(.watch, error)
        }
    }

    private func stopWatching() {
        guard isWatched else { return }
        isWatched = false
        watched = []
        reactor.selector.remove(descriptor, token: token)
    }

    // MARK: What the reactor reports

    func becameReady(_ readiness: Readiness) {
        guard let handler else { return stopWatching() }
        if hasEnded, readiness.contains(.readable), interest.contains(.readable) {
            // The end of the stream stays readable for ever; it has been told.
            interest.remove(.readable)
            applyInterest()
            if !readiness.contains(.closed), interest.isDisjoint(with: readiness) { return }
        }
        // So does a hang-up, which no interest turns off: it is told once.
        if readiness.contains(.closed), interest.isEmpty { stopWatching() }
        handler.transport(self, isReady: readiness)
    }

    func reportLoss() {
        stopWatching()
        guard phase == .open else { return }
        handler?.transport(self, isReady: [.readable, .writable, .closed])
    }

    // MARK: Connecting

    func begin(_ attempt: ConnectAttempt) {
        self.attempt = attempt
    }

    /// Takes over the socket that connected first; nobody watches it yet.
    func adopt(_ descriptor: Int32) {
        attempt = nil
        self.descriptor = descriptor
        phase = .open
        reactor.enqueue(.connected(self))
    }

    func reportConnected() {
        guard phase == .open else { return }
        applyInterest()
        if hasEndedWriting { shutDownWriting() }
        handler?.transportDidConnect(self)
    }

    func reportConnectFailure(_ error: TransportError) {
        guard phase == .connecting else { return }
        let handler = handler
        close()
        handler?.transport(self, didFailToConnect: error)
    }

    // MARK: The end

    func endWriting() {
        guard phase != .closed, !hasEndedWriting else { return }
        hasEndedWriting = true
        if descriptor >= 0 { shutDownWriting() }
    }

    private func shutDownWriting() {
        do throws(Errno) {
            try SystemCalls.shutdownWriting(descriptor)
        } catch {
            lose(.write, error)
        }
    }

    func reset() {
        if descriptor >= 0 { SystemCalls.setResetOnClose(descriptor) }
        close()
    }

    func close() {
        guard phase != .closed else { return }
        phase = .closed
        handler = nil
        let attempt = attempt
        self.attempt = nil
        attempt?.cancel()
        if descriptor >= 0 {
            stopWatching()
            SystemCalls.close(descriptor)
            descriptor = -1
        }
        reactor.leave(token)
    }
}
