#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Where things are said that no listener wanted to hear.
enum Diagnostics {
    /// Writes one line to standard error. Control characters, which may come from a peer, are escaped.
    static func report(_ text: String) {
        var line = "swift-ws: "
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            line += isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        line += "\n"
        line.withUTF8 { bytes in
            _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}
