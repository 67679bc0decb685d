/// The clock for a program without a backend: the time since an arbitrary origin, which is never set back.
public enum MonotonicClock {
    /// The time.
    public static var now: Duration { SystemCalls.now }
}
