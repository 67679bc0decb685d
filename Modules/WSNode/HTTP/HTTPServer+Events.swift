public import WSConnection

extension Event where Emitter == HTTPServer, Listener == (IncomingMessage, ServerResponse) throws -> Void {
    /// A request's head has arrived. Without a listener, requests are answered with 404.
    public static var request: Event { Event(\.requestListeners) }

    /// A request waits with its body until it hears ``ServerResponse/writeContinue()``. Without a listener it is told so at
    /// once, and comes as `request`.
    public static var checkContinue: Event { Event(\.checkContinueListeners) }
}

extension Event where Emitter == HTTPServer, Listener == (IncomingMessage, Socket, Bytes) -> Void {
    /// A request asks for another protocol, and no ``WebSocketServer`` of this server takes its path: the request, its
    /// connection, which is the listener's from now on, and what came behind the request. Without a listener and without
    /// WebSocket servers, it is an ordinary request.
    public static var upgrade: Event { Event(\.upgradeListeners) }
}

extension Event where Emitter == HTTPServer, Listener == (Socket) -> Void {
    /// A peer has connected.
    public static var connection: Event { Event(\.connectionListeners) }
}

extension Event where Emitter == HTTPServer, Listener == (WebSocketError, Socket) -> Void {
    /// A peer sent something that is no request, or not in time. With a listener it is the listener that has to answer and
    /// close the socket; without, the right error response is sent.
    public static var clientError: Event { Event(\.clientErrorListeners) }
}

extension Event where Emitter == HTTPServer, Listener == () -> Void {
    /// The server listens.
    public static var listening: Event { Event(\.listeningListeners) }

    /// The server has stopped, and its last connection has ended.
    public static var close: Event { Event(\.closeListeners) }
}

extension Event where Emitter == HTTPServer, Listener == (WebSocketError) -> Void {
    /// The server cannot listen.
    public static var error: Event { Event(\.errorListeners) }
}
