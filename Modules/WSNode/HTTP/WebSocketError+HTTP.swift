import WSHandshake

extension WebSocketError {
    /// What Node says of a request that cannot be served.
    init(_ refusal: HandshakeRefusal) {
        switch refusal.reason {
        case .head(let error): self.init("Parse Error: \(error)", code: error.nodeCode)
        case .application where refusal.status == 408:
            self.init("Request timeout", code: "ERR_HTTP_REQUEST_TIMEOUT")
        default: self.init(refusal.body)
        }
    }

    /// What Node says of a field that cannot be written.
    init(_ error: HeaderFieldError) {
        switch error {
        case .invalidName(let name):
            self.init(
                "Header name must be a valid HTTP token [\"\(name)\"]", name: .type, code: "ERR_INVALID_HTTP_TOKEN")
        case .invalidValue(let name, _):
            self.init("Invalid character in header content [\"\(name)\"]", name: .type, code: "ERR_INVALID_CHAR")
        }
    }

    static let headersSent = WebSocketError(
        "Cannot change headers after they are sent to the client", code: "ERR_HTTP_HEADERS_SENT")
}
