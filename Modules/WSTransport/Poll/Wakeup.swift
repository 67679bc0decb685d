/// An eventfd: what other threads write to in order to end a wait.
///
/// It closes its descriptor when the last one who holds it is gone, so a thread that wakes a backend after its end
/// writes to an event nobody waits for, and not to a stranger's descriptor.
final class Wakeup: Waker {
    let descriptor: Int32

    init() throws(Errno) {
        descriptor = try SystemCalls.eventCreate()
    }

    deinit {
        SystemCalls.close(descriptor)
    }

    func wake() {
        SystemCalls.eventSignal(descriptor)
    }

    /// Takes the signals back, so that the next wait waits.
    func clear() {
        SystemCalls.eventClear(descriptor)
    }
}
