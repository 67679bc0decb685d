public import WSConnection
import WSHandshake

/// What a server accepts. Every option has the default of Node's `ws`.
public struct ServerOptions {
    /// The port to listen at with an HTTP server of our own, 0–65535; 0 picks a free one.
    public var port: Int?
    /// The HTTP server whose upgrade requests to take. Whoever made it starts and stops it.
    public var server: HTTPServer?
    /// Whether there is no server: the application hands over what is to be upgraded.
    public var noServer = false
    /// The address to listen at; nil for every local one, IPv6 and IPv4 alike.
    public var host: String?
    /// The path of a Unix-domain socket to listen at, in place of ``port``.
    public var unixSocketPath: String?
    /// The only path to accept, compared with the request's up to its query; nil for any.
    public var path: String?
    /// Decides in place of ``path`` which requests are for this server.
    public var shouldHandle: ((IncomingMessage) -> Bool)?
    /// Decides whether a client may connect, once its request was found to be valid.
    public var verifyClient: ClientVerification?
    /// How many connections may wait to be accepted.
    public var backlog: Int32 = 511
    /// Lets the servers of several loops share the port.
    public var reusePort = false
    /// Whether ``WebSocketServer/clients`` is kept.
    public var clientTracking = true
    /// Chooses among the subprotocols the client offers; nil or an empty text for none. A name that was not offered is
    /// refused with 500, since it must not be sent. Without this option the first name is taken.
    public var handleProtocols: (([String], IncomingMessage) -> String?)?
    /// The longest message, in bytes; 0 for no limit.
    public var maxPayload: Int {
        get { limits.maxPayload }
        set { limits.maxPayload = newValue }
    }
    /// The most frames of a message; 0 for no limit.
    public var maxFragments: Int {
        get { limits.maxFragments }
        set { limits.maxFragments = newValue }
    }
    /// Whether pings are answered.
    public var autoPong = true
    /// Whether text and close reasons are taken without a check that they are UTF-8.
    public var skipUTF8Validation = false
    /// Whether messages, pings and pongs that arrive together are emitted together. If not, one is in each turn of the loop.
    public var allowSynchronousEvents = true
    /// How long the closing handshake may take.
    public var closeTimeout: Duration {
        get { limits.closeTimeout }
        set { limits.closeTimeout = newValue }
    }
    /// How long the opening handshake may take; zero for ever. A minute, unless ``limits`` were replaced.
    public var handshakeTimeout: Duration {
        get { limits.handshakeTimeout ?? .zero }
        set { limits.handshakeTimeout = newValue > .zero ? newValue : nil }
    }
    /// Whether to accept permessage-deflate, and how to compress. Off, as in Node: it costs memory and time, and lengths
    /// can give secrets away.
    public var perMessageDeflate: PerMessageDeflateSetting = false
    /// Queued output, in bytes, past which a socket stops reading until it was written.
    public var highWaterMark: Int {
        get { limits.highWaterMark }
        set { limits.highWaterMark = newValue }
    }
    /// The most connections at a time, handshakes included; further ones are closed at once. Nil for no limit.
    public var maxConnections: Int?
    #if TLS
    /// The certificate and how else to secure connections; nil for connections in the clear.
    public var tls: TLSServerOptions?
    #endif
    /// Makes a journal for each connection, as ``ClientOptions/recording``.
    public var recording: (() -> any ConnectionJournal)?
    /// All that a peer may make us store or wait for: ``maxPayload``, ``maxFragments``, ``closeTimeout``,
    /// ``handshakeTimeout`` and ``highWaterMark``, and what Node has no options for.
    public var limits = {
        var limits = Limits.standard
        limits.handshakeTimeout = .seconds(60)
        return limits
    }()

    /// The defaults.
    public init() {}

    /// The defaults, but for what the closure changes.
    public init(_ change: (inout ServerOptions) -> Void) {
        change(&self)
    }

    /// Takes over ``Limits/hardened``, for a server that faces strangers.
    public mutating func harden() {
        limits = .hardened
    }

    /// What an HTTP server of our own accepts.
    var http: HTTPServerOptions {
        HTTPServerOptions {
            $0.head = limits.head
            $0.headersTimeout = limits.handshakeTimeout
            if limits.handshakeTimeout == nil { $0.requestTimeout = nil }
            $0.closeTimeout = closeTimeout
            $0.maxConnections = maxConnections
        }
    }

    /// - Throws: a RangeError for a negative limit.
    func configuration() throws(WebSocketError) -> ConnectionConfiguration.Shared {
        try limits.check()
        return .init(
            ConnectionConfiguration(
                limits: limits, validatesUTF8: !skipUTF8Validation, answersPings: autoPong,
                maxInflatedPerTurn: EventLoop.maxInflatedPerTurn))
    }
}
