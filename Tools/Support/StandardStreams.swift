#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Standard input.
public enum StandardInput {
    /// Whether it is a terminal.
    public static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }
    /// Reads what is there, waiting for the first byte; nothing at the end of the input.
    public static func read(upTo count: Int) -> [UInt8] { Descriptor(number: STDIN_FILENO).readSome(upTo: count) }
}

/// Standard output without a buffer: who reads our lines through a pipe gets each at once.
public enum StandardOutput {
    /// Whether it is a terminal.
    public static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    /// Writes all of the text.
    public static func write(_ text: String) { write(Array(text.utf8)) }
    /// Writes all of the bytes.
    public static func write(_ bytes: [UInt8]) { Descriptor(number: STDOUT_FILENO).writeAll(bytes) }
}

/// Standard error.
public enum StandardError {
    /// Writes all of the text.
    public static func write(_ text: String) { Descriptor(number: STDERR_FILENO).writeAll(Array(text.utf8)) }
}
