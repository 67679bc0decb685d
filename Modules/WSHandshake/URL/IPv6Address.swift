/// An IPv6 literal as it stands between the brackets of an authority (RFC 3986 §3.2.2, RFC 4291 §2.2).
struct IPv6Address: Sendable, Equatable {
    /// The eight groups, most significant first.
    private var groups: [UInt16]

    /// The sixteen octets.
    var octets: [UInt8] { groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }

    /// Reads hexadecimal groups, at most one `::`, and optionally dotted decimal for the last two groups. Zone
    /// identifiers are no part of a literal.
    init?(parsing octets: Span<UInt8>) {
        var head: [UInt16] = []
        var tail: [UInt16] = []
        var isCompressed = false
        var index = 0
        if octets.count >= 2, octets[0] == Octet.colon {
            guard octets[1] == Octet.colon else { return nil }
            isCompressed = true
            index = 2
        }
        while index < octets.count {
            guard head.count + tail.count < 8 else { return nil }
            let start = index
            var group: UInt16 = 0
            while index < octets.count, index - start < 4, let digit = octets[index].hexDigit {
                group = group << 4 | UInt16(digit)
                index += 1
            }
            if index < octets.count, octets[index] == Octet.dot {
                guard let address = IPv4Address(parsing: octets.extracting(start..<octets.count)) else { return nil }
                if isCompressed { tail += address.groups } else { head += address.groups }
                break
            }
            guard index > start else { return nil }
            if isCompressed { tail.append(group) } else { head.append(group) }
            guard index < octets.count else { break }
            guard octets[index] == Octet.colon, index + 1 < octets.count else { return nil }
            index += 1
            if octets[index] == Octet.colon {
                guard !isCompressed else { return nil }
                isCompressed = true
                index += 1
            }
        }
        let count = head.count + tail.count
        guard isCompressed ? count < 8 : count == 8 else { return nil }
        groups = head + Array(repeating: 0, count: 8 - count) + tail
    }

    /// The canonical text (RFC 5952 §4) with all groups in hexadecimal, as the URL standard writes it: lower case, no
    /// leading zeros, the first longest run of two or more zero groups left out.
    var text: String {
        let gap = longestZeroRun
        var text = ""
        var index = 0
        while index < 8 {
            if index == gap.lowerBound, !gap.isEmpty {
                text += "::"
                index = gap.upperBound
                continue
            }
            if index > 0, index != gap.upperBound || gap.isEmpty { text += ":" }
            text += String(groups[index], radix: 16)
            index += 1
        }
        return text
    }

    private var longestZeroRun: Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in 0...8 where index == 8 || groups[index] != 0 {
            if index - start > max(1, longest.count) { longest = start..<index }
            start = index + 1
        }
        return longest
    }
}
