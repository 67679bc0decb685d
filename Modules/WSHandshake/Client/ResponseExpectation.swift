/// What a 101 has to say to open the connection (RFC 6455 §4.1, points 2 to 6 of the client's checks).
struct ResponseExpectation: Sendable {
    /// The `Sec-WebSocket-Accept` that proves our key was read.
    let accept: String
    /// The subprotocols offered.
    let subprotocols: [String]
    /// The names of the extensions offered.
    let extensionNames: [String]

    /// Checks in Node's order, so that the first fault is the one Node reports: Upgrade, accept, subprotocol, extensions.
    func check(_ head: ResponseHead) throws(ClientHandshakeError) -> UpgradeResponse {
        let fields = head.fields
        guard head.version >= .http11 else { throw .unsupportedVersion(head.version) }
        let upgrade = fields.joined(.upgrade)
        guard let upgrade, upgrade.isEqualIgnoringCase(to: "websocket") else { throw .invalidUpgrade(upgrade) }
        guard fields.hasToken("upgrade", in: .connection) else {
            throw .invalidConnection(fields.joined(.connection))
        }
        // Joined, a repeated line is no longer the one value expected, here and for the subprotocol (RFC 6455 §11.3).
        let accept = fields.joined(.secWebSocketAccept)
        guard accept == self.accept else { throw .invalidAccept(accept) }
        return UpgradeResponse(
            head: head, subprotocol: try checkSubprotocol(fields), extensions: try checkExtensions(fields))
    }

    private func checkSubprotocol(_ fields: HeaderFields) throws(ClientHandshakeError) -> String? {
        guard let subprotocol = fields.joined(.secWebSocketProtocol) else {
            guard subprotocols.isEmpty else { throw .noSubprotocol }
            return nil
        }
        guard !subprotocols.isEmpty else { throw .subprotocolNotRequested(subprotocol) }
        guard subprotocols.contains(subprotocol) else { throw .invalidSubprotocol(subprotocol) }
        return subprotocol
    }

    private func checkExtensions(_ fields: HeaderFields) throws(ClientHandshakeError) -> [ExtensionOffer] {
        guard let value = fields.joined(.secWebSocketExtensions) else { return [] }
        guard !extensionNames.isEmpty else { throw .extensionsNotRequested(value) }
        guard fields.count(of: .secWebSocketExtensions) == 1 else { throw .repeatedExtensions }
        let accepted: [ExtensionOffer]
        do throws(HeaderSyntaxError) {
            accepted = try ExtensionHeader.parse(value)
        } catch {
            throw .invalidExtensions(error)
        }
        var known: Set<String> = []
        for offer in accepted {
            guard extensionNames.contains(offer.name), known.insert(offer.name).inserted else {
                throw .extensionNotRequested(offer.name)
            }
        }
        return accepted
    }
}
