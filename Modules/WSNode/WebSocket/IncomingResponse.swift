public import WSConnection
public import WSHandshake

/// A server's answer to a client's opening handshake.
public final class IncomingResponse: EventEmitter {
    /// The status, such as 101.
    public let statusCode: Int
    /// The reason phrase.
    public let statusMessage: String
    /// The fields, in order.
    public let headers: HeaderFields
    /// Whether the body has arrived to its end.
    public private(set) var complete = false

    var dataListeners = ListenerList<(Bytes) -> Void>()
    var endListeners = ListenerList<() -> Void>()

    private var body: ResponseBody
    private weak var socket: WebSocket?

    init(_ head: ResponseHead, of socket: WebSocket) {
        statusCode = head.status
        statusMessage = head.reason
        headers = head.fields
        body = ResponseBody(after: head)
        self.socket = socket
    }

    /// Reads no more of the body and gives the connection up: `end`, then the socket's `close`, without an error.
    public func destroy() {
        guard let socket, socket.clientFacts?.response === self else { return }
        socket.responseEnded()
    }

    /// What has arrived behind the head. Answers whether that is all.
    func receive(_ bytes: Bytes) -> Bool {
        var rest = bytes
        while let piece = body.next(in: &rest) {
            for listener in dataListeners.due() { listener(piece) }
        }
        return body.isFinished
    }

    /// Nothing more will come.
    func end() {
        complete = body.end()
        for listener in endListeners.due() { listener() }
        let removed = (dataListeners.takeAll(), endListeners.takeAll())
        withExtendedLifetime(removed) {}
    }
}

extension Event where Emitter == IncomingResponse, Listener == (Bytes) -> Void {
    /// A piece of the body.
    public static var data: Event { Event(\.dataListeners) }
}

extension Event where Emitter == IncomingResponse, Listener == () -> Void {
    /// The body has ended, or no more of it will come: see ``IncomingResponse/complete``.
    public static var end: Event { Event(\.endListeners) }
}
