/// The rule that a frame header broke (RFC 6455 §5).
///
/// Each case is a fact about the bytes. What to do about it is the same for all: the connection fails (§7.1.7) with
/// `closeCode`.
public enum FrameError: Error, Equatable, Sendable {
    /// RSV2 or RSV3 is set; no extension gives them a meaning (§5.2).
    case reservedBits
    /// RSV1 is set without an extension that allows it, or on a frame where that extension forbids it: a continuation or
    /// a control frame (§5.2; RFC 7692 §6).
    case unexpectedRSV1
    /// The opcode is one of 3–7 or B–F (§5.2).
    case reservedOpcode(UInt8)
    /// A continuation frame although no message is open (§5.4).
    case unexpectedContinuation
    /// A new text or binary frame although a message is open (§5.4).
    case expectedContinuation(Opcode)
    /// A control frame without FIN (§5.4, §5.5).
    case fragmentedControlFrame
    /// A control frame of more than 125 bytes, that is with the length code 126 or 127 (§5.5).
    case oversizedControlFrame(lengthCode: UInt8)
    /// A frame from a client is not masked (§5.1).
    case missingMask
    /// A frame from a server is masked (§5.1).
    case unexpectedMask
    /// The length is written in a longer form than it needs (§5.2).
    case nonMinimalLength
    /// The payload is longer than 2⁵³ − 1 bytes (§5.2 allows less than 2⁶³, §10.4 lower limits).
    ///
    /// The value is what the length amounts to at the byte that showed the fault, later bytes counted as zero: a lower
    /// bound.
    case payloadTooLong(UInt64)

    /// The code of the close frame that answers the fault (§7.4.1).
    public var closeCode: CloseCode {
        switch self {
        case .payloadTooLong: .messageTooBig
        case .reservedBits, .unexpectedRSV1, .reservedOpcode, .unexpectedContinuation, .expectedContinuation,
            .fragmentedControlFrame, .oversizedControlFrame, .missingMask, .unexpectedMask, .nonMinimalLength:
            .protocolError
        }
    }

    /// The section of RFC 6455 that holds the rule, such as `5.2`.
    public var rfcSection: String {
        switch self {
        case .missingMask, .unexpectedMask: "5.1"
        case .reservedBits, .unexpectedRSV1, .reservedOpcode, .nonMinimalLength, .payloadTooLong: "5.2"
        case .unexpectedContinuation, .expectedContinuation: "5.4"
        case .fragmentedControlFrame, .oversizedControlFrame: "5.5"
        }
    }
}
