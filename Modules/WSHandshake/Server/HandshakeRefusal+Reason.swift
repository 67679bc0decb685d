extension HandshakeRefusal {
    /// Why a request is refused: one case for each check.
    public enum Reason: Error, Equatable, Sendable {
        // What the request does wrong
        /// It is no acceptable HTTP request.
        case head(HeadError)
        /// It is older than HTTP/1.1, where Upgrade means nothing (RFC 9110 §7.8).
        case httpVersion(HTTPVersion)
        /// The method is not GET (RFC 6455 §4.2.1).
        case method(String)
        /// The target names no resource: the asterisk or authority form, or a malformed URI (RFC 6455 §4.2.1).
        case target(String)
        /// Upgrade is missing or lists no `websocket` (RFC 6455 §4.2.1).
        case upgrade(String?)
        /// Connection is missing or lists no `Upgrade` (RFC 6455 §4.2.1).
        case connection(String?)
        /// It has a body, which would be read as frames or as another request (RFC 9112 §6).
        case body
        /// It expects something before it goes on (RFC 9110 §10.1.1).
        case expectation(String)
        /// No `Sec-WebSocket-Key` (RFC 6455 §4.2.1).
        case missingKey
        /// More than one `Sec-WebSocket-Key` (RFC 6455 §11.3.1).
        case repeatedKey
        /// A `Sec-WebSocket-Key` that is not the Base64 of 16 bytes.
        case malformedKey
        /// No `Sec-WebSocket-Version` (RFC 6455 §4.2.1).
        case missingVersion
        /// More than one `Sec-WebSocket-Version` (RFC 6455 §11.3.5).
        case repeatedVersion
        /// A `Sec-WebSocket-Version` that is not a number of 0 to 255 (RFC 6455 §4.3).
        case malformedVersion
        /// A version we do not speak (RFC 6455 §4.4).
        case unsupportedVersion(Int)
        /// A `Sec-WebSocket-Protocol` that is no list of different tokens.
        case subprotocols(HeaderSyntaxError)
        /// A `Sec-WebSocket-Extensions` that breaks its grammar, or whose offers are all unacceptable (RFC 6455 §9.1).
        case extensions(HeaderSyntaxError?)

        // What the server decides
        /// No upgrade was asked for, and nothing else is served here.
        case upgradeRequired
        /// The path belongs to no WebSocket server.
        case path
        /// The application does not know the client.
        case unauthorized
        /// The origin is not on the list (RFC 6455 §10.2).
        case origin(String?)
        /// The server is closing, or has too many connections.
        case unavailable
        /// An answer the application has made itself.
        case application
    }
}

extension HandshakeRefusal.Reason {
    /// Whether the client broke a rule of the handshake, rather than being turned away: Node's `wsClientError`.
    public var isClientFault: Bool {
        switch self {
        case .head, .httpVersion, .method, .target, .upgrade, .connection, .body, .expectation, .missingKey,
            .repeatedKey,
            .malformedKey, .missingVersion, .repeatedVersion, .malformedVersion, .unsupportedVersion, .subprotocols,
            .extensions:
            true
        case .upgradeRequired, .path, .unauthorized, .origin, .unavailable, .application: false
        }
    }

    /// The status for this reason.
    var status: Int {
        switch self {
        case .head(let error): error.status
        case .method: 405
        case .expectation: 417
        case .upgradeRequired: 426
        case .unauthorized: 401
        case .origin: 403
        case .unavailable: 503
        case .application: 500
        case .httpVersion, .target, .upgrade, .connection, .body, .missingKey, .repeatedKey, .malformedKey,
            .missingVersion, .repeatedVersion, .malformedVersion, .unsupportedVersion, .subprotocols, .extensions,
            .path:
            400
        }
    }

    /// The text Node's `ws` gives the same fault; nothing of the request is repeated in it.
    var body: String {
        switch self {
        case .method: "Invalid HTTP method"
        case .upgrade: "Invalid Upgrade header"
        case .connection: "Invalid Connection header"
        case .missingKey, .repeatedKey, .malformedKey: "Missing or invalid Sec-WebSocket-Key header"
        case .missingVersion, .repeatedVersion, .malformedVersion, .unsupportedVersion:
            "Missing or invalid Sec-WebSocket-Version header"
        case .subprotocols: "Invalid Sec-WebSocket-Protocol header"
        case .extensions: "Invalid or unacceptable Sec-WebSocket-Extensions header"
        case .head, .httpVersion, .target, .body, .expectation, .upgradeRequired, .path, .unauthorized, .origin,
            .unavailable, .application:
            HTTPStatus.reasonPhrase(for: status)
        }
    }

    /// The fields RFC 9110 and RFC 6455 want with the status.
    var fields: HeaderFields {
        var fields = HeaderFields()
        switch self {
        case .method:
            // RFC 9110 §15.5.6; Node leaves it out.
            fields.appendTrusted(.allow, "GET")
        case .missingVersion, .repeatedVersion, .malformedVersion, .unsupportedVersion:
            fields.appendTrusted(.secWebSocketVersion, ProtocolVersion.advertised)
        case .upgradeRequired:
            fields.appendTrusted(.contentType, "text/plain")
            fields.appendTrusted(.upgrade, "websocket")
            fields.appendTrusted(.secWebSocketVersion, ProtocolVersion.advertised)
        case .head, .httpVersion, .target, .upgrade, .connection, .body, .expectation, .missingKey, .repeatedKey,
            .malformedKey, .subprotocols, .extensions, .path, .unauthorized, .origin, .unavailable, .application:
            break
        }
        return fields
    }
}
