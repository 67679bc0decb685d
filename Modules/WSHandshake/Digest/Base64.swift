/// The Base64 encoding of RFC 4648 §4, with padding.
package enum Base64 {
    /// The text for some octets: four characters for each three, the last group padded with `=`.
    package static func encode(_ octets: Span<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((octets.count + 2) / 3 * 4)
        var index = 0
        while index < octets.count {
            let left = octets.count - index
            let first = octets[index]
            let second = left > 1 ? octets[index + 1] : 0
            let third = left > 2 ? octets[index + 2] : 0
            text.append(character(first >> 2))
            text.append(character(first << 4 & 0x3F | second >> 4))
            text.append(left > 1 ? character(second << 2 & 0x3F | third >> 6) : Octet.equals)
            text.append(left > 2 ? character(third & 0x3F) : Octet.equals)
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The octets of a text, or nil when its length, alphabet or padding is wrong.
    ///
    /// Bits a last group has in excess need not be zero: RFC 6455 §4.1 prints such a key itself.
    package static func decode(_ text: String) -> [UInt8]? {
        let characters = text.utf8.span
        guard characters.count % 4 == 0 else { return nil }
        var count = characters.count
        while count > 0, characters.count - count < 2, characters[count - 1] == Octet.equals { count -= 1 }
        var octets: [UInt8] = []
        octets.reserveCapacity(count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var bitCount = 0
        for index in 0..<count {
            guard let value = value(of: characters[index]) else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                octets.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return octets
    }

    /// Whether an octet is one of the 64 characters.
    static func isCharacter(_ octet: UInt8) -> Bool { value(of: octet) != nil }

    private static func character(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: 0x41 + value
        case 26..<52: 0x61 + (value - 26)
        case 52..<62: 0x30 + (value - 52)
        case 62: Octet.plus
        default: Octet.slash
        }
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 0x41...0x5A: character - 0x41
        case 0x61...0x7A: character - 0x61 + 26
        case 0x30...0x39: character - 0x30 + 52
        case Octet.plus: 62
        case Octet.slash: 63
        default: nil
        }
    }
}
