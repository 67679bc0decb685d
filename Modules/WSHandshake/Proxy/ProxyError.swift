/// Why a proxy cannot be used, or does not let us through.
public enum ProxyError: Error, Equatable, Sendable {
    /// The address of a proxy that cannot be read. User information is masked.
    case invalidAddress(String)
    /// A user or password with a control character, or a user with a colon (RFC 7617 §2).
    case invalidCredentials
    /// A user or password of no or more than 255 bytes (RFC 1929 §2).
    case credentialsLength
    /// A host name of no or more than 255 bytes, which SOCKS cannot carry (RFC 1928 §5). It is never looked up here instead.
    case hostLength(byteCount: Int)

    /// An HTTP proxy sent something that is no head of an answer.
    case head(HeadError)
    /// An HTTP proxy sent more interim answers than allowed.
    case tooManyInterimResponses(limit: Int)
    /// An HTTP proxy refused (RFC 9110 §9.3.6). 407, from some also 401, asks for other credentials.
    case refused(status: Int, reason: String)

    /// A SOCKS proxy answered in another version of the protocol.
    case socksVersion(UInt8)
    /// A SOCKS proxy accepts none of the ways to authenticate that were offered (RFC 1928 §3).
    case noAcceptableMethod
    /// A SOCKS proxy chose a way to authenticate that was not offered.
    case methodNotOffered(UInt8)
    /// A SOCKS proxy refused the user or the password (RFC 1929 §2).
    case socksCredentialsRefused
    /// A SOCKS proxy refused the request, with this code (RFC 1928 §6).
    case socksRefused(code: UInt8)
    /// A SOCKS proxy sent an address of an unknown type.
    case socksAddressType(UInt8)
}

extension ProxyError: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch self {
        case .invalidAddress(let address): "Invalid proxy address: \(address)"
        case .invalidCredentials: "The proxy credentials hold a character that cannot be sent"
        case .credentialsLength: "A SOCKS user and password must have 1 to 255 bytes"
        case .hostLength(let count): "A host name of \(count) bytes cannot be sent to a SOCKS proxy"
        case .head(let error): "The proxy's answer is malformed: \(error)"
        case .tooManyInterimResponses(let limit): "The proxy sent more than \(limit) interim responses"
        case .refused(let status, let reason) where reason.isEmpty: "The proxy refused the connection: \(status)"
        case .refused(let status, let reason): "The proxy refused the connection: \(status) \(reason)"
        case .socksVersion(let version): "The SOCKS proxy answered in version \(version)"
        case .noAcceptableMethod: "The SOCKS proxy accepts no authentication method that was offered"
        case .methodNotOffered(let method): "The SOCKS proxy chose authentication method \(method), not offered"
        case .socksCredentialsRefused: "The SOCKS proxy refused the credentials"
        case .socksRefused(let code): "The SOCKS proxy refused the connection: \(Self.meaning(ofReply: code))"
        case .socksAddressType(let type): "The SOCKS proxy sent an address of unknown type \(type)"
        }
    }

    /// What a reply code says (RFC 1928 §6).
    private static func meaning(ofReply code: UInt8) -> String {
        switch code {
        case 1: "general failure"
        case 2: "not allowed by its rules"
        case 3: "network unreachable"
        case 4: "host unreachable"
        case 5: "connection refused"
        case 6: "TTL expired"
        case 7: "command not supported"
        case 8: "address type not supported"
        default: "code \(code)"
        }
    }
}
