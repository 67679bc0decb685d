// The face that sockets have in browsers. Its listeners and those of `on` are called in the order they were added.
extension WebSocket {
    /// Calls the listener each time the event happens.
    ///
    /// - Parameter once: whether it is removed when it is called.
    /// - Returns: what ``removeEventListener(_:_:)-(EventType<Received>,EventListener<Received>)`` takes.
    @discardableResult
    public func addEventListener<Received>(
        _ type: EventType<Received>, once: Bool = false, _ listener: @escaping (Received) -> Void
    ) -> EventListener<Received> {
        let listener = EventListener(listener)
        addEventListener(type, listener, once: once)
        return listener
    }

    /// Calls the listener each time the event happens. Does nothing if it is there already.
    ///
    /// - Parameter once: whether it is removed when it is called.
    public func addEventListener<Received>(
        _ type: EventType<Received>, _ listener: EventListener<Received>, once: Bool = false
    ) {
        add(listener, for: type, once: once, listener.handle)
    }

    /// Calls the object each time the event happens. Does nothing if it is there already.
    ///
    /// - Parameter once: whether it is removed when it is called.
    public func addEventListener<Received>(
        _ type: EventType<Received>, _ object: any EventListenerObject, once: Bool = false
    ) {
        add(object, for: type, once: once) { object.handleEvent($0) }
    }

    /// Removes what ``addEventListener(_:_:once:)-(EventType<Received>,EventListener<Received>,_)`` has added, and nothing
    /// else.
    public func removeEventListener<Received>(_ type: EventType<Received>, _ listener: EventListener<Received>) {
        remove(listener, for: type)
    }

    /// Removes what ``addEventListener(_:_:once:)-(EventType<Received>,EventListenerObject,_)`` has added, and nothing else.
    public func removeEventListener<Received>(_ type: EventType<Received>, _ object: any EventListenerObject) {
        remove(object, for: type)
    }

    /// The listener for `open` that is set here; a new one takes its place, behind the other listeners.
    public var onopen: ((SocketEvent) -> Void)? {
        get { handler(of: .open) }
        set { setHandler(newValue, of: .open) }
    }

    /// The listener for `message` that is set here; a new one takes its place, behind the other listeners.
    public var onmessage: ((MessageEvent) -> Void)? {
        get { handler(of: .message) }
        set { setHandler(newValue, of: .message) }
    }

    /// The listener for `close` that is set here; a new one takes its place, behind the other listeners.
    public var onclose: ((CloseEvent) -> Void)? {
        get { handler(of: .close) }
        set { setHandler(newValue, of: .close) }
    }

    /// The listener for `error` that is set here; a new one takes its place, behind the other listeners.
    public var onerror: ((ErrorEvent) -> Void)? {
        get { handler(of: .error) }
        set { setHandler(newValue, of: .error) }
    }

    // MARK: Listeners

    private func add<Received>(
        _ listener: AnyObject, for type: EventType<Received>, once: Bool, _ handle: @escaping (Received) -> Void
    ) {
        if let subscription = eventTarget.subscription(of: listener, for: type.name) {
            if type.has(self, subscription) { return }
            // It went with all others.
            eventTarget.forget(listener, for: type.name)
        }
        let subscription =
            if once {
                type.add(self, .once) { [weak self] received in
                    // A socket may hear of a thousand listeners, each for one message.
                    self?.eventTarget.forget(listener, for: type.name)
                    handle(received)
                }
            } else {
                type.add(self, [], handle)
            }
        eventTarget.add(listener, for: type.name, subscription)
    }

    private func remove<Received>(_ listener: AnyObject, for type: EventType<Received>) {
        guard let subscription = eventTarget.subscription(of: listener, for: type.name) else { return }
        eventTarget.forget(listener, for: type.name)
        type.remove(self, subscription)
    }

    private func handler<Received>(of type: EventType<Received>) -> ((Received) -> Void)? {
        guard let slot = rareListeners?.eventTarget?[keyPath: type.slot], type.has(self, slot.subscription) else {
            return nil
        }
        return slot.handler
    }

    private func setHandler<Received>(_ handler: ((Received) -> Void)?, of type: EventType<Received>) {
        if let slot = eventTarget[keyPath: type.slot] {
            eventTarget[keyPath: type.slot] = nil
            type.remove(self, slot.subscription)
        }
        guard let handler else { return }
        eventTarget[keyPath: type.slot] = .init(handler: handler, subscription: type.add(self, [], handler))
    }
}
