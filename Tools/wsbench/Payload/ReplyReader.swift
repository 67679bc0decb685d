import WSFrame

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Finds the ends of messages in what a server sends, without copying them.
struct ReplyReader {
    private var decoder = FrameDecoder(role: .client)
    /// Payload bytes of the unfinished message so far.
    private var byteCount = 0

    /// How many messages were taken.
    private(set) var messageCount = 0
    /// How many of them were not what was sent.
    private(set) var wrongCount = 0
    /// Whether the server has sent a close frame, or something that is no frame at all.
    private(set) var hasEnded = false

    /// Takes bytes from the network, and says how many messages end in them.
    ///
    /// - Parameters:
    ///   - expected: the message with this number has this payload: compared byte by byte. Nil: only lengths are.
    mutating func take(
        _ base: UnsafeMutableRawPointer, count: Int, size: Int, expected: ((_ message: Int) -> UnsafeRawPointer)? = nil
    ) -> Int {
        let before = messageCount
        var offset = 0
        do {
            while offset < count, let part = try decoder.next(in: base, offset: &offset, end: count) {
                if part.header.opcode.isControl {
                    if part.header.opcode == .close { hasEnded = true }
                    continue
                }
                if let expected, byteCount + part.payload.count <= size,
                    memcmp(base + part.payload.lowerBound, expected(messageCount) + byteCount, part.payload.count) != 0
                {
                    // Never the right length, so the message is counted as wrong at its end.
                    byteCount = size + 1
                }
                byteCount += part.payload.count
                if part.endsFrame, part.header.isFinal {
                    if byteCount != size { wrongCount += 1 }
                    byteCount = 0
                    messageCount += 1
                }
            }
        } catch {
            hasEnded = true
        }
        return messageCount - before
    }
}
