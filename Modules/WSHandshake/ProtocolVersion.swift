/// The versions of the protocol we speak, by their `Sec-WebSocket-Version` (RFC 6455 §4.4, §11.6).
///
/// Both have the same framing and the same checks; only the name of the origin's field differs.
public enum ProtocolVersion: Int, Sendable, CaseIterable {
    /// Drafts hybi-08 to hybi-12.
    case hybi8 = 8
    /// RFC 6455, and drafts hybi-13 to hybi-17.
    case rfc6455 = 13

    /// What a server lists when it cannot speak the version asked for (RFC 6455 §4.4).
    public static let advertised = "13, 8"

    /// The field that carries the origin: `Origin`, or `Sec-WebSocket-Origin` before version 13.
    public var originFieldName: String {
        switch self {
        case .hybi8: KnownField.secWebSocketOrigin.name
        case .rfc6455: KnownField.origin.name
        }
    }

    /// Reads a number of 0 to 255 in decimal digits without sign or leading zeros (RFC 6455 §4.3).
    static func number(in text: String) -> Int? {
        let octets = text.utf8.span
        guard (1...3).contains(octets.count), octets.count == 1 || octets[0] != 0x30 else { return nil }
        var number = 0
        for index in octets.indices {
            guard let digit = octets[index].decimalDigit else { return nil }
            number = number * 10 + Int(digit)
        }
        return number <= 255 ? number : nil
    }
}
