#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The time of day.
public enum WallClock {
    /// The seconds since the beginning of 1970.
    public static var seconds: Int { Int(time(nil)) }
}
