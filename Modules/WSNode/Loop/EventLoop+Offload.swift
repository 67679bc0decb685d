import WSTransport

extension EventLoop {
    /// Runs work that may block on a thread of its own, and then the continuation, with its result, on the loop's thread. If
    /// no thread can be had, the loop itself has to wait.
    func offload<Outcome: Sendable>(
        _ work: @escaping @Sendable () -> Outcome, then: @escaping (Outcome) -> Void
    ) {
        let continuation = LoopBound(then, on: self)
        let run: @Sendable () -> Void = {
            let outcome = work()
            continuation.post { $0(outcome) }
        }
        if !HelperThread.start(run) { run() }
    }
}
