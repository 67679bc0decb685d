/// Why a server's answer does not open the connection (RFC 6455 §4.1).
public enum ClientHandshakeError: Error, Equatable, Sendable {
    /// The answer is no acceptable HTTP response.
    case head(HeadError)
    /// More interim responses than ``HeadLimits/maxInterimResponses``.
    case tooManyInterimResponses(limit: Int)
    /// A 101 in HTTP/1.0, which knows no upgrade (RFC 9110 §15.2).
    case unsupportedVersion(HTTPVersion)
    /// Upgrade is missing or is not `websocket`.
    case invalidUpgrade(String?)
    /// Connection is missing or lists no `Upgrade`.
    case invalidConnection(String?)
    /// `Sec-WebSocket-Accept` is missing, repeated, or does not prove that our key was read.
    case invalidAccept(String?)
    /// A subprotocol although none was offered.
    case subprotocolNotRequested(String)
    /// A subprotocol that is not one of those offered, or more than one.
    case invalidSubprotocol(String)
    /// No subprotocol although some were offered. RFC 6455 allows it; Node does not.
    case noSubprotocol
    /// Extensions although none was offered.
    case extensionsNotRequested(String)
    /// An extension that was not offered, or one that comes twice.
    case extensionNotRequested(String)
    /// A `Sec-WebSocket-Extensions` that breaks its grammar.
    case invalidExtensions(HeaderSyntaxError)
    /// More than one `Sec-WebSocket-Extensions` line (RFC 6455 §11.3.2).
    case repeatedExtensions
    /// Parameters of an extension that were not asked for or make no sense; for the extension to report.
    case unacceptableExtensionParameters(String)
}

extension ClientHandshakeError: CustomStringConvertible {
    /// The text Node's `ws` gives the same fault.
    public var description: String {
        switch self {
        case .head(let error): "Parse Error: \(error)"
        case .tooManyInterimResponses(let limit): "More than \(limit) interim responses"
        case .unsupportedVersion, .invalidConnection: "Unexpected server response: 101"
        case .invalidUpgrade: "Invalid Upgrade header"
        case .invalidAccept: "Invalid Sec-WebSocket-Accept header"
        case .subprotocolNotRequested: "Server sent a subprotocol but none was requested"
        case .invalidSubprotocol: "Server sent an invalid subprotocol"
        case .noSubprotocol: "Server sent no subprotocol"
        case .extensionsNotRequested:
            "Server sent a Sec-WebSocket-Extensions header but no extension was requested"
        case .extensionNotRequested: "Server indicated an extension that was not requested"
        case .invalidExtensions, .repeatedExtensions, .unacceptableExtensionParameters:
            "Invalid Sec-WebSocket-Extensions header"
        }
    }
}
