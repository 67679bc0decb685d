/// Percent-encoding of octets (RFC 3986 §2.1).
enum PercentEncoding {
    /// The text with every octet that `isAllowed` refuses written as `%XX`. A percent sign stays, so that what is encoded
    /// already is not encoded twice.
    static func encode(_ octets: Span<UInt8>, where isAllowed: (UInt8) -> Bool) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(octets.count)
        for index in octets.indices {
            let octet = octets[index]
            if octet == Octet.percent || isAllowed(octet) {
                encoded.append(octet)
            } else {
                encoded.append(Octet.percent)
                encoded.append(hexDigit(octet >> 4))
                encoded.append(hexDigit(octet & 0x0F))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The octets a text stands for, or nil when a percent sign is not followed by two hexadecimal digits.
    static func decode(_ octets: Span<UInt8>) -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(octets.count)
        var index = 0
        while index < octets.count {
            guard octets[index] == Octet.percent else {
                decoded.append(octets[index])
                index += 1
                continue
            }
            guard index + 2 < octets.count, let high = octets[index + 1].hexDigit,
                let low = octets[index + 2].hexDigit
            else { return nil }
            decoded.append(high << 4 | low)
            index += 3
        }
        return decoded
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
