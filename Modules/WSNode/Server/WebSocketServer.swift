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
    public private(set) var clients: ClientSet?

    /// What the server was made with.
    public let options: ServerOptions

    var listeningListeners = ListenerList<() -> Void>()
    var connectionListeners = ListenerList<(WebSocket, IncomingMessage, Any?) -> Void>()
    var headersListeners = ListenerList<(inout [String], IncomingMessage) -> Void>()
    var clientErrorListeners = ListenerList<(WebSocketError, Socket, IncomingMessage) -> Void>()
    var errorListeners = ListenerList<(WebSocketError) -> Void>()
    var closeListeners = ListenerList<() -> Void>()

    let loop: EventLoop
    let configuration: ConnectionConfiguration.Shared
    /// Negotiates compression, if there is to be some.
    let negotiator: (any CompressionNegotiator)?
    /// What was agreed with the last client: nearly always what is agreed with the next.
    private var lastAgreement: AgreementBox?
    private var source: Source
    private var state = State.running
    /// The last client's home, nearly always the next one's too. It refers to us, so its sockets keep it, not we.
    private weak var lastHome: SocketHome?

    /// Where connections come from.
    private enum Source {
        /// An HTTP server of our own.
        case own(HTTPServer)
        /// Somebody else's, with our listeners there.
        case shared(HTTPServer, listening: Subscription, error: Subscription)
        /// The application hands them over, or nobody any more.
        case none
    }

    private enum State {
        case running
        case closing
        case closed
    }

    /// A server made of its options, of which exactly one says where connections come from: `port` (or
    /// `unixSocketPath`), `server`, or `noServer`.
    ///
    /// - Parameter listening: called when a server of our own listens.
    /// - Throws: a TypeError for none or several of the three; a RangeError for a port outside 0–65535 or a negative
    ///   limit. That a port is in use comes as `error`.
    public init(
        _ options: ServerOptions, on loop: EventLoop = .current, listening: (() -> Void)? = nil
    ) throws(WebSocketError) {
        let isListening = options.port != nil || options.unixSocketPath != nil
        guard [isListening, options.server != nil, options.noServer].count(where: { $0 }) == 1 else {
            throw WebSocketError(
                "One and only one of the \"port\", \"server\", or \"noServer\" options must be specified", name: .type)
        }
        self.options = options
        self.loop = options.server?.loop ?? loop
        configuration = try options.configuration()
        // A replay has the pure core only, so what is recorded is not compressed.
        negotiator = options.recording == nil ? try options.perMessageDeflate.negotiator(on: self.loop) : nil
        clients = options.clientTracking ? [] : nil
        source = .none
        if let server = options.server {
            attach(to: server)
        } else if isListening {
            if let listening { once(.listening, listening) }
            try listen()
        }
    }

    /// Listens at a port with an HTTP server of our own, which answers ordinary requests with 426.
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
        try self.init(options, on: loop, listening: listening)
    }

    /// Listens at a port, or at the Unix-domain socket the options name.
    public convenience init(
        port: Int, options: ServerOptions, on loop: EventLoop = .current, listening: (() -> Void)? = nil
    ) throws(WebSocketError) {
        var options = options
        options.port = port
        try self.init(options, on: loop, listening: listening)
    }

    /// Takes the upgrade requests of an HTTP server, which serves everything else. Several of these may share one: each
    /// request goes to the first whose path it has.
    ///
    /// - Parameter path: the only path to accept; nil for any, or for the one in the options.
    /// - Throws: a RangeError for a negative limit.
    public convenience init(
        server: HTTPServer, path: String? = nil, options: ServerOptions = ServerOptions()
    ) throws(WebSocketError) {
        var options = options
        options.server = server
        if let path { options.path = path }
        try self.init(options)
    }

    // MARK: Where connections come from

    private func listen() throws(WebSocketError) {
        let server = HTTPServer(options: options.http, on: loop)
        server.security = try ServerSecurity(options)
        server.on(.request) { _, response in response.refuse(HandshakeRefusal(.upgradeRequired)) }
        server.on(.listening) { for listener in self.listeningListeners.due() { listener() } }
        server.on(.error) { error in
            // It does not listen, and whoever closes us need not wait for it.
            if case .own(let server) = self.source, !server.listening { self.forget(server) }
            self.emit(error)
        }
        server.webSocketServers = [self]
        source = .own(server)
        if let path = options.unixSocketPath {
            try server.listen(unix: path, backlog: options.backlog)
        } else {
            try server.listen(
                port: options.port ?? 0, host: options.host, backlog: options.backlog, reusePort: options.reusePort)
        }
    }

    private func attach(to server: HTTPServer) {
        server.webSocketServers.append(self)
        source = .shared(
            server, listening: server.on(.listening) { for listener in self.listeningListeners.due() { listener() } },
            error: server.on(.error) { self.emit($0) })
    }

    /// An HTTP server of our own has ended, or has not even begun.
    private func forget(_ server: HTTPServer) {
        server.webSocketServers = []
        source = .none
    }

    private func detach() {
        guard case .shared(let server, let listening, let error) = source else { return }
        server.webSocketServers.removeAll { $0 === self }
        server.off(.listening, listening)
        server.off(.error, error)
        source = .none
    }

    /// The HTTP server connections come from.
    var httpServer: HTTPServer? {
        switch source {
        case .own(let server), .shared(let server, _, _): server
        case .none: nil
        }
    }

    // MARK: Address

    /// Where the server listens: ``SocketAddress/host``, `family` and `port`; nil once it is closed, and for one without an
    /// HTTP server.
    public func address() -> SocketAddress? { httpServer?.address() }

    /// Whether a request is for this server: what ``ServerOptions/shouldHandle`` says, or whether it has the path.
    public func shouldHandle(_ request: IncomingMessage) -> Bool {
        options.shouldHandle?(request) ?? shouldHandle(request.url)
    }

    /// Whether the path of a request is one this server accepts.
    ///
    /// - Parameter target: path and perhaps query.
    public func shouldHandle(_ target: String) -> Bool {
        guard let path = options.path else { return true }
        return target.prefix { $0 != "?" } == path
    }

    // MARK: Closing

    /// Stops accepting connections. Those that are open stay. An HTTP server of our own is closed; `close` comes when its
    /// last connection has ended. Somebody else's goes on without us; `close` comes when the last of the clients has
    /// gone, or at once if they are not tracked.
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
            if case .own(let server) = source {
                server.close { _ in self.closed() }
            } else {
                detach()
                closeIfIdle()
            }
        }
    }

    private func closeIfIdle() {
        guard clients?.isEmpty ?? true else { return }
        loop.nextTick { self.closed() }
    }

    private func closed() {
        guard state == .closing else { return }
        state = .closed
        if case .own(let server) = source { forget(server) }
        for listener in closeListeners.due() { listener() }
    }

    // MARK: Connections

    /// Where a socket that came over this stream belongs.
    func home(of stream: Socket) -> SocketHome {
        if let lastHome, lastHome.http === stream.server { return lastHome }
        let home = SocketHome(self, stream.server)
        lastHome = home
        return home
    }

    /// An agreement in the form sockets share; nil if nothing was agreed.
    func share(_ agreement: Agreement) -> AgreementBox? {
        if agreement == Agreement() { return nil }
        if let lastAgreement, lastAgreement.value == agreement { return lastAgreement }
        lastAgreement = AgreementBox(agreement)
        return lastAgreement
    }

    func add(_ socket: WebSocket) {
        clients?.insert(socket)
    }

    func remove(_ socket: WebSocket) {
        guard clients?.remove(socket) != nil, state == .closing else { return }
        if case .none = source { closeIfIdle() }
    }

    /// Tells the listeners of `connection` of a socket: to be called by who has upgraded it with
    /// ``handleUpgrade(_:_:_:_:)``.
    ///
    /// - Parameter extra: something for listeners with a third argument: the user that was recognised, say.
    public func emit(
        _ event: Event<WebSocketServer, (WebSocket, IncomingMessage) -> Void>, _ socket: WebSocket,
        _ request: IncomingMessage, _ extra: Any? = nil
    ) {
        connected(socket, request, extra)
    }

    func connected(_ socket: WebSocket, _ request: IncomingMessage, _ extra: Any?) {
        for listener in connectionListeners.due() { listener(socket, request, extra) }
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

extension Event where Emitter == WebSocketServer, Listener == () -> Void {
    /// The server listens.
    public static var listening: Event { Event(\.listeningListeners) }

    /// The server has stopped, and its last connection has ended.
    public static var close: Event { Event(\.closeListeners) }
}

extension Event where Emitter == WebSocketServer, Listener == (WebSocket, IncomingMessage) -> Void {
    /// A client has connected: its socket, which is open, and its request.
    public static var connection: Event {
        Event(\.connectionListeners) { listener in { socket, request, _ in listener(socket, request) } }
    }
}

extension Event where Emitter == WebSocketServer, Listener == (WebSocket, IncomingMessage, Any?) -> Void {
    // Without a listener to tell the two apart, as in `off`, the other is meant; they share their listeners.
    /// A client has connected: its socket, its request, and what was given to `emit` with them.
    @_disfavoredOverload public static var connection: Event { Event(\.connectionListeners) }
}

extension Event where Emitter == WebSocketServer, Listener == (WebSocketError, Socket, IncomingMessage) -> Void {
    /// A request asks for an upgrade in a way that breaks the rules of the handshake. With a listener it is the listener
    /// that has to answer and close the socket; without, the right error response is sent.
    public static var wsClientError: Event { Event(\.clientErrorListeners) }
}

extension Event where Emitter == WebSocketServer, Listener == (inout [String], IncomingMessage) -> Void {
    /// The head of the answer is about to be written: its lines, which may be added to, and the request.
    public static var headers: Event { Event(\.headersListeners) }
}

extension Event where Emitter == WebSocketServer, Listener == (WebSocketError) -> Void {
    /// The server cannot listen.
    public static var error: Event { Event(\.errorListeners) }
}
