import WSConnection
import WSFrame
import WSHandshake
import WSTransport

extension WebSocket {
    /// Connects to a server.
    ///
    /// The attempt starts at once; its outcome comes later, as `open`, or as `error` and `close`.
    ///
    /// - Parameters:
    ///   - address: `ws:`, `wss:`, `http:`, `https:` or `ws+unix:` URL.
    ///   - protocols: the subprotocols to offer, most wanted first.
    ///   - loop: where the socket lives; by default the thread's.
    /// - Throws: a SyntaxError for an address or a subprotocol that cannot be used, a RangeError for another protocol
    ///   version than 8 and 13 or for a negative limit, and for a secure address the reason why the certificates and keys
    ///   of the options cannot be used.
    public convenience init(
        _ address: String, protocols: [String] = [], options: ClientOptions = ClientOptions(),
        on loop: EventLoop = .current
    ) throws(WebSocketError) {
        guard let version = ProtocolVersion(rawValue: options.protocolVersion) else {
            throw WebSocketError(
                "Unsupported protocol version: \(options.protocolVersion) (supported versions: 8, 13)", name: .range)
        }
        let url = try Self.parse(address)
        var handshake = ClientHandshake.Options(url: url)
        handshake.version = version
        handshake.subprotocols = protocols
        handshake.origin = options.origin
        handshake.headers = options.headers
        handshake.auth = options.auth
        handshake.limits = options.limits.head
        let machine: ClientHandshake
        do throws(HandshakeMisuse) {
            machine = try ClientHandshake(handshake, nonce: SystemRandom.bytes(count: 16))
        } catch {
            throw WebSocketError(error)
        }
        let configuration = try options.configuration()
        let keys: any MaskingKeySource = options.generateMask.map(CustomMaskingKeys.init) ?? loop.maskingKeys
        let connection = Connection(
            client: machine, configuration: configuration, keys: keys, now: loop.now)
        var connecting = ConnectOptions()
        connecting.family = options.family
        connecting.localAddress = options.localAddress
        connecting.localPort = options.localPort
        let transport = try options.secure(
            { loop.backend.connect(to: url.endpoint, options: connecting) }, to: url, on: loop)
        let driver = ConnectionDriver(loop: loop, transport: transport, isConnected: false, connection: connection)
        self.init(client: driver, facts: ClientFacts(url: url.href))
    }

    /// Connects to a server, offering one subprotocol.
    public convenience init(
        _ address: String, protocol: String, options: ClientOptions = ClientOptions(), on loop: EventLoop = .current
    ) throws(WebSocketError) {
        try self.init(address, protocols: [`protocol`], options: options, on: loop)
    }

    private static func parse(_ address: String) throws(WebSocketError) -> WebSocketURL {
        do throws(WebSocketURLError) {
            return try WebSocketURL(address)
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
}

/// What only a client knows of its connection.
final class ClientFacts {
    let url: String
    /// The answer that was no upgrade, while its body is read.
    var response: IncomingResponse?
    /// The status of an answer that was no upgrade, where nobody wants to read it.
    var refusalStatus: Int?

    init(url: String) {
        self.url = url
    }
}

/// Masking keys from a closure of the application.
final class CustomMaskingKeys: MaskingKeySource {
    private let generate: () -> (UInt8, UInt8, UInt8, UInt8)

    init(_ generate: @escaping () -> (UInt8, UInt8, UInt8, UInt8)) {
        self.generate = generate
    }

    func nextKey() -> MaskingKey {
        let key = generate()
        return MaskingKey(key.0, key.1, key.2, key.3)
    }
}
