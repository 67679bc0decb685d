#if TLS
import WSTLS
import WSTransport

/// TLS over another transport, whatever that is: a socket, the in-memory network, a tunnel through a proxy.
///
/// The end that connects does the handshake before it tells its handler that it has connected. The end that accepted
/// does it while it is read: a read then gives nothing yet. So nobody above needs to know of TLS.
///
/// What is kept between two calls is bounded: ciphertext the transport below did not take, of one call's plaintext and of
/// answers that TLS gives by itself, for which reading stops when they pile up; and what was read from below and did not
/// fit where the plaintext went. While there is such input, readiness is told from the loop, as the transport below knows
/// nothing of it.
final class TLSTransport: Transport, TransportHandler {
    private enum Phase {
        /// The transport below is being connected, or we shake hands as the end that connects.
        case connecting
        case open
        case closed
    }

    var handler: (any TransportHandler)?

    let filter: TLSFilter
    private let inner: any Transport
    private let loop: EventLoop
    private let workspace: TLSWorkspace
    private var phase: Phase
    private var interest: Readiness = []
    /// Why the transport below takes no more.
    private var writeFailure: TransportError?
    /// Why it gives no more.
    private var readFailure: TransportError?
    private var hasReadEnd = false
    private var endsWhenWritten = false
    private var isScheduled = false

    /// The end that connects, over a transport that is being connected.
    init(connecting inner: any Transport, filter: TLSFilter, on loop: EventLoop) {
        self.inner = inner
        self.filter = filter
        self.loop = loop
        workspace = loop.tls
        phase = .connecting
        inner.handler = self
    }

    /// The end that accepted, over a transport that is connected.
    init(accepted inner: any Transport, filter: TLSFilter, on loop: EventLoop) {
        self.inner = inner
        self.filter = filter
        self.loop = loop
        workspace = loop.tls
        phase = .open
        inner.handler = self
    }

    var localAddress: SocketAddress? { inner.localAddress }
    var remoteAddress: SocketAddress? { inner.remoteAddress }

    // MARK: Reading

    func read(into base: UnsafeMutableRawPointer, capacity: Int) -> ReadOutcome {
        switch phase {
        case .connecting: return .wouldBlock
        case .closed: return .failed(.notConnected(.read))
        case .open: break
        }
        guard capacity > 0 else { return .bytes(0) }
        if filter.hasBufferedInput {
            let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
            let count = unsafe decrypt(nothing, into: base, capacity: capacity)
            if count > 0 { return .bytes(count) }
        } else if filter.ending == nil, readFailure == nil,
            let outcome = unsafe readBelow(into: base, capacity: capacity)
        {
            return outcome
        }
        return outcomeOfEnding()
    }

    /// One read of the transport below; nil if that was the end.
    private func readBelow(into base: UnsafeMutableRawPointer?, capacity: Int) -> ReadOutcome? {
        let memory = workspace.takeInput()
        defer { workspace.giveBack(memory) }
        switch unsafe inner.read(into: memory.base, capacity: memory.capacity) {
        case .bytes(let arrived):
            let ciphertext = unsafe UnsafeRawBufferPointer(start: memory.base, count: arrived)
            let count = unsafe decrypt(ciphertext, into: base, capacity: capacity)
            if count > 0 { return .bytes(count) }
            return filter.ending == nil ? .wouldBlock : nil
        case .wouldBlock:
            return .wouldBlock
        case .ended:
            filter.receiveEnd()
            return nil
        case .failed(let error):
            readFailure = error
            return nil
        }
    }

    private func decrypt(
        _ ciphertext: UnsafeRawBufferPointer, into base: UnsafeMutableRawPointer?, capacity: Int
    ) -> Int {
        filter.lend(&workspace.output)
        let count = unsafe filter.receive(ciphertext, into: base, capacity: capacity)
        flush()
        return count
    }

    private func outcomeOfEnding() -> ReadOutcome {
        if filter.ending == nil, readFailure == nil { return .wouldBlock }
        hasReadEnd = true
        if let readFailure { return .failed(readFailure) }
        if case .failed(let error) = filter.ending { return .failed(TransportError(error)) }
        return .ended
    }

    /// Whether a read would give something although nothing arrives.
    private var hasNews: Bool {
        filter.hasBufferedInput || (!hasReadEnd && (filter.ending != nil || readFailure != nil))
    }

    // MARK: Writing

    func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> WriteOutcome {
        switch phase {
        case .connecting: return .wouldBlock
        case .closed: return .failed(.notConnected(.write))
        case .open: break
        }
        // Who has accepted has nothing to say before it knows to whom, unless it gives up.
        guard filter.isEstablished else { return .failed(.notConnected(.write)) }
        guard flush() else { return writeFailure.map { .failed($0) } ?? .wouldBlock }
        guard unsafe !(first.isEmpty && second.isEmpty) else { return .wrote(0) }
        var rest = unsafe (first: first, second: second)
        var taken = 0
        var hasRoom = true
        while hasRoom, unsafe !(rest.first.isEmpty && rest.second.isEmpty) {
            filter.lend(&workspace.output)
            let count = unsafe filter.send(rest.first, rest.second)
            if count == 0 { break }
            taken += count
            unsafe rest = unsafe Self.drop(count, from: rest)
            hasRoom = flush()
        }
        if taken > 0 { return .wrote(taken) }
        if let writeFailure { return .failed(writeFailure) }
        if case .failed(let error) = filter.ending { return .failed(TransportError(error)) }
        return endsWhenWritten ? .failed(.notConnected(.write)) : .wouldBlock
    }

