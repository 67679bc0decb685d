public import WSConnection
import WSHandshake
public import WSTransport

/// A WebSocket server, as Node's `ws` has it.
///
///     let server = try WebSocketServer(port: 8080)
///     server.on(.connection) { socket, request in
///         socket.on(.message) { data, isBinary in socket.send(data, binary: isBinary) }
///     }
///     EventLoop.current.run()
public final class WebSocketServer: EventEmitter {
    /// The sockets that are open, unless ``ServerOptions/clientTracking`` is off. A socket is among them before
    /// `connection` and no longer at its `close`.
    public private(set) var clients: Set<WebSocket>?

    /// What the server was made with.
    public let options: ServerOptions

    var listeningListeners = ListenerList<() -> Void>()
    var connectionListeners = ListenerList<(WebSocket, IncomingMessage) -> Void>()
    var headersListeners = ListenerList<(inout [String], IncomingMessage) -> Void>()
    var errorListeners = ListenerList<(WebSocketError) -> Void>()
    var closeListeners = ListenerList<() -> Void>()

    let loop: EventLoop
    private let configuration: ConnectionConfiguration.Shared
    private var listener: (any Listener)?
    private var state = State.running
    private var connectionCount = 0

    private enum State {
        case running
        case closing
        case closed
    }

    /// Listens at a port.
    ///
    /// - Parameters:
    ///   - port: 0–65535; 0 picks a free one, which ``address()`` tells.
    ///   - host: the address to listen at; nil for every local one.
    ///   - path: the only path to accept; nil for any.
    ///   - listening: called when the server listens.
    /// - Throws: a RangeError for a port outside the range or a negative limit. That a port is in use comes as `error`.
    public convenience init(
        port: Int, host: String? = nil, path: String? = nil, on loop: EventLoop = .current,
        listening: (() -> Void)? = nil
    ) throws(WebSocketError) {
        var options = ServerOptions()
        options.host = host
        options.path = path
        try self.init(port: port, options: options, on: loop, listening: listening)
    }

    /// Listens at a Unix-domain socket.
    public convenience init(
        unix path: String, options: ServerOptions = ServerOptions(), on loop: EventLoop = .current,
        listening: (() -> Void)? = nil
    ) throws(WebSocketError) {
        var options = options
        options.unixSocketPath = path
        try self.init(port: 0, options: options, on: loop, listening: listening)
    }

    /// Listens at a port, or at the Unix-domain socket the options name.
    public init(
        port: Int, options: ServerOptions, on loop: EventLoop = .current, listening: (() -> Void)? = nil
    ) throws(WebSocketError) {
        guard let port = UInt16(exactly: port) else {
            throw WebSocketError(
                "options.port should be >= 0 and < 65536. Received type number (\(port)).", name: .range,
                code: "ERR_SOCKET_BAD_PORT")
        }
        self.options = options
        self.loop = loop
        configuration = try options.configuration()
        clients = options.clientTracking ? [] : nil
        if let listening { once(.listening, listening) }
        listen(at: port)
    }

    private func listen(at port: UInt16) {
        let endpoint: Endpoint? =
            options.unixSocketPath.map { .unix(path: $0) } ?? options.host.map { .tcp(host: $0, port: port) }
        do throws(TransportError) {
            let listener = try loop.backend.listen(
                on: endpoint, port: port,
                options: ListenOptions(backlog: options.backlog, reusePort: options.reusePort))
            self.listener = listener
            listener.handler = self
            loop.retainHandle()
            loop.nextTick {
                guard self.listener != nil else { return }
                for listener in self.listeningListeners.due() { listener() }
            }
        } catch {
            state = .closed
            loop.nextTick { self.emit(WebSocketError(transport: error)) }
        }
    }

    // MARK: Address

    /// Where the server listens: ``SocketAddress/host``, `family` and `port`; nil once it is closed.
    public func address() -> SocketAddress? {
        listener?.address
    }

