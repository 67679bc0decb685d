extension RequestHead {
    /// The request of RFC 6455 §4.1 in Node's order: the application's fields, the handshake's own, Host, Authorization.
    init(upgradeTo options: ClientHandshake.Options, key: String) throws(HandshakeMisuse) {
        if let name = SubprotocolHeader.firstInvalidName(options.subprotocols) { throw .invalidSubprotocol(name) }
        for offer in options.extensions {
            if let part = offer.firstInvalidPart { throw .invalidExtension(part) }
        }
        var fields = try Self.applicationFields(options)
        fields.appendTrusted(.secWebSocketVersion, String(options.version.rawValue))
        fields.appendTrusted(.secWebSocketKey, key)
        fields.appendTrusted(.connection, "Upgrade")
        fields.appendTrusted(.upgrade, "websocket")
        if !options.extensions.isEmpty {
            fields.appendTrusted(.secWebSocketExtensions, ExtensionHeader.format(options.extensions))
        }
        if !options.subprotocols.isEmpty {
            fields.appendTrusted(.secWebSocketProtocol, SubprotocolHeader.format(options.subprotocols))
        }
        if let origin = options.origin {
            do throws(HeaderFieldError) {
                try fields.append(name: options.version.originFieldName, value: origin)
            } catch {
                throw .field(error)
            }
        }
        if !fields.contains(.host) { fields.appendTrusted(.host, options.url.hostField) }
        if !fields.contains(.authorization), let credentials = try Self.credentials(options) {
            fields.appendTrusted(.authorization, "Basic \(Base64.encode(credentials.utf8.span))")
        }
        self.init(method: "GET", target: options.url.resourceName, fields: fields)
    }

    /// The application's fields without those the handshake writes itself.
    private static func applicationFields(_ options: ClientHandshake.Options) throws(HandshakeMisuse) -> HeaderFields {
        var fields = HeaderFields()
        for field in options.headers {
            switch field.known {
            case .upgrade, .connection, .secWebSocketKey, .secWebSocketVersion, .secWebSocketAccept: continue
            case .secWebSocketExtensions where !options.extensions.isEmpty: continue
            case .secWebSocketProtocol where !options.subprotocols.isEmpty: continue
            case .origin where options.origin != nil && options.version == .rfc6455: continue
            case .secWebSocketOrigin where options.origin != nil && options.version == .hybi8: continue
            case .contentLength, .transferEncoding:
                // A body would be taken for frames, or for a request of its own, by whoever stands in between.
                throw .reservedField(field.name)
            case .host where (try? Authority(parsing: field.value.utf8.span)) == nil: throw .invalidHost(field.value)
            case .host where fields.contains(.host), .authorization where fields.contains(.authorization):
                throw .repeatedField(field.name)
            default: fields.appendTrusted(field)
            }
        }
        return fields
    }

    /// `user:password` of the URL, else of the option (RFC 7617 §2).
    private static func credentials(_ options: ClientHandshake.Options) throws(HandshakeMisuse) -> String? {
        if let userInfo = options.url.userInfo { return "\(userInfo.user):\(userInfo.password)" }
        guard let auth = options.auth else { return nil }
        for octet in auth.utf8 where octet < 0x20 || octet == 0x7F { throw .invalidCredentials }
        return auth
    }
}