    private static func drop(
        _ count: Int, from parts: (first: UnsafeRawBufferPointer, second: UnsafeRawBufferPointer)
    ) -> (first: UnsafeRawBufferPointer, second: UnsafeRawBufferPointer) {
        let ofFirst = unsafe min(count, parts.first.count)
        return unsafe (
            UnsafeRawBufferPointer(rebasing: parts.first[ofFirst...]),
            UnsafeRawBufferPointer(rebasing: parts.second[(count - ofFirst)...])
        )
    }

    /// Writes the ciphertext there is, and gives the memory back. Whether all was taken.
    @discardableResult
    private func flush() -> Bool {
        var hasRoom = writeFailure == nil
        while filter.hasOutput, hasRoom {
            unsafe filter.withNextOutput { bytes in
                let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
                switch unsafe inner.write(bytes, nothing) {
                case .wrote(let count):
                    hasRoom = count == bytes.count
                    return count
                case .wouldBlock:
                    hasRoom = false
                    return 0
                case .failed(let error):
                    writeFailure = error
                    hasRoom = false
                    return 0
                }
            }
        }
        if writeFailure != nil { filter.discardOutput() }
        filter.giveBack(&workspace.output)
        if !filter.hasOutput, endsWhenWritten { inner.endWriting() }
        return hasRoom
    }

    // MARK: Readiness

    func setInterest(reading: Bool, writing: Bool) {
        interest = reading && !hasReadEnd ? .readable : []
        if writing { interest.insert(.writable) }
        updateInterest()
    }

    private func updateInterest() {
        guard phase != .closed else { return }
        let isShakingHands = phase == .connecting
        let mayRead = isShakingHands || interest.contains(.readable)
        let mayWrite = interest.contains(.writable) && filter.isEstablished
        inner.setInterest(
            reading: mayRead && filter.ending == nil && readFailure == nil && !filter.hasBufferedInput && !isFlooded,
            writing: mayWrite || filter.hasOutput)
        if interest.contains(.readable), hasNews { scheduleReport() }
    }

    /// Whether the peer makes TLS say more by itself than it reads: each request for new keys is answered.
    private var isFlooded: Bool { filter.outputByteCount > 2 * TLSFilter.sendLimit }

    /// Has the handler told, in a turn of the loop, of what waits inside.
    private func scheduleReport() {
        guard !isScheduled, phase == .open else { return }
        isScheduled = true
        loop.setImmediate { [self] in
            isScheduled = false
            guard phase == .open, interest.contains(.readable), hasNews else { return }
            handler?.transport(self, isReady: .readable)
            updateInterest()
        }
    }

    func transport(_ transport: any Transport, isReady readiness: Readiness) {
        if filter.hasOutput { flush() }
        guard phase == .open else { return shakeHands() }
        var possible = readiness.intersection([.readable, .closed]).intersection(interest.union(.closed))
        if readiness.contains(.writable), interest.contains(.writable), filter.isEstablished, !filter.hasOutput {
            possible.insert(.writable)
        }
        if !possible.isEmpty { handler?.transport(self, isReady: possible) }
        updateInterest()
    }

    // MARK: Connecting

    func transportDidConnect(_ transport: any Transport) {
        filter.lend(&workspace.output)
        filter.start()
        flush()
        finishHandshake()
    }

    func transport(_ transport: any Transport, didFailToConnect error: TransportError) {
        connectingFailed(error)
    }

    private func shakeHands() {
        guard phase == .connecting else { return }
        _ = unsafe readBelow(into: nil, capacity: 0)
        finishHandshake()
    }

    private func finishHandshake() {
        if let readFailure { return connectingFailed(readFailure) }
        switch filter.ending {
        case .failed(let error): return connectingFailed(TransportError(error))
        case .closed: return connectingFailed(TransportError(.endedDuringHandshake))
        case nil: break
        }
        if filter.isEstablished {
            phase = .open
            if endsWhenWritten { endStream() }
            handler?.transportDidConnect(self)
        }
        updateInterest()
    }

    private func connectingFailed(_ error: TransportError) {
        let handler = handler
        close()
        handler?.transport(self, didFailToConnect: error)
    }

    // MARK: The end

    var hasUnsent: Bool { filter.hasOutput }

    func endWriting() {
        guard phase != .closed, !endsWhenWritten else { return }
        endsWhenWritten = true
        if phase == .open { endStream() }
        updateInterest()
    }

    /// Says that nothing more comes, and ends the stream below once that was written.
    private func endStream() {
        filter.lend(&workspace.output)
        filter.close()
        flush()
    }

    func close() {
        guard phase != .closed else { return }
        if phase == .open { endStream() }
        leave()
        inner.close()
    }

    func reset() {
        guard phase != .closed else { return }
        leave()
        inner.reset()
    }

    private func leave() {
        phase = .closed
        handler = nil
        interest = []
    }
}
#endif
