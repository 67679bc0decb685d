import CSystem

/// A connection read and written with plain blocking calls: for a program that gives a thread to each peer.
///
///     let peer = try BlockingTransport.connect(to: .tcp(host: "127.0.0.1", port: 9000), timeout: .seconds(5))
///     try peer.setTimeouts(read: .seconds(30), write: .seconds(10))
///     switch peer.read(into: base, capacity: count) { … }
///
/// By itself it needs no backend, calls no handler and ignores the interest; `wouldBlock` means that the time limit
/// has passed. A `BlockingBackend` makes transports of this type too; those never wait in a read or a write.
public final class BlockingTransport: Transport {
    /// Who is told about readiness; used by a backend only.
    public var handler: (any TransportHandler)?

    /// The backend that waits for us; nil if the calls themselves wait.
    private weak var backend: BlockingBackend?
    private var descriptor: Int32
    /// What every receive and send is told: MSG_DONTWAIT under a backend.
    private let flags: Int32
    private var receiveTimeout: Duration?
    private var hasEnded = false
    private var hasEndedWriting = false
    private var isClosed = false
    /// What a call other than a read has met, for the next read: the kernel reports an error only once.
    private var metErrno: Int32 = 0
    /// Whether that is to be told to a handler which may wait for nothing.
    private var hasLossToTell = false
    private var attempt: BlockingConnect?

    /// What the application asked for.
    private var interest: Readiness = []

    /// Takes over a connected stream socket, and with it the duty to close it.
    public init(adopting descriptor: Int32) {
        self.descriptor = descriptor
        flags = 0
    }

    /// A connection that the backend's listener accepted, or nil for one about to be made.
    init(backend: BlockingBackend, accepted descriptor: Int32?) {
        self.backend = backend
        self.descriptor = descriptor ?? -1
        flags = Int32(MSG_DONTWAIT)
    }

    deinit {
        close()
    }

    /// Connects, or throws why not; ETIMEDOUT when no address of the endpoint has answered within the limit (nil: the
    /// system's). A name is looked up first, and for that the system's resolver takes the time it takes.
    public static func connect(
        to endpoint: Endpoint, options: ConnectOptions = ConnectOptions(), timeout: Duration? = nil
    ) throws(TransportError) -> BlockingTransport {
        let deadline = timeout.map { SystemCalls.now + $0 }
        let attempt = try BlockingConnect(to: endpoint, options: options)
        while true {
            switch attempt.step(within: deadline.map { $0 - SystemCalls.now }) {
            case .connected(let descriptor):
                let transport = BlockingTransport(adopting: descriptor)
                try transport.setTimeouts(read: nil, write: nil)
                return transport
            case .failed(let error): throw error
            case .pending:
                guard let deadline, SystemCalls.now >= deadline else { continue }
                attempt.cancel()
                throw attempt.error(Errno.timedOut)
            }
        }
    }

    /// Limits how long one read and one write may wait; nil lifts the limit. Not for transports of a backend.
    public func setTimeouts(read: Duration?, write: Duration?) throws(TransportError) {
        do throws(Errno) {
            try SystemCalls.setTimeout(descriptor, receiving: true, to: read)
            try SystemCalls.setTimeout(descriptor, receiving: false, to: write)
        } catch {
            throw TransportError(.read, errno: error.rawValue)
        }
    }

    // MARK: Addresses

    /// The address of our end.
    public var localAddress: SocketAddress? {
        guard descriptor >= 0 else { return nil }
        return try? SystemCalls.localAddress(descriptor).socketAddress
    }

    /// The address of the peer.
    public var remoteAddress: SocketAddress? {
        guard descriptor >= 0 else { return nil }
        return try? SystemCalls.peerAddress(descriptor).socketAddress
    }

    // MARK: Bytes

    /// Reads what has arrived, waiting for the first byte.
    public func read(into base: UnsafeMutableRawPointer, capacity: Int) -> ReadOutcome {
        guard descriptor >= 0 else { return isClosed ? .failed(TransportError(.read, errno: ENOTCONN)) : .wouldBlock }
        if metErrno != 0 { return .failed(TransportError(.read, errno: metErrno)) }
        guard capacity > 0 else { return .bytes(0) }
        do throws(Errno) {
            let count = try unsafe SystemCalls.receive(descriptor, into: base, count: capacity, flags: flags)
            if count > 0 { return .bytes(count) }
            hasEnded = true
            interest.remove(.readable)
            return .ended
        } catch {
            return error == .again ? .wouldBlock : .failed(TransportError(.read, errno: error.rawValue))
        }
    }

