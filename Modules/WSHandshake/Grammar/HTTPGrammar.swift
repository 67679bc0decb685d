/// The small grammars the headers of a handshake are made of (RFC 9110 §5.6).
public enum HTTPGrammar {
    /// Whether `text` is a token: one or more letters, digits or the signs ``!#$%&'*+-.^_`|~`` (RFC 9110 §5.6.2).
    public static func isToken(_ text: String) -> Bool {
        let octets = text.utf8.span
        guard !octets.isEmpty else { return false }
        for index in octets.indices where !octets[index].isTokenOctet { return false }
        return true
    }

    /// Whether `text` can be a field value: tab, space, visible ASCII and U+0080 to U+00FF, the scalars that are one
    /// octet on the wire, without whitespace at either end (RFC 9110 §5.5).
    public static func isFieldValue(_ text: String) -> Bool {
        guard firstForbiddenScalar(inFieldValue: text) == nil else { return false }
        let octets = text.utf8.span
        return octets.isEmpty || !(octets[0].isWhitespace || octets[octets.count - 1].isWhitespace)
    }

    /// The first scalar of `text` that no field value may hold.
    static func firstForbiddenScalar(inFieldValue text: String) -> Unicode.Scalar? {
        let octets = text.utf8.span
        var isPlain = true
        for index in octets.indices where octets[index] >= 0x80 || !octets[index].isFieldValueOctet {
            isPlain = false
            break
        }
        if isPlain { return nil }
        return text.unicodeScalars.first { scalar in
            guard let octet = UInt8(exactly: scalar.value) else { return true }
            return !octet.isFieldValueOctet
        }
    }
}
