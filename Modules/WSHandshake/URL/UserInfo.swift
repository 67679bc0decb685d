/// The credentials of a URL, decoded (RFC 3986 §3.2.1); they travel as Basic authentication (RFC 7617).
public struct UserInfo: Sendable, Equatable {
    /// The part before the first colon; it holds no colon itself.
    public let user: String
    /// The part after the first colon; empty when there is none.
    public let password: String

    /// The text as it stands in the URL, with what RFC 3986 does not list percent-encoded.
    let encoded: String

    /// Reads what stands before the `@`; nil in a result means there is nothing.
    static func parse(_ octets: Span<UInt8>) throws(WebSocketURLError.Fault) -> UserInfo? {
        var userEnd = octets.count
        for index in octets.indices where octets[index] == Octet.colon {
            userEnd = index
            break
        }
        let passwordStart = min(userEnd + 1, octets.count)
        for index in octets.indices {
            switch octets[index] {
            case Octet.at, Octet.openBracket, Octet.closeBracket, Octet.backslash, Octet.space:
                throw .invalidUserInformation
            default: break
            }
        }
        let user = try decode(octets.extracting(0..<userEnd))
        let password = try decode(octets.extracting(passwordStart..<octets.count))
        guard !user.utf8.contains(Octet.colon) else { throw .invalidUserInformation }
        if user.isEmpty, password.isEmpty { return nil }
        let end = password.isEmpty ? userEnd : octets.count
        let encoded = PercentEncoding.encode(octets.extracting(0..<end)) {
            $0.isUnreserved || $0.isSubDelimiter || $0 == Octet.colon
        }
        return UserInfo(user: user, password: password, encoded: encoded)
    }

    private static func decode(_ octets: Span<UInt8>) throws(WebSocketURLError.Fault) -> String {
        guard let decoded = PercentEncoding.decode(octets), let text = try? UTF8Span(validating: decoded.span) else {
            throw .invalidUserInformation
        }
        for octet in decoded where octet < 0x20 || octet == 0x7F { throw .invalidUserInformation }
        return String(copying: text)
    }
}
