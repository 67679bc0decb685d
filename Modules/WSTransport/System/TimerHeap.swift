/// Things to be done at a time: the earliest first, and those of the same time in the order they were put in. There
/// is no way to take one out: who no longer needs it ignores the call.
struct TimerHeap<Element> {
    private struct Entry {
        var deadline: Duration
        /// The order of entry.
        var number: UInt64
        var element: Element

        static func < (left: Entry, right: Entry) -> Bool {
            left.deadline < right.deadline || left.deadline == right.deadline && left.number < right.number
        }
    }

    private var entries: [Entry] = []
    private var nextNumber: UInt64 = 0

    /// When the next one is due.
    var earliest: Duration? {
        entries.first?.deadline
    }

    /// Adds one. O(log n).
    mutating func insert(_ element: Element, at deadline: Duration) {
        entries.append(Entry(deadline: deadline, number: nextNumber, element: element))
        nextNumber += 1
        var index = entries.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            if entries[parent] < entries[index] { break }
            entries.swapAt(parent, index)
            index = parent
        }
    }

    /// Takes one that is due, nil if none is. O(log n).
    mutating func popDue(at now: Duration) -> Element? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        let last = entries.count - 1
        entries.swapAt(0, last)
        entries.removeLast()
        var index = 0
        while true {
            var least = index
            for child in (2 * index + 1)...(2 * index + 2) where child < last {
                if entries[child] < entries[least] { least = child }
            }
            if least == index { return first.element }
            entries.swapAt(index, least)
            index = least
        }
    }

    /// Drops them all.
    mutating func removeAll() {
        entries.removeAll()
    }
}
