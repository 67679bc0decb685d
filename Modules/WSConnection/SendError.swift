public import WSFrame

/// What a caller did wrong; nothing was sent.
public enum SendError: Error, Sendable, Equatable {
    /// The opening handshake is not complete.
    case notOpen
    /// A close frame was sent or received, or the connection has failed or ended (RFC 6455 §5.5.1).
    case closing
    /// A ping or pong of more than 125 bytes (§5.5).
    case controlPayloadTooLong(byteCount: Int)
    /// A close code that may not be sent (§7.4).
    case invalidCloseCode(CloseCode)
    /// A close reason of more than 123 bytes (§5.5.1).
    case closeReasonTooLong(byteCount: Int)
    /// A close reason without a code has no place in the frame (§5.5.1).
    case closeReasonWithoutCode
    /// The payload could not be compressed.
    case compression(CompressionError)
}
