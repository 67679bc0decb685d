import WSConnection
import WSFrame

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Finds the ends of messages in what a server sends, without copying them.
struct ReplyReader {
    private var decoder: FrameDecoder
    /// What was sent, and should come back.
    private let ring: FrameRing?
    /// Whether every byte is compared, not only lengths.
    private let verifies: Bool
    /// Undoes the server's compression where bytes are compared.
    private let compression: (any MessageCompression)?
    /// Whether the message that is being read is compressed.
    private var isCompressed = false
    /// Payload bytes of the unfinished message so far.
    private var byteCount = 0
    private var isWrong = false

    /// How many messages were taken.
    private(set) var messageCount = 0
    /// How many of them were not what was sent.
    private(set) var wrongCount = 0
    /// Whether the server has sent a close frame, or something that is no frame at all.
    private(set) var hasEnded = false

    /// - Parameters:
    ///   - ring: what was sent; nil if nothing was.
    ///   - compression: what was agreed with the server, if anything was.
    init(_ ring: FrameRing? = nil, verifies: Bool = false, compression: (any CompressionTerms)? = nil) {
        self.ring = ring
        self.verifies = verifies
        decoder = FrameDecoder(role: .client, allowsRSV1: compression != nil)
        self.compression = verifies ? compression?.makeCompression() : nil
    }

    /// Takes bytes from the network, and says how many messages end in them.
    mutating func take(_ base: UnsafeMutableRawPointer, count: Int) -> Int {
        let before = messageCount
        var offset = 0
        do {
            while offset < count, let part = try decoder.next(in: base, offset: &offset, end: count) {
                if part.header.opcode.isControl {
                    if part.header.opcode == .close { hasEnded = true }
                    continue
                }
                if part.beginsFrame, part.header.opcode != .continuation { isCompressed = part.header.rsv1 }
                let isEnd = part.endsFrame && part.header.isFinal
                try take(
                    UnsafeRawBufferPointer(start: base + part.payload.lowerBound, count: part.payload.count), isEnd)
                if isEnd { finishMessage() }
            }
        } catch {
            hasEnded = true
        }
        return messageCount - before
    }

    private mutating func take(_ payload: UnsafeRawBufferPointer, _ isEnd: Bool) throws(CompressionError) {
        guard isCompressed else { return compare(payload) }
        guard let compression else { return }
        var pieces: [Bytes] = []
        try compression.decompress(payload.bytes, isFinal: isEnd) { piece in
            pieces.append(piece)
            return true
        }
        for piece in pieces { piece.withUnsafeBytes { compare($0) } }
    }

    private mutating func compare(_ payload: UnsafeRawBufferPointer) {
        defer { byteCount += payload.count }
        guard verifies, let expected = ring?.payload(of: messageCount), let place = payload.baseAddress,
            let other = expected.baseAddress
        else { return }
        if byteCount + payload.count > expected.count || memcmp(place, other + byteCount, payload.count) != 0 {
            isWrong = true
        }
    }

    private mutating func finishMessage() {
        let isOfRightLength = byteCount == ring?.payload(of: messageCount).count || isCompressed && !verifies
        if isWrong || !isOfRightLength { wrongCount += 1 }
        byteCount = 0
        isWrong = false
        messageCount += 1
    }
}
