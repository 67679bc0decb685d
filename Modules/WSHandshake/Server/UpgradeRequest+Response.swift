extension UpgradeRequest {
    /// The 101 that opens the connection (RFC 6455 §4.2.2).
    ///
    /// The fields come in Node's order: Upgrade, Connection, Sec-WebSocket-Accept, the subprotocol, the extensions, then
    /// `extraFields`.
    ///
    /// - Parameters:
    ///   - subprotocol: The one chosen, or nil for none.
    ///   - extensions: Those accepted, in the order in which they apply; a subset of those offered.
    ///   - extraFields: Anything else, such as cookies. They may bring a subprotocol or extensions of their own when the
    ///     parameters bring none.
    ///   - allowsUnofferedSubprotocol: Whether to send a subprotocol that was not offered, as Node does. A client will
    ///     fail the connection.
    /// - Throws: ``HandshakeMisuse``: a subprotocol or an extension that is malformed or was not offered, a field that
    ///   is reserved to the handshake or repeated.
    public func response(
        subprotocol: String? = nil, extensions: [ExtensionOffer] = [], extraFields: HeaderFields = HeaderFields(),
        allowsUnofferedSubprotocol: Bool = false
    ) throws(HandshakeMisuse) -> ResponseHead {
        for offer in extensions {
            if let part = offer.firstInvalidPart { throw .invalidExtension(part) }
        }
        let extensionsValue = extensions.isEmpty ? nil : ExtensionHeader.format(extensions)
        return try response(
            subprotocol: subprotocol, extensionsField: extensionsValue, extraFields: extraFields,
            allowsUnofferedSubprotocol: allowsUnofferedSubprotocol)
    }

    /// As ``response(subprotocol:extensions:extraFields:allowsUnofferedSubprotocol:)`` for an extension value that is
    /// formatted already.
    public func response(
        subprotocol: String? = nil, extensionsField: String?, extraFields: HeaderFields = HeaderFields(),
        allowsUnofferedSubprotocol: Bool = false
    ) throws(HandshakeMisuse) -> ResponseHead {
        if !extraFields.isEmpty { try checkPlaces(extraFields, besides: subprotocol, extensionsField) }
        if let value = extensionsField ?? extraFields[.secWebSocketExtensions] { try checkExtensions(value) }
        if let name = subprotocol ?? extraFields[.secWebSocketProtocol] {
            guard HTTPGrammar.isToken(name) else { throw .invalidSubprotocol(name) }
            guard allowsUnofferedSubprotocol || subprotocols.contains(name) else { throw .subprotocolNotOffered(name) }
        }
        var fields = HeaderFields()
        fields.reserveCapacity(5 + extraFields.count)
        fields.appendTrusted(.upgrade, "websocket")
        fields.appendTrusted(.connection, "Upgrade")
        fields.appendTrusted(.secWebSocketAccept, AcceptKey.value(for: key))
        if let subprotocol { fields.appendTrusted(.secWebSocketProtocol, subprotocol) }
        if let extensionsField {
            fields.appendTrusted(.secWebSocketExtensions, extensionsField)
        }
        for field in extraFields { fields.appendTrusted(field) }
        return ResponseHead(status: 101, fields: fields)
    }

    /// A 101 has no body, and what the handshake agrees on stands in it once (RFC 6455 §11.3).
    private func checkPlaces(
        _ extraFields: HeaderFields, besides subprotocol: String?, _ extensionsField: String?
    ) throws(HandshakeMisuse) {
        for field in extraFields {
            switch field.known {
            case .upgrade, .connection, .secWebSocketAccept, .contentLength, .transferEncoding:
                throw .reservedField(field.name)
            case .secWebSocketProtocol where subprotocol != nil, .secWebSocketExtensions where extensionsField != nil:
                throw .repeatedField(field.name)
            default: break
            }
        }
        for known in [KnownField.secWebSocketProtocol, .secWebSocketExtensions] where extraFields.count(of: known) > 1 {
            throw .repeatedField(known.name)
        }
    }

    /// An answer holds nothing that was not asked for (RFC 6455 §9.1).
    private func checkExtensions(_ value: String) throws(HandshakeMisuse) {
        guard let accepted = try? ExtensionHeader.parse(value) else { throw .invalidExtension(value) }
        let offered = extensionsField.flatMap { try? ExtensionHeader.parse($0) } ?? []
        for extensionName in accepted.map(\.name) where !offered.contains(where: { $0.name == extensionName }) {
            throw .invalidExtension(extensionName)
        }
    }
}
