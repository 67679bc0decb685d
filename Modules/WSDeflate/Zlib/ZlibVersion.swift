import CZlib

/// The zlib this process runs with.
public enum ZlibVersion {
    /// Its version, such as `1.3.1`; other makes add their name.
    public static var current: String { unsafe String(cString: zlibVersion()) }

    /// Whether it is Mark Adler's own, whose habits are known: some of them matter where the standard leaves no way to ask.
    static let isStock = isStock(current)

    static func isStock(_ version: String) -> Bool {
        version.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
    }

    /// Whether deflate is free of the memory error that was found in versions before 1.2.12 (CVE-2018-25032).
    public static var isSound: Bool { isSound(current) }

    static func isSound(_ version: String) -> Bool {
        let numbers = version.split(separator: ".").prefix(3).map { Int($0.prefix { $0.isNumber }) ?? 0 }
        return !numbers.lexicographicallyPrecedes([1, 2, 12])
    }
}
