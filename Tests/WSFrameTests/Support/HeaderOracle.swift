import WSFrame

/// Judges the first two bytes of a header by the list of rules in RFC 6455 §5, one line each, in the order of the wire.
///
/// It is the opposite of the decoder in form: nothing is decoded, every rule is a question about the bits.
struct HeaderOracle {
    var role: Role
    var allowsRSV1: Bool
    var insideMessage: Bool

    /// The fault that the first byte alone shows.
    func fault(first: UInt8) -> FrameError? {
        let fin = first >= 0x80
        let rsv1 = first & 0x40 != 0
        let opcode = first % 16
        let isControl = [8, 9, 10].contains(opcode)
        let rules: [(isBroken: Bool, error: FrameError)] = [
            (first & 0x30 != 0, .reservedBits),
            (rsv1 && !allowsRSV1, .unexpectedRSV1),
            (opcode == 0 && rsv1, .unexpectedRSV1),
            (opcode == 0 && !insideMessage, .unexpectedContinuation),
            (opcode == 1 && insideMessage, .expectedContinuation(.text)),
            (opcode == 2 && insideMessage, .expectedContinuation(.binary)),
            (isControl && !fin, .fragmentedControlFrame),
            (isControl && rsv1, .unexpectedRSV1),
            ((3...7).contains(opcode) || opcode > 10, .reservedOpcode(opcode)),
        ]
        return rules.first(where: \.isBroken)?.error
    }

    /// The fault that the second byte shows, after a first one without.
    func fault(second: UInt8, afterFirst first: UInt8) -> FrameError? {
        let isMasked = second >= 0x80
        let code = second % 128
        let rules: [(isBroken: Bool, error: FrameError)] = [
            (first % 16 >= 8 && code >= 126, .oversizedControlFrame(lengthCode: code)),
            (role == .server && !isMasked, .missingMask),
            (role == .client && isMasked, .unexpectedMask),
        ]
        return rules.first(where: \.isBroken)?.error
    }
}
