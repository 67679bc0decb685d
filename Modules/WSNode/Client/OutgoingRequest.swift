public import WSHandshake

/// The request of a client's opening handshake, shown to ``ClientOptions/finishRequest`` and by the event `redirect` before
/// it is sent.
public final class OutgoingRequest {
    private var handshake: ClientHandshake
    private weak var socket: WebSocket?
    private var isSent = false

    init(_ handshake: ClientHandshake, of socket: WebSocket) {
        self.handshake = handshake
        self.socket = socket
    }

    /// The method; always `GET`.
    public var method: String { handshake.request.method }

    /// The path and the query.
    public var path: String { handshake.request.target }

    /// What the field Host says.
    public var host: String { getHeader("Host") ?? "" }

    /// The fields, in order.
    public var headers: HeaderFields { handshake.request.fields }

    /// The value of a field, whatever the letter case of its name.
    public func getHeader(_ name: String) -> String? { handshake.request.fields[name] }

    /// Gives a field a value.
    ///
    /// - Throws: a TypeError for a field that cannot be written or is part of the handshake itself; an Error once the request
    ///   was sent.
    public func setHeader(_ name: String, _ value: String) throws(WebSocketError) {
        guard !isSent else {
            throw WebSocketError(
                "Cannot set headers after they are sent to the client", code: "ERR_HTTP_HEADERS_SENT")
        }
        do throws(HandshakeMisuse) {
            try handshake.setField(name, to: value)
        } catch {
            throw WebSocketError(error)
        }
    }

    /// Removes a field. The handshake's own and Host stay, and once the request was sent, so do all.
    public func removeHeader(_ name: String) {
        if !isSent { handshake.removeField(name) }
    }

    /// Sends the request. To be called by ``ClientOptions/finishRequest``; otherwise it is done already.
    public func end() {
        guard !isSent, let socket, isCurrent else { return }
        isSent = true
        socket.driver.connection.begin(handshake, negotiation: socket.clientFacts?.plan?.negotiator?.conclude)
        socket.driver.needsSettling()
    }

    /// Gives the attempt up: the error `socket hang up`, then `close`; without an error once an unexpected response is being
    /// read.
    public func destroy() {
        guard let socket, isCurrent else { return }
        if let response = socket.clientFacts?.response {
            response.destroy()
        } else if socket.readyState == .connecting {
            socket.giveUp(with: WebSocketError("socket hang up", code: "ECONNRESET"))
        }
    }

    /// The same as ``destroy()``.
    public func abort() { destroy() }

    /// Whether the socket has not gone on to another request, or further.
    private var isCurrent: Bool { socket?.clientFacts?.request === self }
}
