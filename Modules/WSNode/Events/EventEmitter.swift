/// Something that calls listeners when things happen to it, with the methods of Node's emitters.
///
///     socket.on(.message) { data, isBinary in print(data.text) }
public protocol EventEmitter: AnyObject {}

extension EventEmitter {
    /// Calls the listener each time the event happens, after the listeners added before.
    ///
    /// - Returns: what ``off(_:_:)`` takes to remove it.
    @discardableResult
    public func on<Listener>(_ event: Event<Self, Listener>, _ listener: Listener) -> Subscription {
        event.add(self, listener, [])
    }

    /// The same as ``on(_:_:)``.
    @discardableResult
    public func addListener<Listener>(_ event: Event<Self, Listener>, _ listener: Listener) -> Subscription {
        event.add(self, listener, [])
    }

    /// Calls the listener the next time the event happens, and not again.
    @discardableResult
    public func once<Listener>(_ event: Event<Self, Listener>, _ listener: Listener) -> Subscription {
        event.add(self, listener, .once)
    }

    /// As ``on(_:_:)``, before the listeners that are there.
    @discardableResult
    public func prependListener<Listener>(_ event: Event<Self, Listener>, _ listener: Listener) -> Subscription {
        event.add(self, listener, .first)
    }

    /// As ``once(_:_:)``, before the listeners that are there.
    @discardableResult
    public func prependOnceListener<Listener>(_ event: Event<Self, Listener>, _ listener: Listener) -> Subscription {
        event.add(self, listener, [.first, .once])
    }

    /// Removes a listener.
    ///
    /// - Returns: whether it was there.
    @discardableResult
    public func off<Listener>(_ event: Event<Self, Listener>, _ subscription: Subscription) -> Bool {
        event.remove(self, subscription)
    }

    /// The same as ``off(_:_:)``.
    @discardableResult
    public func removeListener<Listener>(_ event: Event<Self, Listener>, _ subscription: Subscription) -> Bool {
        event.remove(self, subscription)
    }

    /// Removes all listeners of an event.
    public func removeAllListeners<Listener>(_ event: Event<Self, Listener>) {
        event.removeAll(self)
    }

    /// How many listeners an event has.
    public func listenerCount<Listener>(_ event: Event<Self, Listener>) -> Int {
        event.count(self)
    }
}
