internal import Synchronization

/// An event of an emitter, with the type of its listeners: `.message` of a ``WebSocket`` takes
/// `(Message, Bool) -> Void`, or `(Message) -> Void`. The names are Node's.
public struct Event<Emitter: EventEmitter, Listener> {
    let add: (Emitter, Listener, ListenerPlace) -> Subscription
    let remove: (Emitter, Subscription) -> Bool
    let removeAll: (Emitter) -> Void
    let count: (Emitter) -> Int

    /// An event whose listeners are kept in `list`, in the form in which they are called.
    ///
    /// - Parameter adapt: makes that form of a listener.
    init<Function>(
        _ list: ReferenceWritableKeyPath<Emitter, ListenerList<Function>>, adapt: @escaping (Listener) -> Function
    ) {
        add = { $0[keyPath: list].add(adapt($1), at: $2) }
        // What was removed is kept in a name, so that it goes when the list is no longer being changed.
        remove = { emitter, subscription in
            let removed = emitter[keyPath: list].take(subscription)
            return withExtendedLifetime(removed) { removed != nil }
        }
        removeAll = { emitter in
            let removed = emitter[keyPath: list].takeAll()
            withExtendedLifetime(removed) {}
        }
        count = { $0[keyPath: list].count }
    }

    /// An event whose listeners are called as they are.
    init(_ list: ReferenceWritableKeyPath<Emitter, ListenerList<Listener>>) {
        self.init(list) { $0 }
    }
}

/// Where a listener goes, and for how long.
struct ListenerPlace: OptionSet {
    let rawValue: UInt8
    /// Before the listeners that are there, instead of after them.
    static let first = ListenerPlace(rawValue: 1)
    /// Removed when it is called.
    static let once = ListenerPlace(rawValue: 2)
}

/// A listener that was added, for removing it: Swift's closures have no identity of their own.
public struct Subscription: Sendable, Hashable {
    let id: UInt64

    private static let last = Atomic<UInt64>(0)

    /// A subscription unlike any other in the process.
    static func next() -> Subscription {
        Subscription(id: last.add(1, ordering: .relaxed).newValue)
    }
}
