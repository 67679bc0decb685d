/// Judges UTF-8 by what it means instead of by tables of bytes.
///
/// A first byte says how many bytes the character has, and with each byte the range of numbers it can still become gets
/// smaller. A byte is impossible when no Unicode scalar that needs so many bytes is left in the range.
enum UTF8Oracle {
    /// What is known of a text after its bytes.
    struct Judgement: Equatable {
        /// The offset of the first byte that no valid text can have there.
        var impossible: Int?
        /// Whether the text may end here.
        var isComplete = true
    }

    /// Judges `bytes` as the beginning of a text.
    static func judge(_ bytes: [UInt8]) -> Judgement {
        var number = 0
        var count = 0
        var missing = 0
        for (offset, byte) in bytes.enumerated() {
            let leadingOnes = (~byte).leadingZeroBitCount
            if missing == 0 {
                guard leadingOnes != 0 else { continue }
                guard (2...4).contains(leadingOnes) else { return Judgement(impossible: offset, isComplete: true) }
                count = leadingOnes
                missing = count - 1
                number = Int(byte) & (0x7F >> count)
            } else {
                guard leadingOnes == 1 else { return Judgement(impossible: offset, isComplete: false) }
                missing -= 1
                number = number << 6 | Int(byte & 0x3F)
            }
            let least = number << (6 * missing)
            let greatest = least + (1 << (6 * missing)) - 1
            if !reachesScalar(least...greatest, byteCount: count) {
                return Judgement(impossible: offset, isComplete: missing == count - 1)
            }
        }
        return Judgement(impossible: nil, isComplete: missing == 0)
    }

    /// Whether `range` holds a scalar value that is written in `byteCount` bytes.
    private static func reachesScalar(_ range: ClosedRange<Int>, byteCount: Int) -> Bool {
        switch byteCount {
        case 2: range.overlaps(0x80...0x7FF)
        case 3: range.overlaps(0x800...0xD7FF) || range.overlaps(0xE000...0xFFFF)
        default: range.overlaps(0x10000...0x10FFFF)
        }
    }
}
