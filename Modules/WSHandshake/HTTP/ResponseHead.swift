/// The head of an HTTP/1.1 response (RFC 9112 §4).
public struct ResponseHead: Sendable, Equatable {
    /// The status code, three digits: 100 to 999.
    public var status: Int
    /// The reason phrase; it carries no meaning and may be empty (RFC 9112 §4).
    public var reason: String
    /// The version before the status.
    public var version: HTTPVersion
    /// The fields in the order of their lines.
    public var fields: HeaderFields

    /// A head made of its parts; ``serialized()`` checks them.
    public init(
        status: Int, reason: String, version: HTTPVersion = .http11, fields: HeaderFields = HeaderFields()
    ) {
        self.status = status
        self.reason = reason
        self.version = version
        self.fields = fields
    }

    /// A head with the standard phrase for its status, empty for one without.
    public init(status: Int, fields: HeaderFields = HeaderFields()) {
        self.init(status: status, reason: HTTPStatus.reasonPhrase(for: status), fields: fields)
    }

    /// The head's octets, the empty line included.
    /// - Throws: ``HandshakeMisuse/invalidStatus(_:)`` for a status outside 100 to 999,
    ///   ``HandshakeMisuse/invalidReason(_:)`` for a phrase with a control character or a scalar above U+00FF.
    public func serialized() throws(HandshakeMisuse) -> [UInt8] {
        guard (100...999).contains(status) else { throw .invalidStatus(status) }
        guard HTTPGrammar.firstForbiddenScalar(inFieldValue: reason) == nil else { throw .invalidReason(reason) }
        return trustedSerialization()
    }

    /// The octets of a head whose parts are known to be valid.
    func trustedSerialization() -> [UInt8] {
        var writer = HeadWriter(fields: fields)
        writer.append(version)
        writer.append(" ")
        writer.append(String(status))
        // The space stays even before an empty phrase (RFC 9112 §4).
        writer.append(" ")
        writer.append(reason)
        return writer.finish(fields)
    }
}
