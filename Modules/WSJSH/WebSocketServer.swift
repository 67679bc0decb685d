public import WSNode

/// A WebSocket server as the JSH runtime has it: it takes the upgrade requests of an HTTP server for one path.
///
///     let server = HTTPServer()
///     let wss = try WebSocketServer(.init(server: server, path: "/ws"))
///     wss.on(.connection) { socket, request in socket.send("Hello, \(request.query("name"))") }
///     try server.listen(port: 8080)
public final class WebSocketServer: Emitter {
    /// What a server is made with.
    public struct Options {
        /// The HTTP server whose requests to take.
        public var server: HTTPServer?
        /// The path to take, compared exactly.
        public var path = "/"
        /// Whether ``WebSocketServer/clients`` is kept.
        public var clientTracking = true
        /// Decides whether a client may connect: only `false` refuses it.
        public var verifyClient: ((ClientInfo) -> Bool?)?
        /// Chooses among the subprotocols the client offers, which may be none; nil for none.
        public var handleProtocols: (([String], Request) -> String?)?

        /// Options with every default but these.
        public init(server: HTTPServer?, path: String = "/") {
            self.server = server
            self.path = path
        }
    }

    /// What is known of a client that wants to connect.
    public struct ClientInfo {
        /// The origin of the script that connects; nil for what is no browser.
        public let origin: String?
        /// The request.
        public let req: Request
    }

    /// A listener of `connection`. What it throws is told by `error`.
    public typealias ConnectionListener = (WebSocket, Request) throws -> Void

    /// The HTTP server.
    public let server: HTTPServer
    /// The path.
    public let path: String
    /// The sockets that are open; nil if they are not tracked.
    public private(set) var clients: Set<WebSocket>?

    var connectionListeners: [ConnectionListener] = []
    var errorListeners: [(WebSocketError) -> Void] = []
    var closeListeners: [() -> Void] = []
    private let loop: EventLoop
    private var isClosed = false

    /// A server of a path of an HTTP server. Several may share one, with a path each.
    ///
    /// - Throws: a TypeError if there is no HTTP server.
    public init(_ options: Options) throws(WebSocketError) {
        guard let server = options.server else {
            throw .type("WebSocketServer requires an http.Server instance")
        }
        self.server = server
        path = options.path
        clients = options.clientTracking ? [] : nil
        loop = server.loop
        let sockets: WSNode.WebSocketServer
        do throws(WSNode.WebSocketError) {
            sockets = try WSNode.WebSocketServer(server: server, path: path, options: Self.adapt(options))
        } catch {
            throw WebSocketError(error)
        }
        sockets.on(.connection) { [self] socket, message in accept(socket, Request(message)) }
        sockets.on(.error) { [self] error in emit(WebSocketError(error)) }
        server.plainAnswers[path] = { _, response in
            response.statusCode = 400
            response.end("websocket upgrade required")
        }
        // Other paths are the HTTP server's business, which knows none of them for upgrades.
        server.answerToUnknownUpgrade = HandshakeRefusal(status: 404)
    }

    /// A server made of a value whose type is not known before.
    ///
    /// - Parameter options: ``Options``, or a dictionary with `server` and perhaps `path` and `clientTracking`.
    /// - Throws: a TypeError for anything else, and if there is no HTTP server.
    public convenience init(arguments options: Any?) throws(WebSocketError) {
        if let options = options as? Options {
            try self.init(options)
            return
        }
        guard let members = options as? [String: Any] else {
            throw .type("WebSocketServer options must be an object")
        }
        var options = Options(server: members["server"] as? HTTPServer)
        options.path = members["path"] as? String ?? "/"
        options.clientTracking = members["clientTracking"] as? Bool ?? true
        try self.init(options)
    }

    /// The options in the words of the server below.
    private static func adapt(_ options: Options) -> WSNode.ServerOptions {
        WSNode.ServerOptions {
            $0.clientTracking = false
            let (verify, choose) = (options.verifyClient, options.handleProtocols)
            $0.handleProtocols = { names, message in choose?(names, Request(message)) }
            $0.verifyClient = .completion { info, decide in
                let request = Request(info.req)
                if verify?(ClientInfo(origin: info.origin, req: request)) == false {
                    return decide(.refuse(403, "websocket upgrade rejected"))
                }
                // Here even a client that offers none is asked about.
                if !request.hasHeader("Sec-WebSocket-Protocol") { _ = choose?([], request) }
                decide(true)
            }
        }
    }

    private func accept(_ accepted: WSNode.WebSocket, _ request: Request) {
        let socket = WebSocket(accepted: accepted, url: request.url, on: loop)
        if isClosed { return socket.close() }
        clients?.insert(socket)
        socket.on(.close) { [weak self, unowned socket] in self?.clients?.remove(socket) }
        for listener in connectionListeners {
            do {
                try listener(socket, request)
            } catch {
                emit(WebSocketError(error))
            }
        }
        socket.emitOpen()
    }

    private func emit(_ error: WebSocketError) {
        guard !errorListeners.isEmpty else { return loop.report("\(error)") }
        for listener in errorListeners { listener(error) }
    }

    /// Closes all sockets that are tracked; those that connect from now on are closed at once.
    ///
    /// - Parameter completion: called after `close`.
    public func close(_ completion: (() -> Void)? = nil) {
        isClosed = true
        let open = clients ?? []
        if clients != nil { clients = [] }
        for socket in open { socket.close() }
        for listener in closeListeners { listener() }
        completion?()
    }
}

extension WebSocket: Hashable {
    /// Whether both are the same socket.
    public static func == (left: WebSocket, right: WebSocket) -> Bool { left === right }

    /// Hashes the identity.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension Event where Source == WebSocketServer, Listener == WebSocketServer.ConnectionListener {
    /// A client has connected: its socket, which is open, and its request. `open` of the socket comes next.
    public static var connection: Event { Event(listeners: \.connectionListeners) }
}

extension Event where Source == WebSocketServer, Listener == (WebSocketError) -> Void {
    /// Something went wrong: the HTTP server cannot listen, or a listener has thrown.
    public static var error: Event { Event(listeners: \.errorListeners) }
}

extension Event where Source == WebSocketServer, Listener == () -> Void {
    /// The server was closed.
    public static var close: Event { Event(listeners: \.closeListeners) }
}
