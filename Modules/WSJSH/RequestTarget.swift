/// The parts of a request target: `/path?name=value`, or the same behind a scheme and a host (RFC 9112 §3.2).
struct RequestTarget: Sendable {
    /// The path and the query.
    let resource: String
    /// The path.
    let path: String
    private let query: Substring

    init(_ target: String) {
        var rest = Substring(target)
        if !rest.hasPrefix("/"), let scheme = rest.firstRange(of: "://") {
            let authority = rest[scheme.upperBound...]
            let end = authority.firstIndex { $0 == "/" || $0 == "?" } ?? authority.endIndex
            rest = authority[end...]
            if !rest.hasPrefix("/") { rest = "/" + rest }
        }
        resource = String(rest)
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        path = String(rest[..<question])
        query = rest[question...].dropFirst()
    }

    /// The first value of that name, decoded.
    func parameter(_ name: String) -> String? {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if Self.decode(parts[0]) == name { return parts.count == 2 ? Self.decode(parts[1]) : "" }
        }
        return nil
    }

    /// The text of a form field: `+` is a space, `%` introduces an octet; one that is cut short stands for itself.
    private static func decode(_ text: Substring) -> String {
        var octets: [UInt8] = []
        var rest = text.utf8[...]
        while let octet = rest.popFirst() {
            switch octet {
            case UInt8(ascii: "+"): octets.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = Substring(rest.prefix(2))
                if digits.utf8.count == 2, !digits.hasPrefix("+"), !digits.hasPrefix("-"),
                    let value = UInt8(digits, radix: 16)
                {
                    octets.append(value)
                    rest = rest.dropFirst(2)
                } else {
                    octets.append(octet)
                }
            default: octets.append(octet)
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }
}
