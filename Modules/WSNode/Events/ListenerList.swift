/// The listeners of one event of one emitter, in the order in which they are called. Empty, it is one word.
struct ListenerList<Function> {
    private struct Entry {
        /// The subscription's id, and in its lowest bit whether the listener is for one call: an entry is three words, and
        /// every connection has some.
        private var idAndOnce: UInt64
        var function: Function

        var subscription: Subscription { Subscription(id: idAndOnce >> 1) }
        var isOnce: Bool { idAndOnce & 1 == 1 }

        init(subscription: Subscription, isOnce: Bool, function: Function) {
            idAndOnce = subscription.id << 1 | (isOnce ? 1 : 0)
            self.function = function
        }
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ function: Function, at place: ListenerPlace) -> Subscription {
        let subscription = Subscription.next()
        let entry = Entry(subscription: subscription, isOnce: place.contains(.once), function: function)
        if entries.isEmpty { entries.reserveCapacity(1) }
        entries.insert(entry, at: place.contains(.first) ? 0 : entries.count)
        return subscription
    }

    func contains(_ subscription: Subscription) -> Bool {
        entries.contains { $0.subscription == subscription }
    }

    // What a listener refers to may go with it, and use the emitter when it does. So removed listeners are handed out, for
    // the caller to let go of when this list is not being changed any more.

    /// Takes out a listener.
    mutating func take(_ subscription: Subscription) -> Function? {
        guard let index = entries.firstIndex(where: { $0.subscription == subscription }) else { return nil }
        return entries.remove(at: index).function
    }

    /// Takes out all listeners.
    mutating func takeAll() -> ListenerList {
        let all = self
        entries = []
        return all
    }

    /// The listener, where there is just one and it stays: the usual case, and no copy.
    @inline(__always)
    var only: Function? {
        entries.count == 1 && !entries[0].isOnce ? entries[0].function : nil
    }

    /// The listeners to call now. Those added while they run are not among them, those removed while they run still
    /// are, as in Node; those for one call are gone from the list.
    mutating func due() -> [Function] {
        let due = entries.map(\.function)
        if entries.contains(where: \.isOnce) { entries.removeAll(where: \.isOnce) }
        return due
    }
}
