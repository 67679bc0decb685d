#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
import WSHandshake

extension EventLoop {
    /// What an HTTP response says of the time; written anew when the second has changed.
    var httpDate: String {
        let seconds = wallClock()
        if seconds != dateCache.seconds { dateCache = (seconds, HTTPDate.text(secondsSince1970: seconds)) }
        return dateCache.text
    }

    /// The seconds since the beginning of 1970, by the system's clock.
    static func systemTime() -> Int { Int(time(nil)) }
}
