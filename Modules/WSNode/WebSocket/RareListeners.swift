import WSConnection

/// The listeners that most sockets do not have, made when the first is added, so that ten thousand idle sockets are small.
final class RareListeners {
    var open = ListenerList<() -> Void>()
    var ping = ListenerList<(Bytes) -> Void>()
    var pong = ListenerList<(Bytes) -> Void>()
    var drain = ListenerList<() -> Void>()
    var upgrade = ListenerList<(IncomingResponse) -> Void>()
    var redirect = ListenerList<((String, OutgoingRequest)) -> Void>()
    var unexpectedResponse = ListenerList<((OutgoingRequest, IncomingResponse)) -> Void>()
    var eventTarget: EventTarget?

    func forgetHandshake() {
        let removed = (upgrade.takeAll(), redirect.takeAll(), unexpectedResponse.takeAll())
        withExtendedLifetime(removed) {}
    }
}

extension WebSocket {
    private var madeRareListeners: RareListeners {
        let listeners = rareListeners ?? RareListeners()
        rareListeners = listeners
        return listeners
    }

    var openListeners: ListenerList<() -> Void> {
        get { rareListeners?.open ?? ListenerList() }
        set { madeRareListeners.open = newValue }
    }

    var pingListeners: ListenerList<(Bytes) -> Void> {
        get { rareListeners?.ping ?? ListenerList() }
        set { madeRareListeners.ping = newValue }
    }

    var pongListeners: ListenerList<(Bytes) -> Void> {
        get { rareListeners?.pong ?? ListenerList() }
        set { madeRareListeners.pong = newValue }
    }

    var drainListeners: ListenerList<() -> Void> {
        get { rareListeners?.drain ?? ListenerList() }
        set { madeRareListeners.drain = newValue }
    }

    var upgradeListeners: ListenerList<(IncomingResponse) -> Void> {
        get { rareListeners?.upgrade ?? ListenerList() }
        set { madeRareListeners.upgrade = newValue }
    }

    var redirectListeners: ListenerList<((String, OutgoingRequest)) -> Void> {
        get { rareListeners?.redirect ?? ListenerList() }
        set { madeRareListeners.redirect = newValue }
    }

    var unexpectedResponseListeners: ListenerList<((OutgoingRequest, IncomingResponse)) -> Void> {
        get { rareListeners?.unexpectedResponse ?? ListenerList() }
        set { madeRareListeners.unexpectedResponse = newValue }
    }

    /// What was added to the listeners as the API of browsers does it.
    var eventTarget: EventTarget {
        if let made = madeRareListeners.eventTarget { return made }
        let made = EventTarget()
        madeRareListeners.eventTarget = made
        return made
    }

    /// Calls the listeners of a rare event.
    func emit(_ list: ReferenceWritableKeyPath<RareListeners, ListenerList<() -> Void>>) {
        guard let rareListeners else { return }
        for listener in rareListeners[keyPath: list].due() { listener() }
    }

    /// Calls the listeners of a rare event.
    func emit<Value>(_ list: ReferenceWritableKeyPath<RareListeners, ListenerList<(Value) -> Void>>, _ value: Value) {
        guard let rareListeners else { return }
        for listener in rareListeners[keyPath: list].due() { listener(value) }
    }
}
