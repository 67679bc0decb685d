// Parsers work on octets and cut text out only when its bounds are known (RFC 9112 §2.2): a line feed inside a multibyte
// character is still a line feed.

extension Span where Element == UInt8 {
    /// The octets as text, each one the Unicode scalar of the same number (ISO 8859-1): lossless for any octet.
    func latin1(_ range: Range<Int>) -> String {
        let octets = extracting(range)
        if let text = try? UTF8Span(validating: octets), text.isKnownASCII { return String(copying: text) }
        var encoded: [UInt8] = []
        encoded.reserveCapacity(octets.count * 2)
        for index in octets.indices {
            let octet = octets[index]
            if octet < 0x80 {
                encoded.append(octet)
            } else {
                encoded.append(0xC0 | octet >> 6)
                encoded.append(0x80 | octet & 0x3F)
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// A part of some UTF-8 as text, cut at ASCII octets so that it is UTF-8 itself.
    func text(_ range: Range<Int>) -> String {
        guard let text = try? UTF8Span(validating: extracting(range)) else { return latin1(range) }
        return String(copying: text)
    }

    /// All octets as ISO 8859-1 text.
    var latin1: String { latin1(0..<count) }

    /// Whether no octet is above 0x7F.
    var isASCII: Bool {
        var union: UInt8 = 0
        for index in indices { union |= self[index] }
        return union < 0x80
    }

    /// Whether the octets are exactly those of `text`.
    func isEqual(to text: String) -> Bool {
        let other = text.utf8.span
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }

    /// Whether the octets are those of `text`, ASCII letters compared without case. Nothing else is folded: a header is
    /// octets, so a Kelvin sign is no K.
    func isEqualIgnoringCase(to text: String) -> Bool { isEqualIgnoringCase(to: text.utf8.span) }

    /// The comparison on two runs of octets.
    func isEqualIgnoringCase(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices {
            let octet = self[index]
            if octet != other[index], octet.lowercased != other[index].lowercased { return false }
        }
        return true
    }

    /// The position at or after `start` of the first octet that satisfies `predicate`, else the end.
    func firstIndex(from start: Int, where predicate: (UInt8) -> Bool) -> Int {
        var index = start
        while index < count, !predicate(self[index]) { index += 1 }
        return index
    }

    /// `range` without the optional whitespace at both ends (RFC 9110 §5.6.3).
    func trimmingWhitespace(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, self[lower].isWhitespace { lower += 1 }
        while upper > lower, self[upper - 1].isWhitespace { upper -= 1 }
        return lower..<upper
    }
}

extension String {
    /// Whether both are the same text, ASCII letters compared without case.
    func isEqualIgnoringCase(to other: String) -> Bool { utf8.span.isEqualIgnoringCase(to: other.utf8.span) }
}
