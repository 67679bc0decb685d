import WSNode

/// The request of a client that has connected.
public struct Request: Sendable {
    /// Where a request came from.
    public struct Socket: Sendable {
        /// The address of the client.
        public let remoteAddress: String
    }

    /// The value of a field, or its values where it was repeated.
    public enum HeaderValue: Sendable, Equatable {
        /// The value of a field.
        case one(String)
        /// The values of a field that was repeated.
        case list([String])
    }

    /// The path and the query.
    public let url: String
    /// The request target as it was received.
    public let requestUri: String
    /// The path alone.
    public let path: String
    /// The field Host.
    public let host: String
    /// The method; always `GET`.
    public let method: String
    /// The fields by name in lower case.
    public let headers: [String: HeaderValue]
    /// Names and values in turn, as they were spelled.
    public let rawHeaders: [String]
    /// The version, such as `1.1`.
    public let httpVersion: String
    /// Whether the request was received whole; always true.
    public let complete = true
    /// The address of the client.
    public let remoteAddress: String
    /// Where the request came from.
    public var socket: Socket { Socket(remoteAddress: remoteAddress) }

    private let target: RequestTarget

    init(_ message: WSNode.IncomingMessage) {
        let head = message.head
        target = RequestTarget(head.target)
        requestUri = head.target
        url = target.resource
        path = target.path
        method = head.method
        httpVersion = "\(head.version.major).\(head.version.minor)"
        rawHeaders = head.fields.flatMap { [$0.name, $0.value] }
        host = head.fields["Host"] ?? ""
        remoteAddress = message.socket.remoteAddress ?? "unknown"
        var headers: [String: HeaderValue] = [:]
        for field in head.fields {
            let name = field.name.lowercased()
            switch headers[name] {
            case nil: headers[name] = .one(field.value)
            case .one(let first): headers[name] = .list([first, field.value])
            case .list(let values): headers[name] = .list(values + [field.value])
            }
        }
        self.headers = headers
    }

    /// The value of a field, the first where it was repeated; empty if it is missing. The letter case of the name does not
    /// matter.
    public func getHeader(_ name: String) -> String {
        switch headers[name.lowercased()] {
        case nil: ""
        case .one(let value): value
        case .list(let values): values.first ?? ""
        }
    }

    /// Whether a field is there and not empty.
    public func hasHeader(_ name: String) -> Bool { !getHeader(name).isEmpty }

    /// The first value of a parameter of the query, decoded; empty if it is missing.
    public func query(_ name: String) -> String { target.parameter(name) ?? "" }
}
