extension Event where Emitter == ServerResponse, Listener == () -> Void {
    /// The response was written to its end.
    public static var finish: Event { Event(\.finishListeners) }

    /// What was queued past the high-water mark has been written.
    public static var drain: Event { Event(\.drainListeners) }

    /// The response was written to its end, or the connection has ended before that. The last of all events.
    public static var close: Event { Event(\.closeListeners) }
}
