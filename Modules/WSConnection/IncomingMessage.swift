import WSFrame

/// The message that is being received: what its frames said so far, and its payload.
struct IncomingMessage {
    var isBinary = false
    var isCompressed = false
    /// The frame that is being read ends the message.
    var isLastFrame = false
    /// Whether a piece of it was handed on already, where messages are delivered in parts.
    var hasDelivered = false
    var validator = UTF8Validator()

    /// Data frames so far.
    var frameCount: UInt32 = 0
    /// Payload bytes that its frames announced so far, arrived or not.
    var announcedByteCount: UInt64 = 0
    /// Bytes of the frame that is being read still to come.
    var remainingInFrame = 0
    /// Bytes of text judged so far, and of anything decompressed so far: where a piece begins in the message.
    var byteCount = 0
    var assembly = MessageAssembly()

    /// Whether some of it has arrived and some has not.
    var isUnfinished: Bool { frameCount > 0 }

    /// Forgets the message.
    mutating func finish() {
        self = IncomingMessage()
    }
}
