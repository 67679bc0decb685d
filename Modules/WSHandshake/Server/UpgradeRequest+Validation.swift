extension UpgradeRequest {
    /// Checks a request against RFC 6455 §4.2.1 in Node's order: method, Upgrade, key, version, subprotocols. What HTTP
    /// itself asks for comes first, as an HTTP server in front would have it.
    init(validating head: RequestHead) throws(HandshakeRefusal.Reason) {
        let fields = head.fields
        let host: String?
        let framing: BodyFraming
        do throws(HeadError) {
            host = try head.checkedHost()
            framing = try head.bodyFraming()
        } catch {
            throw .head(error)
        }
        guard let host, head.version >= .http11 else { throw .httpVersion(head.version) }
        guard head.method == "GET" else { throw .method(head.method) }
        guard let target = RequestTarget(parsing: head.target) else { throw .target(head.target) }
        guard fields.hasToken("websocket", in: .upgrade) else {
            throw .upgrade(fields.joined(.upgrade))
        }
        guard fields.hasToken("upgrade", in: .connection) else {
            throw .connection(fields.joined(.connection))
        }
        // Any transfer coding at all, also one whose body would turn out empty.
        guard framing == .none else { throw .body }
        if let expectation = fields[.expect] { throw .expectation(expectation) }

        let key = try Self.checkedKey(fields)
        let version = try Self.checkedVersion(fields)
        self.init(
            head: head, key: key, version: version,
            subprotocols: try Self.checkedSubprotocols(fields),
            extensionsField: fields.joined(.secWebSocketExtensions),
            // Joined, so that an origin on two lines equals neither of them.
            origin: fields.joined(version.originFieldName),
            resourceName: target.resourceName,
            host: target.authority ?? host)
    }

    private static func checkedKey(_ fields: HeaderFields) throws(HandshakeRefusal.Reason) -> String {
        guard let key = fields[.secWebSocketKey] else { throw .missingKey }
        guard fields.count(of: .secWebSocketKey) == 1 else { throw .repeatedKey }
        guard AcceptKey.isKey(key) else { throw .malformedKey }
        return key
    }

    private static func checkedVersion(_ fields: HeaderFields) throws(HandshakeRefusal.Reason) -> ProtocolVersion {
        guard let text = fields[.secWebSocketVersion] else { throw .missingVersion }
        guard fields.count(of: .secWebSocketVersion) == 1 else { throw .repeatedVersion }
        guard let number = ProtocolVersion.number(in: text) else { throw .malformedVersion }
        guard let version = ProtocolVersion(rawValue: number) else { throw .unsupportedVersion(number) }
        return version
    }

    private static func checkedSubprotocols(_ fields: HeaderFields) throws(HandshakeRefusal.Reason) -> [String] {
        guard let list = fields.joined(.secWebSocketProtocol) else { return [] }
        do {
            return try SubprotocolHeader.parse(list)
        } catch {
            throw .subprotocols(error)
        }
    }
}
