/// An IPv4 literal: exactly four decimal octets without leading zeros (RFC 3986 §3.2.2).
struct IPv4Address: Sendable, Equatable {
    /// The four octets.
    let octets: [UInt8]

    init?(parsing text: Span<UInt8>) {
        var octets: [UInt8] = []
        var index = 0
        while true {
            let start = index
            var number = 0
            while index < text.count, index - start < 3, let digit = text[index].decimalDigit {
                number = number * 10 + Int(digit)
                index += 1
            }
            guard index > start, index - start == 1 || text[start] != 0x30, let octet = UInt8(exactly: number) else {
                return nil
            }
            octets.append(octet)
            if index == text.count { break }
            guard octets.count < 4, text[index] == Octet.dot else { return nil }
            index += 1
        }
        guard octets.count == 4 else { return nil }
        self.octets = octets
    }

    /// The address as the last two groups of an IPv6 address.
    var groups: [UInt16] {
        [UInt16(octets[0]) << 8 | UInt16(octets[1]), UInt16(octets[2]) << 8 | UInt16(octets[3])]
    }

    /// Whether a name would be read as an IPv4 address by someone: its last label is a decimal or `0x` number. Only four
    /// decimal octets mean the same address to everyone, so `127.1`, `0x7f.1` and `017.0.0.1` are refused as hosts.
    static func isNumeric(_ host: Span<UInt8>) -> Bool {
        var end = host.count
        if end > 0, host[end - 1] == Octet.dot { end -= 1 }
        var start = end
        while start > 0, host[start - 1] != Octet.dot { start -= 1 }
        guard start < end, host[start].decimalDigit != nil else { return false }
        let isHex = end - start >= 2 && host[start] == 0x30 && host[start + 1].lowercased == 0x78
        for index in (isHex ? start + 2 : start)..<end {
            guard isHex ? host[index].hexDigit != nil : host[index].decimalDigit != nil else { return false }
        }
        return true
    }
}
