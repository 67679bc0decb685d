#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The clocks of the system, in nanoseconds.
enum Clock {
    /// Time as it passes.
    static var monotonic: Int64 { read(CLOCK_MONOTONIC) }

    /// Processor time of this thread: other programs on the machine do not count.
    static var thread: Int64 { read(CLOCK_THREAD_CPUTIME_ID) }

    /// Processor time of this process, all of its threads.
    static var process: Int64 { read(CLOCK_PROCESS_CPUTIME_ID) }

    /// What a clock says; 0 if it says nothing.
    static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return 0 }
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
