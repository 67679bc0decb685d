internal import Synchronization
import WSTransport

/// The part of an ``EventLoop`` that other threads may use: they post work, the loop runs it.
public final class Mailbox: Sendable {
    private let waker: any Waker
    private let posted = Mutex<[@Sendable (EventLoop) -> Void]>([])

    init(waker: any Waker) {
        self.waker = waker
    }

    /// Runs a closure on the loop's thread, in the order of posting. May be called on any thread.
    public func post(_ work: @escaping @Sendable (EventLoop) -> Void) {
        let wasEmpty = posted.withLock { posted in
            posted.append(work)
            return posted.count == 1
        }
        if wasEmpty { waker.wake() }
    }

    var isEmpty: Bool { posted.withLock { $0.isEmpty } }

    func takeAll() -> [@Sendable (EventLoop) -> Void] {
        posted.withLock { posted in
            guard !posted.isEmpty else { return [] }
            let all = posted
            posted = []
            return all
        }
    }
}
