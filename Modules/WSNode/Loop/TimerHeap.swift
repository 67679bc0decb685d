/// Timers by deadline: a binary heap whose members know their place, so that a cancelled one leaves at once. Every
/// handshake arms a timer and cancels it soon after; they must not pile up until their time would have come.
struct TimerHeap {
    private var heap: [Timer] = []
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
        heap.append(timer)
        if timer.isReferenced { referencedCount += 1 }
        siftUp(from: timer.heapIndex)
    }

    mutating func remove(_ timer: Timer) {
        let index = timer.heapIndex
        guard index >= 0, index < heap.count, heap[index] === timer else { return }
        timer.heapIndex = -1
        if timer.isReferenced { referencedCount -= 1 }
        let last = heap.removeLast()
        guard last !== timer else { return }
        place(last, at: index)
        siftDown(from: index)
        siftUp(from: index)
    }

    /// Takes out the first timer that is due, among those scheduled no later than the one of this order.
    mutating func popDue(now: Duration, upTo order: UInt64) -> Timer? {
        guard let first = heap.first, first.deadline <= now, first.order <= order else { return nil }
        remove(first)
        return first
    }

    private mutating func place(_ timer: Timer, at index: Int) {
        heap[index] = timer
        timer.heapIndex = index
    }

    private mutating func siftUp(from start: Int) {
        var index = start
        let timer = heap[index]
        while index > 0 {
            let parent = (index - 1) / 2
            guard timer.precedes(heap[parent]) else { break }
            place(heap[parent], at: index)
            index = parent
        }
        place(timer, at: index)
    }

    private mutating func siftDown(from start: Int) {
        var index = start
        let timer = heap[index]
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(timer) else { break }
            place(heap[child], at: index)
            index = child
        }
        place(timer, at: index)
    }
}
