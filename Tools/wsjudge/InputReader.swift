import ToolSupport
import WSFrame

/// The streams on standard input, one after another.
struct InputReader {
    private var buffer: [UInt8] = []
    private var start = 0

    /// The next stream and the role of its receiver; nil at the end of the input.
    mutating func nextStream() -> (role: Role, bytes: ArraySlice<UInt8>)? {
        guard let head = take(5) else { return nil }
        let length = head.dropFirst().reversed().reduce(0) { $0 << 8 | Int($1) }
        guard let role = head.first, let bytes = take(length) else { return nil }
        return (role == 0 ? .server : .client, bytes)
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        while buffer.count - start < count {
            let more = StandardInput.read(upTo: 1 << 20)
            if more.isEmpty { return nil }
            buffer.removeSubrange(..<start)
            start = 0
            buffer += more
        }
        defer { start += count }
        return buffer[start..<start + count]
    }
}
