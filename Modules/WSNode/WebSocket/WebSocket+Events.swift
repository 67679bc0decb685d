public import WSConnection
public import WSFrame
import WSHandshake

extension Event where Emitter == WebSocket, Listener == () -> Void {
    /// The connection is open.
    public static var open: Event { Event(\.openListeners) }

    /// What was queued past the high-water mark has been written.
    public static var drain: Event { Event(\.drainListeners) }
}

extension Event where Emitter == WebSocket, Listener == (Message, Bool) -> Void {
    // Without a listener to tell the two apart, as in `off`, the other is meant; they share their listeners.
    /// A message, and whether it is binary.
    @_disfavoredOverload public static var message: Event {
        Event(\.messageListeners) { listener in { listener($0, $0.isBinary) } }
    }
}

extension Event where Emitter == WebSocket, Listener == (Message) -> Void {
    /// A message.
    public static var message: Event { Event(\.messageListeners) }
}

extension Event where Emitter == WebSocket, Listener == (Bytes) -> Void {
    /// A ping; it has been answered.
    public static var ping: Event { Event(\.pingListeners) }

    /// A pong.
    public static var pong: Event { Event(\.pongListeners) }
}

extension Event where Emitter == WebSocket, Listener == (CloseCode, Bytes) -> Void {
    /// The connection has ended: the code and the reason of the peer's close frame, 1005 if it had no code, 1006 if there
    /// was no close frame. Exactly once, the last of all events.
    public static var close: Event { Event(\.closeListeners) }
}

extension Event where Emitter == WebSocket, Listener == (WebSocketError) -> Void {
    /// Something went wrong; `close` follows. Without a listener, the error is reported on standard error.
    public static var error: Event { Event(\.errorListeners) }
}

extension Event where Emitter == WebSocket, Listener == (IncomingResponse) -> Void {
    /// A client's server has answered with 101. Nothing of the answer was checked yet.
    public static var upgrade: Event { Event(\.upgradeListeners) }

    /// A client's server has answered with something other than 101. With a listener there is no `error`; the socket
    /// closes when the answer's body has been read.
    @_disfavoredOverload public static var unexpectedResponse: Event {
        Event(\.unexpectedResponseListeners) { listener in { listener($0.1) } }
    }
}

extension Event where Emitter == WebSocket, Listener == (OutgoingRequest, IncomingResponse) -> Void {
    /// The same, with the request that was answered.
    public static var unexpectedResponse: Event {
        Event(\.unexpectedResponseListeners) { listener in { listener($0.0, $0.1) } }
    }
}

extension Event where Emitter == WebSocket, Listener == (String, OutgoingRequest) -> Void {
    /// A client's server has sent it elsewhere: the new address, and the request, which has not been sent yet.
    public static var redirect: Event { Event(\.redirectListeners) { listener in { listener($0.0, $0.1) } } }
}
