public import WSConnection

extension Event where Emitter == IncomingMessage, Listener == (Bytes) -> Void {
    /// A piece of the body.
    public static var data: Event { Event(\.dataListeners) }
}

extension Event where Emitter == IncomingMessage, Listener == () -> Void {
    /// The body has come to its end.
    public static var end: Event { Event(\.endListeners) }

    /// The request was not received to its end, and will not be.
    public static var aborted: Event { Event(\.abortedListeners) }

    /// The response was written, or the connection has ended. The last of all events; not for an upgrade.
    public static var close: Event { Event(\.closeListeners) }
}
