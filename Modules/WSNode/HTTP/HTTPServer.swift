import WSConnection
package import WSHandshake
public import WSTransport

/// An HTTP/1.1 server, with the members of Node's `http.Server`: enough to serve a page, JSON and a health check beside
/// the sockets of a ``WebSocketServer``.
///
///     let server = HTTPServer { request, response in
///         try response.writeHead(200, ["Content-Type": "text/plain"])
///         response.end("hello\n")
///     }
///     let sockets = try WebSocketServer(server: server, path: "/chat")
///     try server.listen(port: 8080)
///     EventLoop.current.run()
///
/// Requests of one connection are served one after the other: the next is read when the response to the one before has
/// been written.
public final class HTTPServer: EventEmitter {
    /// A listener of `request`. One that throws is answered with 500.
    public typealias RequestListener = (IncomingMessage, ServerResponse) throws -> Void

    /// What the server accepts, and how long it waits. Changes apply to what comes after them.
    public var options: HTTPServerOptions

    var requestListeners = ListenerList<RequestListener>()
    var checkContinueListeners = ListenerList<RequestListener>()
    var upgradeListeners = ListenerList<(IncomingMessage, Socket, Bytes) -> Void>()
    var connectionListeners = ListenerList<(Socket) -> Void>()
    var clientErrorListeners = ListenerList<(WebSocketError, Socket) -> Void>()
    var tlsClientErrorListeners = ListenerList<(WebSocketError, Socket) -> Void>()
    var listeningListeners = ListenerList<() -> Void>()
    var errorListeners = ListenerList<(WebSocketError) -> Void>()
    var closeListeners = ListenerList<() -> Void>()

    /// What an ordinary request gets at a path that is for sockets alone, where a profile above says so.
    package var plainAnswers: [String: RequestListener] = [:]

    /// What an upgrade gets at a path that nobody takes; nil for what the first WebSocket server says.
    package var answerToUnknownUpgrade: HandshakeRefusal?

    /// The WebSocket servers that take upgrade requests, each for its paths.
    var webSocketServers: [WebSocketServer] = []

    package let loop: EventLoop
    /// Nil in the clear.
    var security: ServerSecurity?
    private var listener: (any Listener)?
    /// Those that speak HTTP, by the order in which they came.
    private var connections: [Int: HTTPConnection] = [:]
    private var acceptedCount = 0
    private var connectionCount = 0
    private var isClosing = false

    /// A server that does not listen yet.
    ///
    /// - Parameter request: becomes a listener of `request`.
    public init(
        options: HTTPServerOptions = HTTPServerOptions(), on loop: EventLoop = .current,
        request: RequestListener? = nil
    ) {
        self.options = options
        self.loop = loop
        if let request { on(.request, request) }
    }

    // MARK: Listening

    /// Listens at a port.
    ///
    /// - Parameters:
    ///   - port: 0–65535; 0 picks a free one, which ``address()`` tells.
    ///   - host: the address to listen at; nil for every local one, IPv6 and IPv4 alike.
    ///   - backlog: how many connections may wait to be accepted.
    ///   - reusePort: lets the servers of several loops share the port.
    ///   - listening: called when the server listens.
    /// - Throws: a RangeError for a port outside the range, an Error when it listens already. That a port is in use comes
    ///   as `error`.
    public func listen(
        port: Int = 0, host: String? = nil, backlog: Int32 = 511, reusePort: Bool = false,
        _ listening: (() -> Void)? = nil
    ) throws(WebSocketError) {
        guard let port = UInt16(exactly: port) else {
            throw WebSocketError(
                "options.port should be >= 0 and < 65536. Received type number (\(port)).", name: .range,
                code: "ERR_SOCKET_BAD_PORT")
        }
        try listen(
            on: host.map { .tcp(host: $0, port: port) }, port: port,
            ListenOptions(backlog: backlog, reusePort: reusePort), listening)
    }

    /// Listens at a Unix-domain socket.
    public func listen(
        unix path: String, backlog: Int32 = 511, _ listening: (() -> Void)? = nil
    ) throws(WebSocketError) {
        try listen(on: .unix(path: path), port: 0, ListenOptions(backlog: backlog), listening)
    }

