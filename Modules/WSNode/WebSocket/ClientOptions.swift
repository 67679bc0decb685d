public import WSConnection
import WSFrame
public import WSHandshake
public import WSTransport

/// How a client connects and what it accepts. Every option has the default of Node's `ws`.
public struct ClientOptions {
    /// The `Sec-WebSocket-Version` to ask for: 13 (RFC 6455) or 8 (the drafts HyBi 07 to 12).
    public var protocolVersion = 13
    /// Header fields of the request, before the library's own; they cannot replace those the handshake consists of.
    public var headers = HeaderFields()
    /// The `Origin` field (in version 8: `Sec-WebSocket-Origin`).
    public var origin: String?
    /// `user:password` for Basic authentication, unless the address has some.
    public var auth: String?
    /// Whether to go where an answer with a status of 3xx and a Location points. Credentials are left behind when that is
    /// another server; with a listener for `redirect`, which sees each request, they are kept.
    public var followRedirects = false
    /// The most redirects to follow.
    public var maxRedirects = 10
    /// Is shown each request before it is sent, the first and those after redirects, and has to call
    /// ``OutgoingRequest/end()``.
    public var finishRequest: ((OutgoingRequest, WebSocket) -> Void)?
    /// How long the opening handshake may take, from the start of connecting and over all redirects; nil or zero for ever.
    public var handshakeTimeout: Duration? {
        get { limits.handshakeTimeout }
        set { limits.handshakeTimeout = newValue.flatMap { $0 > .zero ? $0 : nil } }
    }
    /// How long the closing handshake may take.
    public var closeTimeout: Duration {
        get { limits.closeTimeout }
        set { limits.closeTimeout = newValue }
    }
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
    /// Whether messages, pings and pongs that arrive together are emitted together. If not, one is in each turn of the loop.
    public var allowSynchronousEvents = true
    /// Whether text and close reasons are taken without a check that they are UTF-8.
    public var skipUTF8Validation = false
    /// Whether to offer permessage-deflate, and how to compress.
    public var perMessageDeflate = PerMessageDeflateSetting.clientDefault
    /// Queued output, in bytes, past which the socket stops reading until it was written.
    public var highWaterMark: Int {
        get { limits.highWaterMark }
        set { limits.highWaterMark = newValue }
    }
    /// All that a peer may make us store or wait for: ``maxPayload``, ``maxFragments``, ``closeTimeout``,
    /// ``handshakeTimeout`` and ``highWaterMark``, and what Node has no options for.
    public var limits = Limits.standard
    /// Makes the masking key of each frame, in place of the system's generator. For tests. It is called while the frame
    /// is being made, and must not use the socket.
    public var generateMask: (() -> (UInt8, UInt8, UInt8, UInt8))?
    /// Makes a journal that is told of everything that happens to the connection: a `Recorder` of `WSReplay`, say, which
    /// writes it down as a fixture. What is recorded holds whatever was sent, passwords too, and is not compressed.
    public var recording: (() -> any ConnectionJournal)?
    /// Which addresses of a name to use; nil for both families.
    public var family: AddressFamily?
    /// The literal address to connect from.
    public var localAddress: String?
    /// The port to connect from.
    public var localPort: UInt16?
    /// Makes the stream to connect over, in place of the loop's backend: a ``ProxyAgent``, an ``EnvironmentAgent``, or one's
    /// own. It is asked again for each redirect.
    public var agent: (any Agent)?
    /// Finds the addresses of a host name, in place of the system's resolver.
    public var lookup: Lookup?
    /// Makes the stream to connect over, in place of the loop's backend. What it returns has yet to tell its handler that it
    /// has connected, as the transports of ``Backend/connect(to:options:)`` do. It is asked again for each redirect.
    public var createConnection: ((Endpoint, ConnectOptions) -> any Transport)?

    /// Looks a host name up: calls `answer` once, now or later, with IP literals or an error. It is called, and has to answer,
    /// on the thread of the socket's loop; a nil family means both.
    public typealias Lookup = (
        _ host: String, _ family: AddressFamily?, _ answer: @escaping (Result<[String], TransportError>) -> Void
    ) -> Void

    #if TLS
    /// How `wss:` and `https:` addresses are secured.
    public var tls = TLSClientOptions()
    #endif

    /// The defaults.
    public init() {}

    /// The defaults, but for what the closure changes.
    public init(_ change: (inout ClientOptions) -> Void) {
        change(&self)
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
