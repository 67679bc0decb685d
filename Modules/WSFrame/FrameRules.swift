/// What a frame header may look like at this point of the connection (RFC 6455 §5).
///
/// Each method judges one byte, or one field, with what is known at that moment. They are asked in the order of the wire,
/// so a header is refused at the first byte that shows its fault, and the first fault in that order is the one reported.
public struct FrameRules: Sendable {
    /// The longest payload a header may announce: 2⁵³ − 1 bytes.
    ///
    /// The wire allows 2⁶³ − 1. This limit is the one browsers and Node have, and it leaves lengths that can be added up
    /// without overflow.
    @inlinable
    public static var maxPayloadLength: UInt64 { (1 << 53) - 1 }

    /// Which end we are: a server takes only masked frames, a client only unmasked ones (§5.1).
    public var role: Role
    /// Whether an agreed extension gives RSV1 a meaning on the first frame of a message (§5.2; RFC 7692 §6).
    public var allowsRSV1: Bool
    /// Whether the last data frame was not final, so that the next one has to be a continuation (§5.4).
    public var insideMessage: Bool

    /// Creates the rules.
    @inlinable
    public init(role: Role, allowsRSV1: Bool = false, insideMessage: Bool = false) {
        self.role = role
        self.allowsRSV1 = allowsRSV1
        self.insideMessage = insideMessage
    }

    /// Judges the first byte, FIN, RSV1–3 and opcode (§5.2, §5.4, §5.5), and gives its opcode.
    @inlinable
    @inline(__always)
    public func opcode(ofFirstByte byte: UInt8) throws(FrameError) -> Opcode {
        let isFinal = byte & 0x80 != 0
        let rsv1 = byte & 0x40 != 0
        guard byte & 0x30 == 0 else { throw .reservedBits }
        guard !rsv1 || allowsRSV1 else { throw .unexpectedRSV1 }
        guard let opcode = Opcode(rawValue: byte & 0x0F) else { throw .reservedOpcode(byte & 0x0F) }
        switch opcode {
        case .continuation:
            guard !rsv1 else { throw .unexpectedRSV1 }
            guard insideMessage else { throw .unexpectedContinuation }
        case .text, .binary:
            guard !insideMessage else { throw .expectedContinuation(opcode) }
        case .close, .ping, .pong:
            guard isFinal else { throw .fragmentedControlFrame }
            guard !rsv1 else { throw .unexpectedRSV1 }
        }
        return opcode
    }

    /// Judges the second byte, MASK and the length code (§5.1, §5.5), and gives the length code.
    @inlinable
    @inline(__always)
    public func lengthCode(ofSecondByte byte: UInt8, opcode: Opcode) throws(FrameError) -> UInt8 {
        let lengthCode = byte & 0x7F
        let isMasked = byte & 0x80 != 0
        guard lengthCode <= 125 || !opcode.isControl else { throw .oversizedControlFrame(lengthCode: lengthCode) }
        switch role {
        case .server: guard isMasked else { throw .missingMask }
        case .client: guard !isMasked else { throw .unexpectedMask }
        }
        return lengthCode
    }

    /// Judges as much of an extended length as has arrived (§5.2): the shortest form that fits, and not too long.
    ///
    /// - Parameters:
    ///   - length: The bytes so far, as a number.
    ///   - byteCount: How many bytes that is.
    ///   - width: How many bytes the form has: 2 or 8.
    static func check(length: UInt64, byteCount: Int, width: Int) throws(FrameError) {
        if width == 2 {
            guard byteCount < 2 || length > 125 else { throw .nonMinimalLength }
        } else {
            // The highest bytes come first: two of them tell that the length is too great, six zeros that it is below
            // 65,536.
            let leastLength = length << UInt64(8 * (8 - byteCount))
            guard leastLength <= maxPayloadLength else { throw .payloadTooLong(leastLength) }
            guard byteCount < 6 || leastLength > 0xFFFF else { throw .nonMinimalLength }
        }
    }
}
