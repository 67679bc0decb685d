#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How many nanoseconds of processor time a call takes: the best of three, and nothing of what other threads do.
func processorTime(_ body: () -> Void) -> Int {
    func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }
    return (0..<3).map { _ in
        let start = now()
        body()
        return now() - start
    }.min() ?? 0
}
