/// Many sockets on one thread: waits for all of them at once and tells each handler what it can do.
///
/// TCP over IPv4 and IPv6, and Unix-domain sockets. All sockets are non-blocking and closed on exec; TCP sockets send
/// small writes at once. Names are looked up on other threads.
public final class PollBackend: Backend {
    /// The system call that waits.
    public enum SelectorKind: Sendable {
        /// epoll: a wait costs by what is ready. Linux only.
        case epoll

        /// poll(2): a wait costs by what is open. Everywhere.
        case poll
    }

    private let reactor: Reactor

    /// A backend without any socket yet. Throws when the system has no descriptor left for the selector.
    public convenience init(selector kind: SelectorKind = .epoll) throws(TransportError) {
        try self.init(selector: kind, hosts: [:])
    }

    /// A backend that knows the addresses of some names itself, for tests of names with many.
    package init(selector kind: SelectorKind, hosts: [String: [String]]) throws(TransportError) {
        do throws(Errno) {
            let selector: any Selector =
                switch kind {
                case .epoll: try EpollSelector()
                case .poll: PollSelector()
                }
            reactor = try Reactor(selector: selector, hosts: hosts)
        } catch {
            throw TransportError(.watch, errno: error.rawValue)
        }
    }

    deinit {
        reactor.shutDown()
    }

    /// The monotonic clock, read at most once per turn.
    public var now: Duration { reactor.now }

    /// Whether a listener, a transport or an attempt to connect is open.
    public var hasWork: Bool { reactor.hasOccupants }

    /// The handle through which other threads end a wait.
    public var waker: any Waker { reactor.wakeup }

    /// Starts listening; see `Backend`.
    public func listen(
        on endpoint: Endpoint?, port: UInt16, options: ListenOptions
    ) throws(TransportError) -> any Listener {
        let socket = try ListeningSocket(on: endpoint, port: port, options: options, nonblocking: true)
        return SocketListener(socket, reactor: reactor)
    }

    /// Starts to connect; see `Backend`.
    public func connect(to endpoint: Endpoint, options: ConnectOptions) -> any Transport {
        let transport = SocketTransport(connecting: reactor)
        let attempt = ConnectAttempt(endpoint, options: options, transport: transport, reactor: reactor)
        transport.begin(attempt)
        attempt.start()
        return transport
    }

    /// One turn; see `Backend`.
    public func wait(until deadline: Duration?) {
        reactor.wait(until: deadline)
    }
}
