/// The address of a WebSocket server (RFC 6455 §3).
///
/// ```
/// wss://user:password@chat.example:8443/rooms/1?token=2
/// ws+unix:/run/chat.sock:/rooms/1?token=2
/// ```
///
/// `http` and `https` are read as `ws` and `wss`. The path and the query are opaque: what RFC 3986 does not list is
/// percent-encoded, nothing else changes, not even dot segments. There is no room for ambiguity elsewhere: what two readers
/// could take for two different hosts is refused.
public struct WebSocketURL: Sendable, Equatable {
    /// What the address begins with.
    public enum Scheme: String, Sendable, CaseIterable {
        /// Plain TCP.
        case ws
        /// TLS.
        case wss
        /// A Unix-domain socket, Node's `ws+unix:path:resource`.
        case wsUnix = "ws+unix"

        /// 443 for wss, else 80 (RFC 6455 §3).
        public var defaultPort: UInt16 { self == .wss ? 443 : 80 }
    }

    /// The scheme, `http` and `https` rewritten.
    public let scheme: Scheme
    /// The host in lower case: a name, an IPv4 address, or an IPv6 address without brackets; `localhost` for a
    /// Unix-domain socket.
    public let host: String
    /// Whether ``host`` is an IPv6 address.
    public let isIPv6: Bool
    /// The port, the scheme's default when the address names none.
    public let port: UInt16
    /// What the request asks for: the path, at least `/`, and `?` with the query unless that is empty (RFC 6455 §3). ASCII.
    public let resourceName: String
    /// The credentials; never part of ``hostField``, ``resourceName`` or a description.
    public private(set) var userInfo: UserInfo?
    /// The path of the Unix-domain socket, taken literally, when the scheme is ``Scheme/wsUnix``.
    public let unixSocketPath: String?
    /// The normalised address: scheme and host in lower case, default port dropped, path percent-encoded. It holds the
    /// credentials, as Node's `url` does; use `description` for logs.
    public private(set) var href: String

    /// Whether the connection runs over TLS.
    public var isSecure: Bool { scheme == .wss }

    /// Whether ``port`` is the scheme's default.
    public var isDefaultPort: Bool { port == scheme.defaultPort }

    /// Whether ``host`` is an IPv4 or IPv6 address rather than a name: no name to look up or to announce in TLS.
    public var isIPAddress: Bool { isIPv6 || IPv4Address(parsing: host.utf8.span) != nil }

    /// The value of the Host field: IPv6 in brackets, the port unless it is the default (RFC 6455 §4.1).
    public var hostField: String {
        let host = isIPv6 ? "[\(host)]" : host
        return isDefaultPort ? host : "\(host):\(port)"
    }

    /// Reads an address.
    /// - Throws: ``WebSocketURLError``.
    public init(_ string: String) throws(WebSocketURLError) {
        self = try WebSocketURLParser(address: string).parse()
    }

    /// The same address without credentials.
    public func withoutUserInfo() -> WebSocketURL {
        var bare = self
        bare.userInfo = nil
        bare.href = description
        return bare
    }

    init(scheme: Scheme, authority: Authority, userInfo: UserInfo?, resourceName: String) {
        self.scheme = scheme
        host = authority.host
        isIPv6 = authority.isIPv6
        port = authority.port ?? scheme.defaultPort
        self.userInfo = userInfo
        self.resourceName = resourceName
        unixSocketPath = nil
        let host = authority.isIPv6 ? "[\(authority.host)]" : authority.host
        let hostField = port == scheme.defaultPort ? host : "\(host):\(port)"
        href = "\(scheme.rawValue)://\(userInfo.map { $0.encoded + "@" } ?? "")\(hostField)\(resourceName)"
    }

    init(unixSocketPath: String, resourceName: String?) {
        scheme = .wsUnix
        host = "localhost"
        isIPv6 = false
        port = Scheme.wsUnix.defaultPort
        userInfo = nil
        self.resourceName = resourceName ?? "/"
        self.unixSocketPath = unixSocketPath
        href = "ws+unix:\(unixSocketPath)\(resourceName.map { ":" + $0 } ?? "")"
    }
}

extension WebSocketURL: CustomStringConvertible {
    /// The address without credentials, for logs.
    public var description: String {
        guard userInfo != nil else { return href }
        return "\(scheme.rawValue)://\(hostField)\(resourceName)"
    }
}
