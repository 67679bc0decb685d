/// Which proxy the environment names for an address: `wss_proxy` or `ws_proxy`, then `socks_proxy`, then `https_proxy`, then,
/// for ws, `http_proxy`, then `all_proxy`; none for what `no_proxy` lists.
///
/// Names are tried in lower case, then in upper case; `HTTP_PROXY` is not read, since in a CGI program a client can set it.
/// An empty value counts as none.
public struct ProxyRules: Sendable {
    private let variables: [String: String]

    /// The variables these rules read.
    public static let names: [String] = {
        let names = ["wss_proxy", "ws_proxy", "socks_proxy", "https_proxy", "http_proxy", "all_proxy", "no_proxy"]
        return names + names.map { $0.uppercased() }.filter { $0 != "HTTP_PROXY" }
    }()

    /// Rules made of variables; those of other names do not matter.
    public init(_ variables: [String: String]) {
        self.variables = variables.filter { Self.names.contains($0.key) && !$0.value.isEmpty }
    }

    /// The proxy for an address, nil to connect directly, as to Unix-domain sockets always.
    /// - Throws: ``ProxyError/invalidAddress(_:)``.
    public func proxy(for url: WebSocketURL) throws(ProxyError) -> ProxyAddress? {
        guard url.unixSocketPath == nil, !isExempt(url) else { return nil }
        let candidates =
            url.isSecure
            ? ["wss_proxy", "socks_proxy", "https_proxy", "all_proxy"]
            : ["ws_proxy", "socks_proxy", "https_proxy", "http_proxy", "all_proxy"]
        for name in candidates {
            guard let value = self[name] else { continue }
            return try ProxyAddress(value, defaultScheme: name == "socks_proxy" ? .socks5h : .http)
        }
        return nil
    }

    private subscript(name: String) -> String? { variables[name] ?? variables[name.uppercased()] }

    /// Whether `no_proxy` lists the address: a comma-separated list of hosts, each of which stands for its subdomains too,
    /// with or without a leading dot and a port; `*` is everything.
    private func isExempt(_ url: WebSocketURL) -> Bool {
        guard let list = self["no_proxy"] else { return false }
        for member in list.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" }) {
            if member == "*" || matches(member.lowercased(), url) { return true }
        }
        return false
    }

    private func matches(_ member: String, _ url: WebSocketURL) -> Bool {
        var host =
            member.hasPrefix("*.") ? member.dropFirst(2) : member.hasPrefix(".") ? member.dropFirst() : member[...]
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            let port = host[host.index(after: end)...]
            guard port.isEmpty || port == ":\(url.port)" else { return false }
            host = host[..<end].dropFirst()
        } else if let colon = host.firstIndex(of: ":"), host.lastIndex(of: ":") == colon {
            guard host[host.index(after: colon)...] == "\(url.port)" else { return false }
            host = host[..<colon]
        }
        guard !host.isEmpty else { return false }
        // A trailing dot changes nothing about which host it is; a part of an address is no domain.
        let name = url.host.hasSuffix(".") ? url.host.dropLast() : url.host[...]
        return name == host || !url.isIPAddress && name.hasSuffix(".\(host)")
    }
}
