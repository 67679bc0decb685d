/// What `addEventListener` and the `on…` properties have added to the listeners of a socket.
final class EventTarget {
    /// An `on…` property that is set.
    struct Slot<Received> {
        let handler: (Received) -> Void
        let subscription: Subscription
    }

    /// A listener that `addEventListener` has added.
    private struct Entry {
        let type: String
        /// What the listener is recognised by; held, so that nothing else can take its place.
        let listener: AnyObject
        let subscription: Subscription
    }

    var open: Slot<SocketEvent>?
    var message: Slot<MessageEvent>?
    var close: Slot<CloseEvent>?
    var error: Slot<ErrorEvent>?
    private var entries: [Entry] = []

    func subscription(of listener: AnyObject, for type: String) -> Subscription? {
        entries.first { $0.listener === listener && $0.type == type }?.subscription
    }

    func add(_ listener: AnyObject, for type: String, _ subscription: Subscription) {
        entries.append(Entry(type: type, listener: listener, subscription: subscription))
    }

    func forget(_ listener: AnyObject, for type: String) {
        entries.removeAll { $0.listener === listener && $0.type == type }
    }

    /// How many listeners `addEventListener` has added that are still there.
    var listenerCount: Int { entries.count }
}
