/// Things to be done at a time: the earliest first, and those of the same time in the order they were put in. There
/// is no way to take one out: who no longer needs it ignores the call.
struct TimerHeap<Element> {
    /// What is moved about: numbers only, as moving an element would count its references up and down at each step.
    private struct Key {
        var deadline: Duration
        /// The order of entry.
        var number: UInt64
        /// Where the element stands.
        var place: Int

        static func < (left: Key, right: Key) -> Bool {
            left.deadline < right.deadline || left.deadline == right.deadline && left.number < right.number
        }
    }

    private var keys: [Key] = []
    private var elements: [Element?] = []
    /// The places of elements that were taken.
    private var freePlaces: [Int] = []
    private var nextNumber: UInt64 = 0

    /// When the next one is due.
    var earliest: Duration? {
        keys.first?.deadline
    }

    /// Adds one. O(log n).
    mutating func insert(_ element: Element, at deadline: Duration) {
        let key = Key(deadline: deadline, number: nextNumber, place: freePlaces.popLast() ?? elements.count)
        nextNumber += 1
        if key.place < elements.count { elements[key.place] = element } else { elements.append(element) }
        keys.append(key)
        var index = keys.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            if keys[parent] < key { break }
            keys[index] = keys[parent]
            index = parent
        }
        keys[index] = key
    }

    /// Takes one that is due, nil if none is. O(log n).
    mutating func popDue(at now: Duration) -> Element? {
        guard let first = keys.first, first.deadline <= now else { return nil }
        removeFirst()
        freePlaces.append(first.place)
        return elements[first.place].take()
    }

    private mutating func removeFirst() {
        let moved = keys.removeLast()
        guard !keys.isEmpty else { return }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < keys.count else { break }
            if child + 1 < keys.count, keys[child + 1] < keys[child] { child += 1 }
            guard keys[child] < moved else { break }
            keys[index] = keys[child]
            index = child
        }
        keys[index] = moved
    }

    /// Drops them all.
    mutating func removeAll() {
        keys = []
        elements = []
        freePlaces = []
    }
}
