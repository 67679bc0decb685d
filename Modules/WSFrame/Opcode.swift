/// What a frame carries (RFC 6455 §5.2, §11.8).
///
/// Only the defined opcodes exist as values. The reserved ones, 3–7 and B–F, end the connection at the first byte of
/// their header and never get this far.
public enum Opcode: UInt8, Sendable {
    /// The next piece of a message that an earlier text or binary frame began (§5.4).
    case continuation = 0x0
    /// A text message, or its first piece (§5.6).
    case text = 0x1
    /// A binary message, or its first piece (§5.6).
    case binary = 0x2
    /// The start of, or the answer in, the closing handshake (§5.5.1).
    case close = 0x8
    /// A question whether the peer is alive (§5.5.2).
    case ping = 0x9
    /// The answer to a ping, or an unasked sign of life (§5.5.3).
    case pong = 0xA

    /// Whether this is a control frame: at most 125 bytes, never fragmented, allowed between the pieces of a message
    /// (§5.5).
    @inlinable
    public var isControl: Bool { rawValue & 0x8 != 0 }
}
