#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A count that threads add to and wait for.
public final class Semaphore: @unchecked Sendable {
    // The system's semaphore stays at one address and is made for several threads: that is what makes the class safe.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    /// A semaphore of count 0.
    public init() {
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Adds one.
    public func signal() {
        sem_post(semaphore)
    }

    /// Waits until the count is above zero, and takes one.
    public func wait() {
        while sem_wait(semaphore) != 0 {}
    }
}
