import WSConnection
import WSTransport

/// A transport whose address an application is still looking for. Once it has answered, all goes straight on to the
/// backend's transport.
final class LookupTransport: Transport, TransportHandler {
    var handler: (any TransportHandler)?
    private let loop: EventLoop
    private var inner: (any Transport)?
    private var interest = (reading: false, writing: false)
    private var isEnding = false
    private var isOver = false

    /// A stream to one of the addresses of a name, made by `connect` when they are known.
    init(
        of host: String, family: AddressFamily?, lookup: @escaping ClientOptions.Lookup, on loop: EventLoop,
        connect: @escaping ([String]) throws(WebSocketError) -> any Transport
    ) {
        self.loop = loop
        // Asked later, so that nothing is reported before somebody listens.
        loop.nextTick { [weak self] in
            guard let self, !isOver else { return }
            lookup(host, family) { [weak self] answer in self?.answered(answer, host: host, connect) }
        }
    }

    private func answered(
        _ answer: Result<[String], TransportError>, host: String,
        _ connect: ([String]) throws(WebSocketError) -> any Transport
    ) {
        guard !isOver, inner == nil else { return }
        switch answer {
        case .success(let addresses) where !addresses.isEmpty:
            do throws(WebSocketError) {
                begin(try connect(addresses))
            } catch {
                fail(TransportError(layerCode: error.code ?? "", message: error.message))
            }
        case .success: fail(TransportError(nameNotFound: host))
        case .failure(let error): fail(error)
        }
    }

    private func begin(_ inner: any Transport) {
        self.inner = inner
        inner.handler = self
        inner.setInterest(reading: interest.reading, writing: interest.writing)
        if isEnding { inner.endWriting() }
    }

    private func fail(_ error: TransportError) {
        loop.setImmediate { [self] in
            guard !isOver, let handler else { return }
            close()
            handler.transport(self, didFailToConnect: error)
        }
    }

    // MARK: Transport

    var localAddress: SocketAddress? { inner?.localAddress }
    var remoteAddress: SocketAddress? { inner?.remoteAddress }
    var hasUnsent: Bool { inner?.hasUnsent ?? false }

    func read(into base: UnsafeMutableRawPointer, capacity: Int) -> ReadOutcome {
        unsafe inner?.read(into: base, capacity: capacity) ?? .wouldBlock
    }

    func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> WriteOutcome {
        unsafe inner?.write(first, second) ?? .wouldBlock
    }

    func setInterest(reading: Bool, writing: Bool) {
        interest = (reading, writing)
        inner?.setInterest(reading: reading, writing: writing)
    }

    func endWriting() {
        isEnding = true
        inner?.endWriting()
    }

    func close() {
        isOver = true
        handler = nil
        inner?.close()
    }

    func reset() {
        isOver = true
        handler = nil
        inner?.reset()
    }

    // MARK: TransportHandler

    func transportDidConnect(_ transport: any Transport) {
        handler?.transportDidConnect(self)
    }

    func transport(_ transport: any Transport, didFailToConnect error: TransportError) {
        let handler = handler
        close()
        handler?.transport(self, didFailToConnect: error)
    }

    func transport(_ transport: any Transport, isReady readiness: Readiness) {
        handler?.transport(self, isReady: readiness)
    }
}
