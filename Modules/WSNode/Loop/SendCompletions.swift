/// Callbacks of sends, in order, each with the point in the output at which it is due.
///
/// They are taken out before they are called, since they may send, and so add to the list. The list is made when the first
/// callback comes and goes with the last, so that a connection without any pays one word for it.
struct SendCompletions {
    typealias Completion = (WebSocketError?) -> Void

    private final class Pending {
        var entries: [(end: Int, completion: Completion)] = []
        /// Bytes written since the list was made.
        var written = 0
    }

    private var pending: Pending?

    @inline(__always)
    var isEmpty: Bool { pending == nil }

    mutating func add(after queued: Int, _ completion: @escaping Completion) {
        let pending = self.pending ?? Pending()
        self.pending = pending
        pending.entries.append((pending.written + queued, completion))
    }

    @inline(__always)
    func wrote(_ count: Int) {
        pending?.written += count
    }

    /// Takes out those whose bytes were written.
    mutating func takeWritten() -> [Completion] {
        guard let pending else { return [] }
        let due = pending.entries.prefix { $0.end <= pending.written }.map(\.completion)
        pending.entries.removeFirst(due.count)
        if pending.entries.isEmpty { self.pending = nil }
        return due
    }

    /// Takes out all of them.
    mutating func takeAll() -> [Completion] {
        guard let pending else { return [] }
        self.pending = nil
        return pending.entries.map(\.completion)
    }
}