    private func listen(
        on endpoint: Endpoint?, port: UInt16, _ options: ListenOptions, _ listening: (() -> Void)?
    ) throws(WebSocketError) {
        guard listener == nil else {
            throw WebSocketError(
                "Listen method has been called more than once without closing.", code: "ERR_SERVER_ALREADY_LISTEN")
        }
        if let listening { once(.listening, listening) }
        isClosing = false
        do throws(TransportError) {
            let listener = try loop.backend.listen(on: endpoint, port: port, options: options)
            self.listener = listener
            listener.handler = self
            loop.retainHandle()
            loop.nextTick {
                guard self.listener === listener else { return }
                for listener in self.listeningListeners.due() { listener() }
            }
        } catch {
            loop.nextTick { self.emit(WebSocketError(transport: error)) }
        }
    }

    /// Whether the server listens.
    public var listening: Bool { listener != nil }

    /// Where the server listens: ``SocketAddress/host``, `family` and `port`; nil when it does not.
    public func address() -> SocketAddress? { listener?.address }

    // MARK: Closing

    /// Stops accepting connections, and closes those that rest between two requests. `close` comes when the last has
    /// ended; a response that is under way ends its connection, a WebSocket lives on.
    ///
    /// - Parameter completion: called with `close`; with an error if the server did not listen.
    public func close(_ completion: ((WebSocketError?) -> Void)? = nil) {
        guard let listener else {
            let error = WebSocketError("Server is not running.", code: "ERR_SERVER_NOT_RUNNING")
            if isClosing, let completion { return _ = once(.close) { completion(error) } }
            return loop.nextTick { completion?(error) }
        }
        if let completion { once(.close) { completion(nil) } }
        isClosing = true
        self.listener = nil
        listener.close()
        loop.releaseHandle()
        closeIdleConnections()
        loop.nextTick { self.closeIfIdle() }
    }

    /// Closes the connections that rest between two requests.
    public func closeIdleConnections() {
        for connection in connectionsInOrder where connection.isResting { connection.socket.destroy() }
    }

    /// Closes all connections but those that were upgraded, whatever they are doing.
    public func closeAllConnections() {
        for connection in connectionsInOrder { connection.socket.destroy() }
    }

    /// The order reaches the network, so no hash decides it.
    private var connectionsInOrder: [HTTPConnection] {
        connections.sorted { $0.key < $1.key }.map(\.value)
    }

    private func closeIfIdle() {
        guard isClosing, connectionCount == 0 else { return }
        isClosing = false
        for listener in closeListeners.due() { listener() }
    }

    // MARK: Connections

    /// How many connections there are, upgraded ones included.
    public var connectionsCount: Int { connectionCount }

    /// A connection speaks HTTP no more.
    func forget(_ connection: HTTPConnection) {
        connections[connection.number] = nil
    }

    /// A connection has gone, upgraded or not.
    func connectionEnded() {
        connectionCount -= 1
        if isClosing { loop.nextTick { self.closeIfIdle() } }
    }

    /// Whether a connection may wait for another request.
    var isRunning: Bool { listener != nil }

    private func accept(_ transport: any Transport) {
        if let limit = options.maxConnections, connectionCount >= limit { return transport.close() }
        guard let transport = ServerSecurity.secure(transport, by: security, on: loop) else { return }
        connectionCount += 1
        loop.refreshTime()
        let socket = Socket(transport, on: loop, acceptedBy: self)
        acceptedCount += 1
        let connection = HTTPConnection(socket, of: self, number: acceptedCount)
        connections[acceptedCount] = connection
        socket.give(to: connection)
        for listener in connectionListeners.due() { listener(socket) }
    }

    func emit(_ error: WebSocketError) {
        guard !errorListeners.isEmpty else { return loop.report("\(error)") }
        for listener in errorListeners.due() { listener(error) }
    }
}

extension HTTPServer: ListenerHandler {
    /// A peer has connected.
    public func listener(_ listener: any Listener, didAccept transport: any Transport) {
        accept(transport)
        loop.finishCallback()
    }

    /// The system cannot give us the next connection just now.
    public func listener(_ listener: any Listener, didFailToAccept error: TransportError) {
        loop.report("accept: \(error)")
    }
}
