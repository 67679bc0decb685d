/// The address of a proxy: `http://user:password@proxy.example:3128`, `socks5h://127.0.0.1:1080`.
public struct ProxyAddress: Sendable, Equatable {
    /// How to speak to the proxy.
    public enum Scheme: String, Sendable, CaseIterable {
        /// HTTP CONNECT.
        case http
        /// HTTP CONNECT, over TLS.
        case https
        /// SOCKS 5, names looked up here.
        case socks5
        /// SOCKS 5, names looked up by the proxy. `socks` means the same.
        case socks5h

        /// 80, 443 or 1080.
        public var defaultPort: UInt16 {
            switch self {
            case .http: 80
            case .https: 443
            case .socks5, .socks5h: 1080
            }
        }
    }

    /// How to speak to it.
    public let scheme: Scheme
    /// A name, or an IP literal without brackets.
    public let host: String
    /// The port, the scheme's default when the address names none.
    public let port: UInt16
    /// The credentials for the proxy.
    public let userInfo: UserInfo?

    /// Reads an address.
    ///
    /// - Parameter defaultScheme: what it is where it has no scheme, as is common in environment variables.
    /// - Throws: ``ProxyError/invalidAddress(_:)``.
    public init(_ string: String, defaultScheme: Scheme = .http) throws(ProxyError) {
        var rest = Substring(string)
        var scheme = defaultScheme
        if let colon = string.firstIndex(of: ":"), string[colon...].hasPrefix("://") {
            let name = string[..<colon].lowercased()
            guard let known = name == "socks" ? .socks5h : Scheme(rawValue: name) else {
                throw Self.invalid(string)
            }
            scheme = known
            rest = string[colon...].dropFirst(3)
        }
        if rest.last == "/" { rest.removeLast() }
        let octets = Array(rest.utf8)
        for octet in octets
        where octet <= Octet.space || octet == 0x7F || octet == Octet.slash || octet == Octet.question {
            throw Self.invalid(string)
        }
        let at = octets.lastIndex(of: Octet.at)
        do throws(WebSocketURLError.Fault) {
            userInfo = if let at { try UserInfo.parse(octets.span.extracting(0..<at)) } else { nil }
            let hostStart = at.map { $0 + 1 } ?? 0
            let authority = try Authority(parsing: octets.span.extracting(hostStart..<octets.count))
            host = authority.host
            port = authority.port ?? scheme.defaultPort
        } catch {
            throw Self.invalid(string)
        }
        self.scheme = scheme
    }

    /// The error repeats the address, which ends up in logs, so without credentials.
    private static func invalid(_ string: String) -> ProxyError {
        guard let at = string.lastIndex(of: "@") else { return .invalidAddress(string) }
        return .invalidAddress("***" + string[at...])
    }
}
