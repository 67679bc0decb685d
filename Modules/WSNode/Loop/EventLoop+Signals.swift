#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
import Synchronization

extension EventLoop {
    /// Calls back on this loop when the process receives one of some signals, which then have no other effect.
    ///
    /// To be called before other threads are started, since they inherit which signals are blocked. It does not keep the
    /// loop running.
    ///
    /// - Parameter signals: such as `SIGINT` and `SIGTERM`.
    public func onSignals(_ signals: [Int32], _ callback: @escaping @Sendable (EventLoop, Int32) -> Void) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        let watch = SignalWatch(signals: set, mailbox: mailbox, callback: callback)
        var thread = pthread_t()
        let started = unsafe pthread_create(
            &thread, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<SignalWatch>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, Unmanaged.passRetained(watch).toOpaque())
        if started == 0 { _ = pthread_detach(thread) }
    }
}

/// A thread that waits for signals and posts them to a loop: a handler could do next to nothing safely.
private final class SignalWatch: @unchecked Sendable {
    private var signals: sigset_t
    private let mailbox: Mailbox
    private let callback: @Sendable (EventLoop, Int32) -> Void

    init(signals: sigset_t, mailbox: Mailbox, callback: @escaping @Sendable (EventLoop, Int32) -> Void) {
        self.signals = signals
        self.mailbox = mailbox
        self.callback = callback
    }

    func run() {
        while true {
            var signal: Int32 = 0
            guard unsafe sigwait(&signals, &signal) == 0 else { continue }
            let received = signal
            mailbox.post { [callback] loop in callback(loop, received) }
        }
    }
}
