/// A callback that runs when its time has come, once or again and again.
public final class Timer {
    /// Strong, as a weak reference would slow down every use of the loop; let go of when the timer is done.
    private var loop: EventLoop?
    private let interval: Duration?
    private let callback: () -> Void
    private(set) var deadline: Duration = .zero
    /// Decides between equal deadlines: first scheduled, first run.
    private(set) var order: UInt64 = 0
    /// Where it is in the loop's heap; -1 when it is not.
    var heapIndex = -1

    /// Whether the timer keeps the loop running.
    public private(set) var isReferenced: Bool

    init(on loop: EventLoop, interval: Duration?, isReferenced: Bool = true, _ callback: @escaping () -> Void) {
        self.loop = loop
        self.interval = interval
        self.isReferenced = isReferenced
        self.callback = callback
    }

    /// Makes it not run (again).
    public func cancel() {
        loop?.timers.remove(self)
        loop = nil
    }

    /// Lets the timer keep the loop running, as it does unless ``unref()`` was called.
    @discardableResult
    public func ref() -> Timer {
        setReferenced(true)
    }

    /// Lets the loop end although the timer is pending.
    @discardableResult
    public func unref() -> Timer {
        setReferenced(false)
    }

    private func setReferenced(_ referenced: Bool) -> Timer {
        if isReferenced != referenced {
            isReferenced = referenced
            if heapIndex >= 0 { loop?.timers.referenceChanged(by: referenced ? 1 : -1) }
        }
        return self
    }

    func schedule(at deadline: Duration) {
        guard let loop else { return }
        loop.timers.remove(self)
        self.deadline = deadline
        order = loop.timers.nextOrder()
        loop.timers.insert(self)
    }

    func fire(on loop: EventLoop) {
        if let interval { schedule(at: nextDeadline(after: loop.now, interval)) }
        callback()
    }

    /// The next multiple of the interval, counted from the first deadline: an interval does not drift, and what a busy
    /// loop has missed is not made up for.
    private func nextDeadline(after now: Duration, _ interval: Duration) -> Duration {
        let next = deadline + interval
        guard next <= now else { return next }
        return max(next + interval * (((now - next) / interval).rounded(.down) + 1), now + .nanoseconds(1))
    }
}
