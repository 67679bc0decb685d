public import WSHandshake
import WSTransport

/// How a server decides whether a client may connect: the three forms of Node's `verifyClient`.
///
///     options.verifyClient = .sync { info in info.origin == "https://example.com" }
///     options.verifyClient = .completion { info, decide in lookUp(info.req) { decide($0 ? true : .refuse(404)) } }
///     options.verifyClient = .async { request in await isKnown(request.head.fields["Cookie"]) ? true : false }
public enum ClientVerification {
    /// Decides at once.
    case sync((ClientInfo) -> Bool)
    /// Decides when it calls the closure it is given, on the loop's thread; calls after the first do nothing.
    case completion((ClientInfo, @escaping (ClientVerdict) -> Void) -> Void)
    /// Decides when it returns, wherever it runs.
    case async(@Sendable (ClientRequest) async -> ClientVerdict)
}

/// What a client's request says of the client.
public struct ClientInfo {
    /// The origin of the script that connects, from the field the client's version uses; nil for what is no browser.
    public let origin: String?
    /// Whether the connection is encrypted.
    public let secure: Bool
    /// The request.
    public let req: IncomingMessage
}

/// A client's request in a form that may go to other threads.
public struct ClientRequest: Sendable {
    /// The origin of the script that connects, from the field the client's version uses; nil for what is no browser.
    public let origin: String?
    /// Whether the connection is encrypted.
    public let secure: Bool
    /// The request's head.
    public let head: RequestHead
    /// The client's address, without the port.
    public let remoteAddress: String?
}

/// What became of a client's request: `true`, `false`, or a refusal of one's own.
public enum ClientVerdict: Sendable, ExpressibleByBooleanLiteral {
    /// The client may connect.
    case accept
    /// It is answered with an HTTP error.
    case reject(HandshakeRefusal)

    /// Refuses the client.
    ///
    /// - Parameters:
    ///   - status: 300–599, except 304.
    ///   - message: the body of the answer; nil or empty for the standard phrase.
    ///   - headers: further fields; one named like a default one replaces it. One that cannot be written is left out.
    public static func refuse(
        _ status: Int = 401, _ message: String? = nil, headers: KeyValuePairs<String, String> = [:]
    ) -> ClientVerdict {
        var fields = HeaderFields()
        for (name, value) in headers { try? fields.append(name: name, value: value) }
        let body = message?.isEmpty == true ? nil : message
        return .reject(HandshakeRefusal(status: status, body: body, fields: fields))
    }

    /// Accepts, or refuses with 401.
    public init(_ accepts: Bool) {
        self = accepts ? .accept : .reject(HandshakeRefusal(.unauthorized))
    }

    /// Accepts, or refuses with 401.
    public init(booleanLiteral accepts: Bool) { self.init(accepts) }
}
