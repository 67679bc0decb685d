/// What an application may not ask the handshake for: the fault is the caller's, and nothing has been written.
public enum HandshakeMisuse: Error, Equatable, Sendable {
    /// A method that is no token.
    case invalidMethod(String)
    /// A request target that is empty or holds something other than visible ASCII, or a fragment sign.
    case invalidTarget(String)
    /// A status code outside 100 to 999.
    case invalidStatus(Int)
    /// A reason phrase with a control character or a scalar above U+00FF.
    case invalidReason(String)
    /// A field that cannot be written.
    case field(HeaderFieldError)
    /// A field the handshake writes itself, or one that would give it a body.
    case reservedField(String)
    /// A field that may stand in a head once only.
    case repeatedField(String)
    /// A Host that is not a host with an optional port (RFC 9110 §7.2).
    case invalidHost(String)
    /// A subprotocol that is empty, no token, or named twice (RFC 6455 §4.1).
    case invalidSubprotocol(String)
    /// A subprotocol the client did not offer (RFC 6455 §4.2.2).
    case subprotocolNotOffered(String)
    /// An extension whose name or parameter is no token, or that a server accepts although the client did not offer it
    /// (RFC 6455 §9.1).
    case invalidExtension(String)
    /// Credentials with a control character (RFC 7617 §2).
    case invalidCredentials
    /// A nonce that is not 16 bytes long (RFC 6455 §4.1).
    case invalidNonce(byteCount: Int)
}
