public import WSHandshake
public import WSTransport

/// Connects clients through a proxy: with HTTP CONNECT, also over TLS, or SOCKS 5.
///
///     options.agent = try ProxyAgent("http://user:password@proxy.example:3128")
///     options.agent = try ProxyAgent("socks5h://127.0.0.1:1080")
///
/// ws goes through a tunnel like wss does (RFC 6455 §4.1). Host names are looked up by the proxy, but with `socks5`. The
/// credentials of the proxy go to the proxy alone, those of the server to the server alone.
public final class ProxyAgent: Agent {
    /// The proxy.
    public let address: ProxyAddress
    #if TLS
    /// How an `https` proxy is secured. The server behind it has the options of the client.
    public var tls = TLSClientOptions()
    #endif

    /// How long the head of the proxy's answer may be.
    public var limits = HeadLimits.standard

    /// Finds the addresses of host names for `socks5`, in place of the system's resolver.
    public var lookup: ClientOptions.Lookup?

    /// An agent for a proxy.
    ///
    /// - Parameter address: `http:`, `https:`, `socks5:` or `socks5h:` URL; without a scheme, `http:`.
    /// - Throws: a SyntaxError for an address that cannot be used.
    public init(_ address: String) throws(WebSocketError) {
        do throws(ProxyError) {
            self.address = try ProxyAddress(address)
        } catch {
            throw WebSocketError(error)
        }
    }

    /// An agent for a proxy.
    public init(_ address: ProxyAddress) {
        self.address = address
    }

    /// A stream through the proxy; see ``Agent``.
    public func connect(
        to url: WebSocketURL, options: ConnectOptions, on loop: EventLoop
    ) throws(WebSocketError) -> any Transport {
        if case .unix = url.endpoint { return loop.backend.connect(to: url.endpoint, options: options) }
        switch address.scheme {
        case .http, .https:
            let tunnel: ConnectTunnel
            do throws(ProxyError) {
                tunnel = try ConnectTunnel(to: url.host, port: url.port, userInfo: address.userInfo, limits: limits)
            } catch {
                throw WebSocketError(error)
            }
            return TunnelTransport(over: try reach(options, on: loop), tunnel, on: loop)
        case .socks5h:
            return try socks(to: url.host, port: url.port, options, on: loop)
        case .socks5:
            if url.isIPAddress { return try socks(to: url.host, port: url.port, options, on: loop) }
            let lookup = lookup ?? loop.systemLookup
            return LookupTransport(of: url.host, family: options.family, lookup: lookup, on: loop) {
                (addresses) throws(WebSocketError) in
                try self.socks(to: addresses[0], port: url.port, options, on: loop)
            }
        }
    }

    private func socks(
        to host: String, port: UInt16, _ options: ConnectOptions, on loop: EventLoop
    ) throws(WebSocketError) -> any Transport {
        let negotiation: SocksNegotiation
        do throws(ProxyError) {
            negotiation = try SocksNegotiation(to: host, port: port, userInfo: address.userInfo)
        } catch {
            throw WebSocketError(error)
        }
        return TunnelTransport(over: try reach(options, on: loop), negotiation, on: loop)
    }

    /// A stream to the proxy itself.
    private func reach(_ options: ConnectOptions, on loop: EventLoop) throws(WebSocketError) -> any Transport {
        let endpoint = Endpoint.tcp(host: address.host, port: address.port)
        guard address.scheme == .https else { return loop.backend.connect(to: endpoint, options: options) }
        #if TLS
        return try tls.secure({ loop.backend.connect(to: endpoint, options: options) }, to: address.host, on: loop)
        #else
        throw WebSocketError(
            "This build has no TLS: the proxy \(address.host) cannot be reached", code: "ERR_NO_CRYPTO")
        #endif
    }
}

/// Connects clients through the proxies that the environment names, or directly where it names none: see ``ProxyRules``.
public struct EnvironmentAgent: Agent {
    private let rules: ProxyRules

    /// The environment as it is now.
    public init() {
        var variables: [String: String] = [:]
        for name in ProxyRules.names { variables[name] = SystemEnvironment[name] }
        rules = ProxyRules(variables)
    }

    /// An environment made of these variables.
    public init(_ variables: [String: String]) {
        rules = ProxyRules(variables)
    }

    /// A stream through the proxy for the address, or directly; see ``Agent``.
    public func connect(
        to url: WebSocketURL, options: ConnectOptions, on loop: EventLoop
    ) throws(WebSocketError) -> any Transport {
        let proxy: ProxyAddress?
        do throws(ProxyError) {
            proxy = try rules.proxy(for: url)
        } catch {
            throw WebSocketError(error)
        }
        guard let proxy else { return loop.backend.connect(to: url.endpoint, options: options) }
        return try ProxyAgent(proxy).connect(to: url, options: options, on: loop)
    }
}

extension WebSocketError {
    /// What is said of a proxy that cannot be used.
    init(_ error: ProxyError) {
        switch error {
        case .invalidAddress: self.init(error.description, name: .syntax)
        case .invalidCredentials, .credentialsLength, .hostLength:
            self.init(error.description, name: .type)
        case .head, .tooManyInterimResponses, .refused, .socksVersion, .noAcceptableMethod, .methodNotOffered,
            .socksCredentialsRefused, .socksRefused, .socksAddressType:
            self.init(error.description, code: ProxyError.code)
        }
    }
}

extension ProxyError {
    /// The code of errors that are the proxy's doing.
    static let code = "ERR_PROXY_TUNNEL"
}
