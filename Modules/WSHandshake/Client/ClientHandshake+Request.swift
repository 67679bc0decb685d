// Changing the request before it is sent, as those who are shown it may (Node's `finishRequest` and `redirect`).
extension ClientHandshake {
    /// Gives a field of the request one line.
    ///
    /// - Throws: ``HandshakeMisuse`` for a field that cannot be written, that the handshake consists of, or that would give
    ///   the request a body.
    public mutating func setField(_ name: String, to value: String) throws(HandshakeMisuse) {
        guard Self.mayChange(name) else { throw .reservedField(name) }
        var fields = request.fields
        do throws(HeaderFieldError) {
            try fields.set(name: name, value: value)
        } catch {
            throw .field(error)
        }
        if let host = fields[.host], (try? Authority(parsing: host.utf8.span)) == nil { throw .invalidHost(host) }
        request.fields = fields
    }

    /// Removes every line of a field from the request. Those that the handshake consists of, and Host, stay.
    public mutating func removeField(_ name: String) {
        guard Self.mayChange(name), KnownField(name.utf8.span) != .host else { return }
        request.fields.remove(name: name)
    }

    /// Whether a field is the application's to decide.
    private static func mayChange(_ name: String) -> Bool {
        switch KnownField(name.utf8.span) {
        case .upgrade, .connection, .secWebSocketKey, .secWebSocketVersion, .secWebSocketAccept,
            .secWebSocketExtensions,
            .secWebSocketProtocol, .contentLength, .transferEncoding:
            false
        case .allow, .authorization, .contentType, .expect, .host, .origin, .secWebSocketOrigin, nil: true
        }
    }
}
