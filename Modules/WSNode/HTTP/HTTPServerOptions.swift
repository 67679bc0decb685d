public import WSHandshake

/// What an HTTP server accepts, and how long it waits. Every option has the default of Node's `http`, or a safer one.
public struct HTTPServerOptions {
    /// How long the head of a request may take, from its first byte, or from the connection for the first request; nil
    /// for ever. Beyond it: 408.
    public var headersTimeout: Duration? = .seconds(60)
    /// How long a request may take, body included; nil for ever. Beyond it: 408.
    public var requestTimeout: Duration? = .seconds(300)
    /// How long a connection may rest between a response and the next request.
    public var keepAliveTimeout: Duration = .seconds(5)
    /// How long a connection may pass without a byte in either direction, whatever it waits for; nil for ever.
    public var timeout: Duration?
    /// How long the peer's end of the stream is waited for when we have said our last word.
    public var closeTimeout: Duration = .seconds(30)
    /// The limits of a request's head.
    public var head = HeadLimits.standard
    /// The longest body of a request, in bytes; nil for no limit, as bodies are handed on and not stored. Beyond it: 413.
    public var maxBodySize: Int?
    /// The most connections at a time; further ones are closed at once. Nil for no limit.
    public var maxConnections: Int?
    /// The most requests on one connection; the response to the last of them ends it. Nil for no limit.
    public var maxRequestsPerSocket: Int?

    /// The defaults.
    public init() {}

    /// The defaults, but for what the closure changes.
    public init(_ change: (inout HTTPServerOptions) -> Void) {
        change(&self)
    }

    var body: BodyLimits { BodyLimits(maxBytes: maxBodySize, trailers: head) }
}
