import WSFrame

/// A message framed once, to be sent to many: a server's broadcast.
public struct PreparedMessage: Sendable {
    /// The message.
    public let message: Message

    /// The message as one unmasked frame.
    let serverFrame: Bytes

    /// Frames a message.
    public init(_ message: Message) {
        self.message = message
        let header = FrameHeader(
            opcode: message.isBinary ? .binary : .text, payloadLength: UInt64(message.bytes.count))
        let headerCount = header.encodedByteCount
        let storage = ByteStorage(capacity: headerCount + message.bytes.count)
        unsafe header.encode(to: storage.base)
        unsafe message.bytes.withUnsafeBytes { payload in
            if let first = payload.baseAddress {
                unsafe storage.write(first, count: payload.count, at: headerCount)
            }
        }
        serverFrame = Bytes(storage, 0..<headerCount + message.bytes.count)
    }
}
