/// Where transports come from, what time it is, and how to wait. One backend serves one event loop on one thread;
/// only its `waker` crosses threads.
public protocol Backend: AnyObject {
    /// The time since an arbitrary origin: the machine's monotonic clock, or the virtual clock of the in-memory
    /// network. It may stand still between two waits, and is fresh after each.
    var now: Duration { get }

    /// Whether anything is open: a listener, a transport, or an attempt to connect.
    var hasWork: Bool { get }

    /// The handle through which other threads wake this backend.
    var waker: any Waker { get }

    /// Starts listening. Nil means every local address at `port`, IPv6 and IPv4 alike (IPv4 alone where there is no
    /// IPv6); otherwise the endpoint says it all and `port` is ignored. Port 0 picks a free one. A host that is a
    /// name is looked up before the call returns.
    func listen(
        on endpoint: Endpoint?, port: UInt16, options: ListenOptions
    ) throws(TransportError) -> any Listener

    /// Starts to connect and returns at once. The outcome goes to the transport's handler from a later wait.
    func connect(to endpoint: Endpoint, options: ConnectOptions) -> any Transport

    /// Waits until something is ready, the deadline has come (nil: none) or someone wakes the backend, and calls the
    /// handlers of all that is ready. May return early. A deadline in the past looks without waiting.
    ///
    /// A handler may do anything to any transport or listener, including closing it, but not wait: a wait inside a wait
    /// returns at once.
    func wait(until deadline: Duration?)

    /// The same as `waker.wake()`.
    func wake()
}

extension Backend {
    /// The same as `waker.wake()`.
    public func wake() {
        waker.wake()
    }

    /// Starts listening at an endpoint.
    public func listen(
        on endpoint: Endpoint, options: ListenOptions = ListenOptions()
    ) throws(TransportError) -> any Listener {
        try listen(on: endpoint, port: 0, options: options)
    }

    /// Starts listening at every local address, IPv6 and IPv4 alike. Port 0 picks a free one.
    public func listen(
        port: UInt16, options: ListenOptions = ListenOptions()
    ) throws(TransportError) -> any Listener {
        try listen(on: nil, port: port, options: options)
    }

    /// Starts to connect with the default options.
    public func connect(to endpoint: Endpoint) -> any Transport {
        connect(to: endpoint, options: ConnectOptions())
    }
}
