/// The proof that a server has read the handshake: `Sec-WebSocket-Accept` (RFC 6455 §4.2.2).
public enum AcceptKey {
    private static let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// The Base64 of the SHA-1 of the key followed by the protocol's GUID: 28 characters.
    ///
    /// - Parameter key: The `Sec-WebSocket-Key` as it stands in the request; it is not decoded.
    public static func value(for key: String) -> String {
        var digest = SHA1()
        digest.update(key.utf8.span)
        digest.update(guid.utf8.span)
        let octets = digest.finish()
        return Base64.encode(octets.span)
    }

    /// Whether a key is the Base64 of 16 octets: 22 characters and `==` (RFC 6455 §4.1).
    ///
    /// The four bits the last character has in excess need not be zero: the RFC's own example has some set.
    public static func isKey(_ key: String) -> Bool {
        let octets = key.utf8.span
        guard octets.count == 24, octets[22] == Octet.equals, octets[23] == Octet.equals else { return false }
        for index in 0..<22 where !Base64.isCharacter(octets[index]) { return false }
        return true
    }
}
