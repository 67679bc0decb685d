#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the process costs.
public enum ProcessMemory {
    /// How many bytes of the process are in memory; 0 where the system does not tell.
    public static var resident: Int {
        let file = open("/proc/self/statm", O_RDONLY)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        let pages = Descriptor(number: file).readSome(upTo: 128).split(separator: UInt8(ascii: " ")).dropFirst().first
        return (pages.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0) * Int(getpagesize())
    }
}
