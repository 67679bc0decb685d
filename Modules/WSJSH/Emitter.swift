/// Something that calls listeners when things happen to it.
public protocol Emitter: AnyObject {}

extension Emitter {
    /// Calls the listener each time the event happens, after those added before. Added twice, it is called twice.
    public func on<Listener>(_ event: Event<Self, Listener>, _ listener: Listener) {
        self[keyPath: event.listeners].append(listener)
    }

    /// The same as ``on(_:_:)``.
    public func addListener<Listener>(_ event: Event<Self, Listener>, _ listener: Listener) {
        on(event, listener)
    }
}

/// An event of an emitter, with the type of its listeners.
public struct Event<Source: Emitter, Listener> {
    let listeners: ReferenceWritableKeyPath<Source, [Listener]>
}
