/// A host with an optional port: the value of a Host field and the part of a URL that names the server (RFC 3986 §3.2).
struct Authority: Sendable, Equatable {
    /// Lower case; an IPv6 literal without its brackets, in canonical form.
    let host: String
    /// Whether the host is an IPv6 literal.
    let isIPv6: Bool
    /// Nil when it is absent or empty.
    let port: UInt16?

    /// Reads `host [ ":" port ]`; user information is no part of it.
    init(parsing octets: Span<UInt8>) throws(WebSocketURLError.Fault) {
        let hostEnd: Int
        if !octets.isEmpty, octets[0] == Octet.openBracket {
            hostEnd = try Self.endOfBrackets(octets)
            let literal = octets.extracting(1..<(hostEnd - 1))
            for index in literal.indices where literal[index] == Octet.percent { throw .zoneIdentifier }
            guard let address = IPv6Address(parsing: literal) else { throw .invalidIPv6Address }
            host = address.text
            isIPv6 = true
        } else {
            hostEnd = try Self.endOfName(octets)
            guard hostEnd > 0 else { throw .emptyHost }
            host = octets.latin1(0..<hostEnd).lowercased()
            isIPv6 = false
        }
        guard hostEnd < octets.count else {
            port = nil
            return
        }
        guard octets[hostEnd] == Octet.colon else { throw .invalidHost }
        port = try Self.port(octets.extracting((hostEnd + 1)..<octets.count))
    }

    private static func endOfBrackets(_ octets: Span<UInt8>) throws(WebSocketURLError.Fault) -> Int {
        for index in octets.indices where octets[index] == Octet.closeBracket { return index + 1 }
        throw .invalidIPv6Address
    }

    /// The end of a `reg-name` or IPv4 address at the beginning.
    private static func endOfName(_ octets: Span<UInt8>) throws(WebSocketURLError.Fault) -> Int {
        var index = 0
        while index < octets.count, octets[index] != Octet.colon {
            let octet = octets[index]
            switch octet {
            case 0x80...: throw .nonASCIIHost
            case Octet.percent:
                guard index + 2 < octets.count, octets[index + 1].hexDigit != nil, octets[index + 2].hexDigit != nil
                else { throw .invalidHost }
            case _ where !octet.isUnreserved && !octet.isSubDelimiter: throw .invalidHost
            default: break
            }
            index += 1
        }
        return index
    }

    /// At most five digits: a longer run of zeros is refused rather than cut to a width (Vapor's CVE-2024-21631).
    private static func port(_ digits: Span<UInt8>) throws(WebSocketURLError.Fault) -> UInt16? {
        guard digits.count <= 5 else { throw .invalidPort }
        var number = 0
        for index in digits.indices {
            guard let digit = digits[index].decimalDigit else { throw .invalidPort }
            number = number * 10 + Int(digit)
        }
        guard let port = UInt16(exactly: number) else { throw .invalidPort }
        return digits.isEmpty ? nil : port
    }
}

extension UInt8 {
    /// `unreserved` of RFC 3986 §2.3.
    var isUnreserved: Bool {
        isLetter || decimalDigit != nil || self == Octet.dash || self == Octet.dot || self == 0x5F || self == 0x7E
    }

    /// `sub-delims` of RFC 3986 §2.2.
    var isSubDelimiter: Bool {
        switch self {
        case 0x21, 0x24, 0x26...0x2C, 0x3B, 0x3D: true
        default: false
        }
    }
}
