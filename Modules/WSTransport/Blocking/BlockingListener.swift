/// A listening socket whose accept waits: for a program that serves one peer after the other, or a thread for each.
///
///     let listener = try BlockingListener(.unix(path: "/run/meter.sock"))
///     while let peer = try listener.accept(timeout: nil) { serve(peer) }
public final class BlockingListener: Listener {
    /// Where peers connect.
    public let address: SocketAddress

    /// Who is given the connections; used by a backend only.
    public var handler: (any ListenerHandler)?

    private weak var backend: BlockingBackend?
    private let socket: ListeningSocket
    private var isOpen = true
    private var isBlocking: Bool
    private var timeout: Duration?

    /// When to accept again after a failure; nil if there was none.
    private var pausedUntil: Duration?
    private var hasReportedFailure = false

    /// Listens at an endpoint, in the ways of `Backend.listen`.
    public convenience init(
        _ endpoint: Endpoint, options: ListenOptions = ListenOptions()
    ) throws(TransportError) {
        try self.init(endpoint, port: 0, options: options, backend: nil)
    }

    init(
        _ endpoint: Endpoint?, port: UInt16, options: ListenOptions, backend: BlockingBackend?
    ) throws(TransportError) {
        isBlocking = backend == nil
        socket = try ListeningSocket(on: endpoint, port: port, options: options, nonblocking: !isBlocking)
        address = socket.address
        self.backend = backend
    }

    /// Waits for the next connection; nil when none has come within the limit (nil: no limit). Throws when the system
    /// has nothing left to accept with (EMFILE, say); the peer still waits then, and a later call can succeed.
    ///
    /// The transport is the caller's, who may give it to a thread of its own.
    public func accept(timeout: Duration?) throws(TransportError) -> sending BlockingTransport? {
        guard let descriptor = try acceptDescriptor(within: timeout) else { return nil }
        let transport = BlockingTransport(adopting: descriptor)
        // It inherits the listener's limit.
        if timeout != nil { try transport.setTimeouts(read: nil, write: nil) }
        return transport
    }

    /// Stops listening.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        handler = nil
        socket.close()
        backend?.forget(self)
    }

    // MARK: What the backend does

    /// Accepts one connection and gives it to the handler. Whether anything was said to the handler.
    func serve(within limit: Duration, backend: BlockingBackend) -> Bool {
        guard isOpen, let handler else { return false }
        if let pausedUntil {
            if SystemCalls.now < pausedUntil { return false }
            self.pausedUntil = nil
        }
        do throws(TransportError) {
            guard let descriptor = try acceptDescriptor(within: limit) else { return false }
            hasReportedFailure = false
            handler.listener(self, didAccept: backend.adopt(accepted: descriptor))
            return true
        } catch {
            pausedUntil = SystemCalls.now + ListeningSocket.pause
            if hasReportedFailure { return false }
            hasReportedFailure = true
            handler.listener(self, didFailToAccept: error)
            return true
        }
    }

    /// Whether a wait in accept would be of use.
    var isAccepting: Bool {
        isOpen && handler != nil && pausedUntil == nil
    }

    /// Connections that were lost on the way do not count. A limit of zero does not wait.
    private func acceptDescriptor(within limit: Duration?) throws(TransportError) -> Int32? {
        guard isOpen else { throw TransportError(.accept, errno: Errno.invalid.rawValue) }
        do throws(Errno) {
            if isBlocking != (limit != .zero) {
                try SystemCalls.setBlocking(socket.descriptor, !isBlocking)
                isBlocking.toggle()
            }
            if isBlocking, timeout != limit {
                try SystemCalls.setTimeout(socket.descriptor, receiving: true, to: limit)
                timeout = limit
            }
        } catch {
            throw TransportError(.accept, errno: error.rawValue)
        }
        while true {
            switch socket.accept(nonblocking: false) {
            case .accepted(let descriptor): return descriptor
            case .lost: continue
            case .nothing: return nil
            case .exhausted(let error): throw error
            }
        }
    }
}