    /// Whether the path of a request is one this server accepts.
    ///
    /// - Parameter target: path and perhaps query.
    public func shouldHandle(_ target: String) -> Bool {
        guard let path = options.path else { return true }
        return target.prefix { $0 != "?" } == path
    }

    // MARK: Closing

    /// Stops accepting connections. Those that are open stay; `close` comes when the last of them has ended.
    ///
    /// - Parameter completion: called with `close`; with an error if the server was closed before.
    public func close(_ completion: ((WebSocketError?) -> Void)? = nil) {
        switch state {
        case .closed:
            loop.nextTick {
                completion?(WebSocketError("The server is not running"))
                for listener in self.closeListeners.due() { listener() }
            }
            return
        case .closing:
            if let completion { once(.close) { completion(nil) } }
            return
        case .running:
            if let completion { once(.close) { completion(nil) } }
            state = .closing
            listener?.close()
            listener = nil
            loop.nextTick { self.closeIfIdle() }
        }
    }

    private func closeIfIdle() {
        guard state == .closing, connectionCount == 0 else { return }
        state = .closed
        for listener in closeListeners.due() { listener() }
        loop.releaseHandle()
    }

    // MARK: Connections

    /// A connection came to be, or has gone, handshakes included.
    func connectionEnded() {
        connectionCount -= 1
        if state == .closing { loop.nextTick { self.closeIfIdle() } }
    }

    func add(_ socket: WebSocket) {
        clients?.insert(socket)
    }

    func remove(_ socket: WebSocket) {
        clients?.remove(socket)
        connectionEnded()
    }

    var isRunning: Bool { state == .running }

    func emit(_ error: WebSocketError) {
        guard !errorListeners.isEmpty else {
            loop.report("\(error)")
            return
        }
        for listener in errorListeners.due() { listener(error) }
    }

    /// Sends a message to all clients, framing it once.
    public func broadcast(_ message: Message) {
        guard let clients else { return }
        let prepared = PreparedMessage(message)
        for client in clients where client.readyState == .open { client.send(prepared) }
    }

    /// Sends text to all clients.
    public func broadcast(_ text: String) {
        broadcast(Message(bytes: Bytes(utf8: text), isBinary: false))
    }
}

extension WebSocketServer: ListenerHandler {
    /// A peer has connected.
    public func listener(_ listener: any Listener, didAccept transport: any Transport) {
        if let limit = options.maxConnections, connectionCount >= limit {
            transport.close()
            return
        }
        connectionCount += 1
        loop.refreshTime()
        let connection = Connection(server: configuration, now: loop.now)
        let driver = ConnectionDriver(loop: loop, transport: transport, isConnected: true, connection: connection)
        driver.delegate = PendingUpgrade(server: self)
    }

    /// The system cannot give us the next connection just now.
    public func listener(_ listener: any Listener, didFailToAccept error: TransportError) {
        loop.report("accept: \(error)")
    }
}

extension Event where Emitter == WebSocketServer, Listener == () -> Void {
    /// The server listens.
    public static var listening: Event { Event(\.listeningListeners) }

    /// The server has stopped, and its last connection has ended.
    public static var close: Event { Event(\.closeListeners) }
}

extension Event where Emitter == WebSocketServer, Listener == (WebSocket, IncomingMessage) -> Void {
    /// A client has connected: its socket, which is open, and its request.
    public static var connection: Event { Event(\.connectionListeners) }
}

extension Event where Emitter == WebSocketServer, Listener == (inout [String], IncomingMessage) -> Void {
    /// The head of the answer is about to be written: its lines, which may be added to, and the request.
    public static var headers: Event { Event(\.headersListeners) }
}

extension Event where Emitter == WebSocketServer, Listener == (WebSocketError) -> Void {
    /// The server cannot listen.
    public static var error: Event { Event(\.errorListeners) }
}
