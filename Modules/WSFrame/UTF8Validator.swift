/// Checks that bytes are UTF-8 (RFC 6455 §8.1; RFC 3629), in pieces cut anywhere.
///
/// A byte that cannot belong to any valid text is reported as soon as it is seen, also in the middle of a message. A
/// character that is merely unfinished at the end of a piece is kept and continued by the next one; whether the text may
/// end here is what `isComplete` says.
public struct UTF8Validator: Sendable, Equatable {
    /// How many continuation bytes the unfinished character still needs.
    @usableFromInline var needed: UInt8 = 0
    /// The least value the next continuation byte may have.
    @usableFromInline var lowest: UInt8 = 0x80
    /// The greatest value the next continuation byte may have.
    @usableFromInline var highest: UInt8 = 0xBF

    /// Creates a validator at the beginning of a text.
    @inlinable
    public init() {}

    /// Whether the text may end here: no character is unfinished.
    @inlinable
    public var isComplete: Bool { needed == 0 }

    /// Starts over at the beginning of a text.
    @inlinable
    public mutating func reset() {
        self = UTF8Validator()
    }

    /// Checks the next bytes of the text.
    ///
    /// - Returns: nil while the text is valid so far; otherwise the offset in `bytes` of the first byte that no valid text
    ///   can have at that place. After that the validator must be reset before it is used again.
    public mutating func validate(_ bytes: RawSpan) -> Int? {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return nil }
            return unsafe validate(base, count: buffer.count)
        }
    }

    /// Checks the next `count` bytes of the text, at `base`, as `validate(_:)` does.
    @unsafe
    public mutating func validate(_ base: UnsafeRawPointer, count: Int) -> Int? {
        var offset = 0
        if isComplete {
            offset = unsafe UTF8Kernel.asciiPrefix(base, count: count)
            if offset == count { return nil }
        }
        guard count >= 3 + UTF8Kernel.width else {
            return unsafe validateBytes(base, from: offset, to: count)
        }
        // The kernel looks three bytes back, so it cannot begin before the fourth.
        if offset < 3 {
            if let impossible = unsafe validateBytes(base, from: offset, to: 3) { return impossible }
            offset = 3
        }
        return unsafe validateVectors(base, from: offset, to: count)
    }

    /// Checks whole vectors, and whatever is left by looking at the last vector again.
    ///
    /// The three bytes before `start` are there and have been checked, `end` leaves room for one vector after them.
    private mutating func validateVectors(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int? {
        let width = UTF8Kernel.width
        var offset = start
        while end - offset >= 4 * width {
            let isValid =
                if unsafe UTF8Kernel.isASCII4(base + offset) {
                    unsafe !Self.mayBeUnfinished(base + offset)
                } else {
                    unsafe UTF8Kernel.isValid4(base + offset)
                }
            guard isValid else { return unsafe recheckBytes(base, from: offset, to: end) }
            offset += 4 * width
        }
        while end - offset >= width {
            guard unsafe UTF8Kernel.isValid(base + offset) else {
                return unsafe recheckBytes(base, from: offset, to: end)
            }
            offset += width
        }
        if offset < end {
            guard unsafe UTF8Kernel.isValid(base + end - width) else {
                return unsafe recheckBytes(base, from: offset, to: end)
            }
        }
        if unsafe Self.mayBeUnfinished(base + end) { return unsafe recheckBytes(base, from: end, to: end) }
        self = UTF8Validator()
        return nil
    }

    /// Whether a character that begins in the three bytes before `position` may reach to it.
    @inline(__always)
    private static func mayBeUnfinished(_ position: UnsafeRawPointer) -> Bool {
        unsafe position.load(fromByteOffset: -1, as: UInt8.self) >= 0xC0
            || position.load(fromByteOffset: -2, as: UInt8.self) >= 0xE0
            || position.load(fromByteOffset: -3, as: UInt8.self) >= 0xF0
    }

    /// Checks byte by byte from the beginning of the character that `start` is in, to find the very byte that is
    /// impossible, or how much of a character is missing at the end.
    ///
    /// All vectors before `start` have been found valid.
    private mutating func recheckBytes(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int? {
        var offset = start
        for distance in 1...3 {
            let byte = unsafe base.load(fromByteOffset: start - distance, as: UInt8.self)
            // After three continuation bytes a character is over.
            guard byte >= 0x80 else { break }
            if byte >= 0xC0 {
                offset = start - distance
                break
            }
        }
        self = UTF8Validator()
        return unsafe validateBytes(base, from: offset, to: end)
    }

    /// Checks one byte at a time.
    mutating func validateBytes(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int? {
        var offset = start
        while offset < end {
            let byte = unsafe base.load(fromByteOffset: offset, as: UInt8.self)
            guard accept(byte) else { return offset }
            offset += 1
        }
        return nil
    }

    /// Moves on by one byte.
    ///
    /// - Returns: False, with nothing changed, when the byte is impossible here.
    private mutating func accept(_ byte: UInt8) -> Bool {
        if needed > 0 {
            guard byte >= lowest, byte <= highest else { return false }
            needed -= 1
            lowest = 0x80
            highest = 0xBF
            return true
        }
        // The first continuation byte is confined where otherwise the character would be overlong, a surrogate or beyond
        // U+10FFFF.
        switch byte {
        case 0x00...0x7F: break
        case 0xC2...0xDF: needed = 1
        case 0xE0: (needed, lowest) = (2, 0xA0)
        case 0xED: (needed, highest) = (2, 0x9F)
        case 0xE1...0xEF: needed = 2
        case 0xF0: (needed, lowest) = (3, 0x90)
        case 0xF1...0xF3: needed = 3
        case 0xF4: (needed, highest) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
