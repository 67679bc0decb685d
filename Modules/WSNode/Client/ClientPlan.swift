import WSConnection
import WSHandshake
import WSTransport

/// How a client connects: what it was asked for, and where redirects have led it so far. It lives until the socket is open.
final class ClientPlan {
    let options: ClientOptions
    private let loop: EventLoop
    private let configuration: ConnectionConfiguration.Shared
    private let keys: any MaskingKeySource
    /// Who negotiates compression, if there is to be some.
    let negotiator: (any CompressionNegotiator)?
    private var request: ClientHandshake.Options
    /// The address the application gave. Credentials are for this one (RFC 9110 §15.4 warns of the others).
    private let origin: WebSocketURL
    /// Once a redirect has led away from the origin, addresses bring no credentials either.
    private var hasLeftOrigin = false
    private var redirectCount = 0
    /// When connecting began: one deadline for the whole of it, over all redirects.
    private let start: Duration

    init(
        _ address: String, protocols: [String], options: ClientOptions, on loop: EventLoop
    ) throws(WebSocketError) {
        guard let version = ProtocolVersion(rawValue: options.protocolVersion) else {
            throw WebSocketError(
                "Unsupported protocol version: \(options.protocolVersion) (supported versions: 8, 13)", name: .range)
        }
        self.options = options
        self.loop = loop
        start = loop.now
        origin = try Self.url { () throws(WebSocketURLError) in try WebSocketURL(address) }
        request = ClientHandshake.Options(url: origin)
        request.version = version
        request.subprotocols = protocols
        request.origin = options.origin
        request.headers = options.headers
        request.auth = options.auth
        request.limits = options.limits.head
        configuration = try options.configuration()
        // A replay has the pure core only, so what is recorded is not compressed.
        negotiator = options.recording == nil ? try options.perMessageDeflate.negotiator(on: loop) : nil
        request.extensions = negotiator.map { [$0.offer] } ?? []
        keys = options.generateMask.map(CustomMaskingKeys.init) ?? loop.maskingKeys
    }

    /// Where the client is connecting to.
    var url: WebSocketURL { request.url }

    /// Whether redirects were followed.
    var isRedirected: Bool { redirectCount > 0 }

    /// The request to send there, with a fresh key (RFC 6455 §4.1).
    func makeHandshake() throws(WebSocketError) -> ClientHandshake {
        do throws(HandshakeMisuse) {
            let handshake = try ClientHandshake(request, nonce: SystemRandom.bytes(count: 16))
            // What was sent first is sent again: the credentials of a later address do not replace it.
            if options.followRedirects, let authorization = handshake.request.fields["Authorization"] {
                try? request.headers.set(name: "Authorization", value: authorization)
            }
            return handshake
        } catch {
            throw WebSocketError(error)
        }
    }

    /// The connection on which to send it.
    func makeConnection() -> Connection {
        var connection = Connection(clientToBegin: configuration, keys: keys, now: start)
        if let journal = options.recording?() { connection.keepJournal(journal, now: start) }
        return connection
    }

    /// The stream to have it on.
    ///
    /// - Throws: why it cannot be secured, if it has to be, or what the agent says.
    func connect() throws(WebSocketError) -> any Transport {
        try options.secure({ () throws(WebSocketError) in try self.connectInTheClear() }, to: url, on: loop)
    }

    private func connectInTheClear() throws(WebSocketError) -> any Transport {
        let endpoint = url.endpoint
        var connecting = ConnectOptions()
        connecting.family = options.family
        connecting.localAddress = options.localAddress
        connecting.localPort = options.localPort
        if let createConnection = options.createConnection { return createConnection(endpoint, connecting) }
        if let agent = options.agent { return try agent.connect(to: url, options: connecting, on: loop) }
        if let lookup = options.lookup, case .tcp(let host, _) = endpoint, !url.isIPAddress {
            return LookupTransport(of: host, family: options.family, lookup: lookup, on: loop) {
                [loop] (addresses) throws(WebSocketError) in
                connecting.addresses = addresses
                return loop.backend.connect(to: endpoint, options: connecting)
            }
        }
        return loop.backend.connect(to: endpoint, options: connecting)
    }

    /// Goes on to where an answer points.
    ///
    /// - Parameter keepsCredentials: whether the application looks at each request itself, and so decides what goes where.
    /// - Throws: when that is no address to connect to, or one too many.
    func follow(_ location: String, keepsCredentials: Bool) throws(WebSocketError) {
        redirectCount += 1
        guard redirectCount <= options.maxRedirects else { throw WebSocketError("Maximum redirects exceeded") }
        let base = url
        let target = try Self.url { () throws(WebSocketURLError) in try WebSocketURL(location, relativeTo: base) }
        if !keepsCredentials, hasLeftOrigin || !target.isTrusted(by: origin) {
            // What is left behind stays behind, also when a later redirect returns.
            hasLeftOrigin = true
            for name in ["Authorization", "Cookie", "Proxy-Authorization"] { request.headers.remove(name: name) }
            if !target.hasSameServer(as: origin) { request.headers.remove(name: "Host") }
            request.auth = nil
        }
        request.url = hasLeftOrigin ? target.withoutUserInfo() : target
    }

    private static func url(
        _ read: () throws(WebSocketURLError) -> WebSocketURL
    ) throws(WebSocketError) -> WebSocketURL {
        do throws(WebSocketURLError) {
            return try read()
        } catch {
            throw WebSocketError(error)
        }
    }
}

extension WebSocketURL {
    /// Where to connect.
    var endpoint: Endpoint {
        if let unixSocketPath { return .unix(path: unixSocketPath) }
        let literal = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return .tcp(host: literal, port: port)
    }

    /// Whether both name the same host and port, where the usual ports of ws and wss count as one; or the same socket path.
    fileprivate func hasSameServer(as other: WebSocketURL) -> Bool {
        unixSocketPath == other.unixSocketPath && hostField == other.hostField
    }

    /// Whether what was meant for `origin` may be sent here: to the same scheme, host and port, or to the same host when
    /// it moves from the usual port of ws to that of wss.
    fileprivate func isTrusted(by origin: WebSocketURL) -> Bool {
        guard hasSameServer(as: origin) else { return false }
        return scheme == origin.scheme || isSecure && isDefaultPort
    }
}
