/// The head of an HTTP/1.1 request (RFC 9112 §3).
public struct RequestHead: Sendable, Equatable {
    /// The method, a case-sensitive token such as `GET`.
    public var method: String
    /// The request target as it was written, such as `/chat?room=1`.
    public var target: String
    /// The version after the target.
    public var version: HTTPVersion
    /// The fields in the order of their lines.
    public var fields: HeaderFields

    /// A head made of its parts; ``serialized()`` checks them.
    public init(
        method: String, target: String, version: HTTPVersion = .http11, fields: HeaderFields = HeaderFields()
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.fields = fields
    }

    /// The head's octets, the empty line included.
    /// - Throws: ``HandshakeMisuse/invalidMethod(_:)`` or ``HandshakeMisuse/invalidTarget(_:)`` when one of them could end
    ///   its place in the request line.
    public func serialized() throws(HandshakeMisuse) -> [UInt8] {
        guard HTTPGrammar.isToken(method) else { throw .invalidMethod(method) }
        guard Self.isTarget(target) else { throw .invalidTarget(target) }
        return trustedSerialization()
    }

    /// The octets of a head whose parts are known to be valid.
    func trustedSerialization() -> [UInt8] {
        var writer = HeadWriter(fields: fields)
        writer.append(method)
        writer.append(" ")
        writer.append(target)
        writer.append(" ")
        writer.append(version)
        return writer.finish(fields)
    }

    private static func isTarget(_ target: String) -> Bool {
        let octets = target.utf8.span
        for index in octets.indices where !RequestLine.isTargetOctet(octets[index]) { return false }
        return !octets.isEmpty
    }
}
