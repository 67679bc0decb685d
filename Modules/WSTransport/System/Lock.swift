import CSystem

/// A mutex of libc's, with a condition to sleep on: this module imports nothing above that.
@safe final class Lock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe condition.initialize(to: pthread_cond_t())
        _ = unsafe csys_lock_init(mutex, condition)
    }

    deinit {
        _ = unsafe pthread_cond_destroy(condition)
        _ = unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` while no other thread runs one of this lock's.
    func hold<Value>(_ body: () -> Value) -> Value {
        _ = unsafe pthread_mutex_lock(mutex)
        defer { _ = unsafe pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Lets others have the lock until `signal` or the deadline on the monotonic clock; only inside `hold`. May return
    /// early.
    func sleep(until deadline: Duration?) {
        if let deadline {
            let nanoseconds = deadline.wholeMicroseconds.multipliedReportingOverflow(by: 1000)
            _ = unsafe csys_lock_sleep(mutex, condition, nanoseconds.overflow ? .max : nanoseconds.partialValue)
        } else {
            _ = unsafe pthread_cond_wait(condition, mutex)
        }
    }

    /// Ends the sleep of whoever sleeps.
    func signal() {
        _ = unsafe pthread_cond_signal(condition)
    }
}
