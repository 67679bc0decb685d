/// Threads for calls that block and cannot be waited for otherwise.
package enum HelperThread {
    /// Runs `body` on a new thread.
    ///
    /// - Returns: false if the system has no thread left.
    package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        (try? SystemCalls.createThread(body)) != nil
    }
}
