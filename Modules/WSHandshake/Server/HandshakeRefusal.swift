/// The answer to a request that does not become a WebSocket connection: an HTTP response, after which the connection is
/// closed and nothing more is read from it as a request (RFC 6455 §4.2.2, RFC 9112 §9.6).
public struct HandshakeRefusal: Error, Equatable, Sendable {
    /// Why.
    public let reason: Reason
    /// The status code, 300 to 599.
    public let status: Int
    /// Fields beyond the four every refusal has.
    public let fields: HeaderFields
    /// The text of the body.
    public let body: String

    /// The answer to a fault the handshake has found.
    public init(_ reason: Reason) {
        self.reason = reason
        status = reason.status
        fields = reason.fields
        body = reason.body
    }

    /// An answer of the application's own.
    ///
    /// - Parameters:
    ///   - status: 300 to 599 except 304, which has no body; anything else becomes 500, since a success would leave the
    ///     client in doubt.
    ///   - body: The text, or nil for the standard phrase.
    ///   - fields: Further fields; one named like a default one replaces it, but the length and the end of the connection
    ///     are not the application's to change.
    ///   - reason: What the refusal is reported as.
    public init(
        status: Int, body: String? = nil, fields: HeaderFields = HeaderFields(), reason: Reason = .application
    ) {
        let status = (300...599).contains(status) && status != 304 ? status : 500
        self.reason = reason
        self.status = status
        self.fields = fields
        self.body = body ?? HTTPStatus.reasonPhrase(for: status)
    }

    /// The whole response: head and body.
    ///
    /// It is self-delimiting and says that the connection ends, so that no byte after it can be taken for another response.
    public func response() -> [UInt8] {
        var all = HeaderFields()
        all.reserveCapacity(3 + fields.count)
        all.appendTrusted(.connection, connectionOptions)
        all.appendTrusted(.contentType, "text/html")
        all.appendTrusted(.contentLength, String(body.utf8.count))
        for field in fields {
            switch field.known {
            case .connection, .contentLength, .transferEncoding: break
            case .contentType: all.setTrusted(field)
            default: all.appendTrusted(field)
            }
        }
        var response = ResponseHead(status: status, fields: all).trustedSerialization()
        response.append(contentsOf: body.utf8)
        return response
    }

    /// An Upgrade field has to be named in Connection (RFC 9110 §7.8).
    private var connectionOptions: String { fields.contains(.upgrade) ? "close, Upgrade" : "close" }
}
