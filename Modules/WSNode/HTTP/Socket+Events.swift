public import WSConnection

extension Event where Emitter == Socket, Listener == (Bytes) -> Void {
    /// Bytes have arrived.
    public static var data: Event { Event(\.dataListeners) }
}

extension Event where Emitter == Socket, Listener == () -> Void {
    /// The peer has ended its side of the stream.
    public static var end: Event { Event(\.endListeners) }

    /// What was queued past the high-water mark has been written.
    public static var drain: Event { Event(\.drainListeners) }

    /// The stream is closed. The last of all events; not for a socket that a ``WebSocket`` has taken over.
    public static var close: Event { Event(\.closeListeners) }
}

extension Event where Emitter == Socket, Listener == (WebSocketError) -> Void {
    /// The connection was lost; `close` follows. Without a listener, the error is reported on standard error.
    public static var error: Event { Event(\.errorListeners) }
}