    /// Writes both parts, waiting for room; what the time limit cuts off is not taken.
    public func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> WriteOutcome {
        guard descriptor >= 0 else { return isClosed ? .failed(TransportError(.write, errno: ENOTCONN)) : .wouldBlock }
        guard unsafe !(first.isEmpty && second.isEmpty) else { return .wrote(0) }
        do throws(Errno) {
            if unsafe second.isEmpty { return .wrote(try unsafe SystemCalls.send(descriptor, first, flags: flags)) }
            return .wrote(try unsafe SystemCalls.send(descriptor, first, second, flags: flags))
        } catch {
            return error == .again ? .wouldBlock : .failed(TransportError(.write, errno: error.rawValue))
        }
    }

    /// Says what the backend is to report. Without a backend there is nobody to tell.
    public func setInterest(reading: Bool, writing: Bool) {
        interest = reading && !hasEnded ? .readable : []
        if writing { interest.insert(.writable) }
    }

    // MARK: What the backend does

    /// What somebody waits for.
    var wanted: Readiness {
        descriptor >= 0 && handler != nil ? interest : []
    }

    /// Whether somebody waits to read.
    var isReader: Bool { wanted.contains(.readable) }

    /// Whether somebody waits to write.
    var isWriter: Bool { wanted.contains(.writable) }

    /// Whether a read would not wait, found by looking at the first byte without taking it; nil waits for ever, zero
    /// not at all.
    func becomesReadable(within limit: Duration?) -> Bool {
        guard isReader else { return false }
        if metErrno != 0 { return true }
        do throws(Errno) {
            var flags = Int32(MSG_PEEK)
            if limit == .zero {
                flags |= Int32(MSG_DONTWAIT)
            } else if limit != receiveTimeout {
                try SystemCalls.setTimeout(descriptor, receiving: true, to: limit)
                receiveTimeout = limit
            }
            var byte: UInt8 = 0
            _ = try unsafe withUnsafeMutableBytes(of: &byte) { (bytes) throws(Errno) -> Int in
                guard let base = bytes.baseAddress else { return 0 }
                return try unsafe SystemCalls.receive(descriptor, into: base, count: 1, flags: flags)
            }
            return true
        } catch {
            if error == .again { return false }
            metErrno = error.rawValue
            return true
        }
    }

    /// What is possible without waiting, writing left aside.
    func look() -> Readiness {
        if hasLossToTell {
            hasLossToTell = false
            return [.readable, .writable, .closed]
        }
        return becomesReadable(within: .zero) ? .readable : []
    }

    /// Tells the handler what it waits for and can have.
    func report(_ readiness: Readiness) {
        handler?.transport(self, isReady: readiness)
    }

    func begin(_ attempt: BlockingConnect) {
        self.attempt = attempt
    }

    func reportConnected(_ descriptor: Int32) {
        guard !isClosed else { return SystemCalls.close(descriptor) }
        attempt = nil
        self.descriptor = descriptor
        if hasEndedWriting { shutDownWriting() }
        handler?.transportDidConnect(self)
    }

    func reportConnectFailure(_ error: TransportError) {
        guard !isClosed else { return }
        let handler = handler
        close()
        handler?.transport(self, didFailToConnect: error)
    }

    // MARK: The end

    /// Ends our side of the stream.
    public func endWriting() {
        guard !isClosed, !hasEndedWriting else { return }
        hasEndedWriting = true
        if descriptor >= 0 { shutDownWriting() }
    }

    private func shutDownWriting() {
        do throws(Errno) {
            try SystemCalls.shutdownWriting(descriptor)
        } catch {
            metErrno = error.rawValue
            hasLossToTell = true
        }
    }

    /// Closes, dropping what was not sent.
    public func reset() {
        if descriptor >= 0 { SystemCalls.setResetOnClose(descriptor) }
        close()
    }

    /// Closes, or abandons the attempt to connect.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        handler = nil
        attempt?.cancel()
        attempt = nil
        if descriptor >= 0 { SystemCalls.close(descriptor) }
        descriptor = -1
        backend?.forget(self)
    }
}
