/// Judges UTF-8 sixteen bytes at a time, with nothing but the vector operations every 64-bit machine has.
///
/// The usual vector algorithm classifies bytes through table look-ups that the x86-64 baseline lacks. This one asks two
/// questions that need only additions, shifts and comparisons. For each byte, together with the three before it:
///
/// 1. *Is it a continuation byte exactly when it must be one?* It must if the byte before it begins a character of two or
///    more bytes, the one before that of three or more, or the one before that of four.
/// 2. *May it follow the byte before it?* If that one begins a character, its low six bits and bits 5 and 4 of this byte
///    make an index of eight bits. The combinations that are not allowed (RFC 3629 §4) lie close together:
///
///    | first byte | second byte | index          | because                 |
///    |------------|-------------|----------------|-------------------------|
///    | C0, C1     | any         | 00…07          | overlong                |
///    | E0         | 80…9F       | 80, 81         | overlong                |
///    | ED         | A0…BF       | B6, B7         | surrogate               |
///    | F0         | 80…8F       | C0             | overlong                |
///    | F4         | 90…BF       | D1, D2, D3     | beyond U+10FFFF         |
///    | F5…FF      | any         | D4…FF          | beyond U+10FFFF         |
///
/// Question 2 notices a byte that can never occur only when the next one is judged; a caller has to look at the last three
/// bytes itself.
enum UTF8Kernel {
    /// How many bytes one vector holds.
    static var width: Int { 16 }

    private typealias Bytes = SIMD16<UInt8>

    /// How many bytes at the beginning are surely ASCII: all `count`, or as many as whole vectors show.
    @inline(__always)
    static func asciiPrefix(_ base: UnsafeRawPointer, count: Int) -> Int {
        var offset = 0
        while count - offset >= 4 * width {
            guard unsafe isASCII4(base + offset) else { return offset }
            offset += 4 * width
        }
        guard count >= width else { return unsafe isShortASCII(base, count: count) ? count : 0 }
        while count - offset >= width {
            guard unsafe !load(base + offset).hasHighBit else { return offset }
            offset += width
        }
        // What remains is less than a vector: look at the last one again, overlapping.
        return unsafe load(base + count - width).hasHighBit ? offset : count
    }

    /// Whether fewer than 16 bytes are all ASCII. May be pessimistic for fewer than 4.
    @inline(__always)
    private static func isShortASCII(_ base: UnsafeRawPointer, count: Int) -> Bool {
        if count >= 8 {
            let first = unsafe base.loadUnaligned(as: UInt64.self)
            let last = unsafe base.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            return (first | last) & 0x8080_8080_8080_8080 == 0
        }
        guard count >= 4 else { return count == 0 }
        let first = unsafe base.loadUnaligned(as: UInt32.self)
        let last = unsafe base.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
        return (first | last) & 0x8080_8080 == 0
    }

    /// Whether the 64 bytes at `base` are ASCII.
    @inline(__always)
    static func isASCII4(_ base: UnsafeRawPointer) -> Bool {
        let first = unsafe load(base) | load(base + width)
        let second = unsafe load(base + 2 * width) | load(base + 3 * width)
        return !(first | second).hasHighBit
    }

    /// Whether the 16 bytes at `base` follow rightly upon the three before them, which must be readable.
    @inline(__always)
    static func isValid(_ base: UnsafeRawPointer) -> Bool {
        unsafe !errors(base).hasHighBit
    }

    /// Whether the 64 bytes at `base` follow rightly upon the three before them, which must be readable.
    @inline(__always)
    static func isValid4(_ base: UnsafeRawPointer) -> Bool {
        let first = unsafe errors(base) | errors(base + width)
        let second = unsafe errors(base + 2 * width) | errors(base + 3 * width)
        return !(first | second).hasHighBit
    }

    /// The answers to both questions: bit 7 is set in each byte for which one of them is no.
    @inline(__always)
    private static func errors(_ base: UnsafeRawPointer) -> Bytes {
        let bytes = unsafe load(base)
        let previous1 = unsafe load(base - 1)
        let previous2 = unsafe load(base - 2)
        let previous3 = unsafe load(base - 3)

        // Subtraction that stops at zero leaves bit 7 set exactly in the bytes that are C0, E0 or F0 and more.
        let begins = previous1.subtractingSaturated(0xC0 - 0x80)
        let mustContinue =
            begins | previous2.subtractingSaturated(0xE0 - 0x80) | previous3.subtractingSaturated(0xF0 - 0x80)
        let question1 = mustContinue ^ bytes.areContinuations

        let doubled = previous1 &+ previous1
        let index = (doubled &+ doubled) | (bytes.shiftedRight4 & Bytes(repeating: 0b11))
        let pair = index & Bytes(repeating: 0xFE)
        // D1…FF and 00…07 are one range, around the end of the circle.
        let fromD1 = index &- Bytes(repeating: 0xD1)
        let forbidden =
            fromD1.subtractedSaturated(from: 0x80 + (0x07 &- 0xD1)) | pair.areEqual(to: 0x80) | pair.areEqual(to: 0xB6)
            | index.areEqual(to: 0xC0)
        let question2 = begins & forbidden

        return question1 | question2
    }

    @inline(__always)
    private static func load(_ base: UnsafeRawPointer) -> Bytes {
        unsafe base.loadUnaligned(as: Bytes.self)
    }
}

// Each of these is one or two instructions. The patterns are chosen for the optimizer to recognise: the library's own
// pointwise minimum and reductions are calls that are not inlined.
extension SIMD16<UInt8> {
    /// Whether bit 7 is set in any byte.
    @inline(__always)
    fileprivate var hasHighBit: Bool {
        let halves = unsafe unsafeBitCast(self & Self(repeating: 0x80), to: SIMD2<UInt64>.self)
        return halves[0] | halves[1] != 0
    }

    /// FF where the byte is 80…BF, which as signed numbers are the lowest, and 0 elsewhere.
    @inline(__always)
    fileprivate var areContinuations: Self {
        let signed = unsafe unsafeBitCast(self, to: SIMD16<Int8>.self)
        return unsafe unsafeBitCast(signed .< SIMD16<Int8>(repeating: -64), to: Self.self)
    }

    /// Bits 4…7 in the place of bits 0…3; what is in the other bits is not defined.
    @inline(__always)
    fileprivate var shiftedRight4: Self {
        let words = unsafe unsafeBitCast(self, to: SIMD8<UInt16>.self)
        return unsafe unsafeBitCast(words &>> 4, to: Self.self)
    }

    /// Each byte less `amount`, but not below zero.
    @inline(__always)
    fileprivate func subtractingSaturated(_ amount: UInt8) -> Self {
        let amounts = Self(repeating: amount)
        return replacing(with: amounts, where: self .< amounts) &- amounts
    }

    /// `amount` less each byte, but not below zero.
    @inline(__always)
    fileprivate func subtractedSaturated(from amount: UInt8) -> Self {
        let amounts = Self(repeating: amount)
        return amounts.replacing(with: self, where: amounts .< self) &- self
    }

    /// FF where the byte equals `value`, and 0 elsewhere.
    @inline(__always)
    fileprivate func areEqual(to value: UInt8) -> Self {
        unsafe unsafeBitCast(self .== Self(repeating: value), to: Self.self)
    }
}
