import WSFrame

/// A message framed once, to be sent to many: a server's broadcast. Where it is compressed, that is done once too for
/// all connections whose messages do not depend on earlier ones.
public struct PreparedMessage {
    /// The message.
    public let message: Message

    /// The message as one unmasked frame, uncompressed.
    private let plainFrame: Bytes

    private let compressed = CompressedFrames()

    /// The compressed frames made so far.
    private final class CompressedFrames {
        var frames: [CompressionVariant: Bytes] = [:]
    }

    /// Frames a message.
    public init(_ message: Message) {
        self.message = message
        plainFrame = unsafe message.bytes.withUnsafeBytes { unsafe Self.frame($0, of: message, rsv1: false) }
    }

    /// The frame for a connection; nil if it needs one of its own.
    func frame(for terms: (any CompressionTerms)?) -> Bytes? {
        guard let terms, terms.shouldCompress(byteCount: message.bytes.count, isFinal: true) else {
            return plainFrame
        }
        guard let variant = terms.sharedVariant else { return nil }
        if let frame = compressed.frames[variant] { return frame }
        var frame: Bytes?
        do throws(CompressionError) {
            try message.bytes.withSpan { span throws(CompressionError) in
                try unsafe terms.makeCompression().compress(span, isFinal: true) { bytes in
                    frame = unsafe Self.frame(bytes, of: message, rsv1: true)
                }
            }
        } catch {
            // The connection tries for itself, and tells its caller.
            return nil
        }
        compressed.frames[variant] = frame
        return frame
    }

    private static func frame(_ payload: UnsafeRawBufferPointer, of message: Message, rsv1: Bool) -> Bytes {
        let header = FrameHeader(
            rsv1: rsv1, opcode: message.isBinary ? .binary : .text, payloadLength: UInt64(payload.count))
        let headerCount = header.encodedByteCount
        let storage = ByteStorage(capacity: headerCount + payload.count)
        unsafe header.encode(to: storage.base)
        if let first = payload.baseAddress { unsafe storage.write(first, count: payload.count, at: headerCount) }
        return Bytes(storage, 0..<headerCount + payload.count)
    }
}
