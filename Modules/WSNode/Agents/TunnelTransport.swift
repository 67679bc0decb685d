import WSConnection
import WSHandshake
import WSTransport

/// A stream to a proxy that becomes one to the destination, when the proxy has been told and has agreed. Until then nothing
/// of the handler's is written, and afterwards everything goes straight through.
final class TunnelTransport: Transport, TransportHandler {
    var handler: (any TransportHandler)?
    private let inner: any Transport
    private let loop: EventLoop
    /// What is said to the proxy; nil once the tunnel is open.
    private var negotiation: (any ProxyNegotiation)?
    private var unwritten: [UInt8] = []
    /// What came right behind the proxy's last answer: the destination's first bytes.
    private var ahead = Bytes()
    private var interest = (reading: false, writing: false)
    private var isEnding = false
    private var isReminding = false

    /// The most that is read from the proxy at once, in bytes.
    private static let chunkSize = 4096

    init(over inner: any Transport, _ negotiation: any ProxyNegotiation, on loop: EventLoop) {
        self.inner = inner
        self.loop = loop
        self.negotiation = negotiation
        inner.handler = self
    }

    // MARK: Transport

    var localAddress: SocketAddress? { inner.localAddress }
    var remoteAddress: SocketAddress? { inner.remoteAddress }
    var hasUnsent: Bool { inner.hasUnsent }

    func read(into base: UnsafeMutableRawPointer, capacity: Int) -> ReadOutcome {
        guard negotiation == nil else { return .wouldBlock }
        guard !ahead.isEmpty else { return unsafe inner.read(into: base, capacity: capacity) }
        let count = min(capacity, ahead.count)
        ahead.slice(0..<count).withSpan { span in
            unsafe span.withUnsafeBytes { bytes in
                unsafe UnsafeMutableRawBufferPointer(start: base, count: count).copyMemory(from: bytes)
            }
        }
        ahead = ahead.slice(count..<ahead.count)
        return .bytes(count)
    }

    func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> WriteOutcome {
        negotiation == nil ? unsafe inner.write(first, second) : .wouldBlock
    }

    func setInterest(reading: Bool, writing: Bool) {
        interest = (reading, writing)
        guard negotiation == nil else { return }
        inner.setInterest(reading: reading, writing: writing)
        remind()
    }

    func endWriting() {
        isEnding = true
        if negotiation == nil { inner.endWriting() }
    }

    func close() {
        leave()
        inner.close()
    }

    func reset() {
        leave()
        inner.reset()
    }

    /// Nobody is told any more of what came ahead.
    private func leave() {
        handler = nil
        ahead = Bytes()
        interest = (false, false)
    }

    // MARK: TransportHandler

    func transportDidConnect(_ transport: any Transport) {
        guard let negotiation else { return }
        unwritten = negotiation.opening
        flush()
    }

    func transport(_ transport: any Transport, didFailToConnect error: TransportError) {
        fail(error)
    }

    func transport(_ transport: any Transport, isReady readiness: Readiness) {
        guard negotiation != nil else {
            handler?.transport(self, isReady: readiness)
            return
        }
        if readiness.contains(.writable) { flush() }
        if negotiation != nil, readiness.contains(.readable) || readiness.contains(.closed) { receive() }
    }

    // MARK: Negotiation

    private func receive() {
        var count = 0
        var outcome = ReadOutcome.wouldBlock
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            outcome = unsafe inner.read(into: base, capacity: Self.chunkSize)
            if case .bytes(let read) = outcome { count = read }
            initialized = count
        }
        switch outcome {
        case .bytes: negotiate(Bytes(bytes))
        case .wouldBlock: break
        case .ended:
            fail(TransportError(layerCode: ProxyError.code, message: "The proxy closed the connection"))
        case .failed(let error): fail(error)
        }
    }

    private func negotiate(_ bytes: Bytes) {
        var start = 0
        while true {
            var consumed = 0
            let rest = bytes.slice(start..<bytes.count)
            guard let outcome = rest.withSpan({ negotiation?.receive($0, consumed: &consumed) }) else { return }
            start += consumed
            switch outcome {
            case .needsMoreBytes: return flush()
            case .send(let answer): unwritten += answer
            case .opened: return open(with: bytes.slice(start..<bytes.count))
            case .failed(let error):
                return fail(TransportError(layerCode: ProxyError.code, message: error.description))
            }
        }
    }

    private func flush() {
        while !unwritten.isEmpty {
            let outcome = unsafe unwritten.withUnsafeBytes { bytes in
                unsafe inner.write(bytes, UnsafeRawBufferPointer(start: nil, count: 0))
            }
            switch outcome {
            case .wrote(let count): unwritten.removeFirst(count)
            case .wouldBlock: return inner.setInterest(reading: true, writing: true)
            case .failed(let error): return fail(error)
            }
        }
        inner.setInterest(reading: true, writing: false)
    }

    private func open(with ahead: Bytes) {
        negotiation = nil
        self.ahead = ahead
        inner.setInterest(reading: interest.reading, writing: interest.writing)
        if isEnding { inner.endWriting() }
        handler?.transportDidConnect(self)
        remind()
    }

    /// The system does not know of the bytes that are here already: we have to tell of them.
    private func remind() {
        guard !ahead.isEmpty, interest.reading, !isReminding else { return }
        isReminding = true
        loop.setImmediate { [self] in
            isReminding = false
            guard !ahead.isEmpty, interest.reading else { return }
            handler?.transport(self, isReady: .readable)
            remind()
        }
    }

    private func fail(_ error: TransportError) {
        let handler = handler
        close()
        handler?.transport(self, didFailToConnect: error)
    }
}
