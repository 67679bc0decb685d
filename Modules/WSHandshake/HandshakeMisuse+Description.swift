extension HandshakeMisuse: CustomStringConvertible {
    /// The fault as a sentence; the text Node's `ws` gives where it has one. Values are left out: they may be secrets.
    public var description: String {
        switch self {
        case .invalidMethod: "The method must be a valid HTTP token"
        case .invalidTarget: "Request path contains unescaped characters"
        case .invalidStatus(let status): "Invalid status code: \(status)"
        case .invalidReason: "Invalid character in statusMessage"
        case .field(let error): error.description
        case .reservedField(let name): "The \(name) header is reserved to the handshake"
        case .repeatedField(let name): "The \(name) header may be given once only"
        case .invalidHost: "The Host header must be a host with an optional port"
        case .invalidSubprotocol: "An invalid or duplicated subprotocol was specified"
        case .subprotocolNotOffered(let name):
            "The subprotocol \(name.debugDescription) was not requested by the client"
        case .invalidExtension(let part):
            "The extension \(part.debugDescription) is malformed or was not requested by the client"
        case .invalidCredentials: "The credentials contain a control character"
        case .invalidNonce(let byteCount): "The nonce must be 16 bytes long, got \(byteCount)"
        }
    }
}
