/// Timers by deadline: a binary heap whose members know their place, so that a cancelled one leaves at once. Every
/// handshake arms a timer and cancels it soon after; they must not pile up until their time would have come.
struct TimerHeap {
    /// A timer with what decides its place: sifting neither follows nor counts a reference to find out.
    private struct Entry {
        let deadline: Duration
        let order: UInt64
        let timer: Timer
    }

    private var heap: [Entry] = []
    private var orders: UInt64 = 0
    private var referencedCount = 0

    var nextDeadline: Duration? { heap.first?.deadline }
    var hasReferenced: Bool { referencedCount > 0 }
    var count: Int { heap.count }

    /// The order of the timer that was scheduled last.
    var lastOrder: UInt64 { orders }

    mutating func nextOrder() -> UInt64 {
        orders &+= 1
        return orders
    }

    mutating func referenceChanged(by change: Int) {
        referencedCount += change
    }

    mutating func insert(_ timer: Timer) {
        timer.heapIndex = heap.count
        heap.append(Entry(deadline: timer.deadline, order: timer.order, timer: timer))
        if timer.isReferenced { referencedCount += 1 }
        siftUp(from: timer.heapIndex)
    }

    mutating func remove(_ timer: Timer) {
        let index = timer.heapIndex
        guard index >= 0, index < heap.count, heap[index].timer === timer else { return }
        if timer.isReferenced { referencedCount -= 1 }
        let last = heap.count - 1
        if index < last { swap(index, last) }
        heap.removeLast()
        timer.heapIndex = -1
        guard index < last else { return }
        siftDown(from: index)
        siftUp(from: index)
    }

    /// Takes out the first timer that is due, among those scheduled no later than the one of this order.
    mutating func popDue(now: Duration, upTo order: UInt64) -> Timer? {
        guard let first = heap.first, first.deadline <= now, first.order <= order else { return nil }
        remove(first.timer)
        return first.timer
    }

    /// Whether the timer at one place runs before that at another.
    private func precedes(_ first: Int, _ second: Int) -> Bool {
        let (deadline, other) = (heap[first].deadline, heap[second].deadline)
        return deadline != other ? deadline < other : heap[first].order < heap[second].order
    }

    private mutating func swap(_ first: Int, _ second: Int) {
        heap.swapAt(first, second)
        heap[first].timer.heapIndex = first
        heap[second].timer.heapIndex = second
    }

    private mutating func siftUp(from start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard precedes(index, parent) else { return }
            swap(index, parent)
            index = parent
        }
    }

    private mutating func siftDown(from start: Int) {
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, precedes(child + 1, child) { child += 1 }
            guard precedes(child, index) else { return }
            swap(child, index)
            index = child
        }
    }
}
