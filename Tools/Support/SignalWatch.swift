#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Signals for programs without an event loop.
public enum SignalWatch {
    /// Calls back on a thread of its own each time the process receives one of some signals, which then have no other
    /// effect. To be called before other threads are started, since they inherit which signals are blocked.
    public static func start(_ signals: [Int32], _ callback: @escaping @Sendable (Int32) -> Void) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        Thread.start { [set] in
            var set = set
            while true {
                var signal: Int32 = 0
                if sigwait(&set, &signal) == 0 { callback(signal) }
            }
        }
    }
}
