/// The waker of a backend that has no descriptor to wait for: a flag any thread may raise, and a sleep that ends when
/// one does.
final class WakeSignal: Waker, @unchecked Sendable {
    private let lock = Lock()
    /// Guarded by `lock`.
    private var isRaised = false

    func wake() {
        lock.hold {
            isRaised = true
            lock.signal()
        }
    }

    /// Whether someone has raised the flag; takes it down.
    func take() -> Bool {
        lock.hold {
            defer { isRaised = false }
            return isRaised
        }
    }

    /// Sleeps until the flag is up or the deadline has come (nil: never). The flag stays up.
    func sleep(until deadline: Duration?) {
        lock.hold {
            while !isRaised {
                if let deadline, SystemCalls.now >= deadline { return }
                lock.sleep(until: deadline)
            }
        }
    }
}
