import WSHandshake

extension WebSocketError {
    /// What Node says of an address it cannot use.
    init(_ error: WebSocketURLError) {
        self.init(error.description, name: .syntax)
    }

    /// What Node says of options it cannot use.
    init(_ misuse: HandshakeMisuse) {
        switch misuse {
        case .invalidSubprotocol:
            self.init("An invalid or duplicated subprotocol was specified", name: .syntax)
        case .invalidMethod, .invalidTarget, .invalidStatus, .invalidReason, .field, .reservedField, .repeatedField,
            .invalidHost, .subprotocolNotOffered, .invalidExtension, .invalidCredentials, .invalidNonce:
            self.init("Invalid option: \(misuse)", name: .type)
        }
    }
}
