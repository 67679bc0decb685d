public import WSHandshake

/// What a peer may make a connection store, repeat or wait for.
///
/// ``standard`` has the defaults of Node's `ws`; ``hardened`` is for servers that face strangers.
public struct Limits: Sendable, Equatable {
    /// The longest message, in bytes, after reassembly and decompression; 0 for no limit. Beyond it: 1009.
    public var maxPayload: Int = 100 * 1024 * 1024

    /// The most data frames of one message, empty ones included; 0 for no limit. Beyond it: 1008.
    public var maxFragments: Int = 131_072

    /// The most pongs in the output of a peer that does not read. Of further pings only the latest is answered, when they
    /// were written (RFC 6455 §5.5.3).
    public var maxPendingPongs: Int = 16

    /// Queued output, in bytes, past which `send` answers false and a server stops reading, until all of it was written.
    public var highWaterMark: Int = 1024 * 1024

    /// Queued output, in bytes, past which the connection fails with 1008; 0 for no limit.
    public var maxQueuedBytes: Int = 0

    /// How long a message may stay unfinished; nil for ever. Beyond it: 1008.
    public var messageTimeout: Duration?

    /// How long the opening handshake may take, as a whole; nil for ever.
    public var handshakeTimeout: Duration?

    /// How long the closing handshake may take, from the first close frame of either side, or from the peer's fault, until
    /// the stream has ended. Nothing the peer does renews it.
    public var closeTimeout: Duration = .seconds(30)

    /// After how long a silence a ping is sent, at the latest after twice that; nil for never.
    public var keepAliveInterval: Duration?

    /// How long after such a ping something must have arrived.
    public var keepAliveTimeout: Duration = .seconds(10)

    /// The limits of the opening handshake's HTTP head.
    public var head: HeadLimits = .standard

    /// The defaults of Node's `ws`.
    public init() {}

    /// The defaults of Node's `ws`.
    public static let standard = Limits()

    /// For servers that face strangers: small messages, short waits, capped output.
    public static let hardened: Limits = {
        var limits = Limits()
        limits.maxPayload = 1024 * 1024
        limits.maxFragments = 4_096
        limits.maxQueuedBytes = 16 * 1024 * 1024
        limits.messageTimeout = .seconds(30)
        limits.handshakeTimeout = .seconds(10)
        limits.closeTimeout = .seconds(5)
        limits.keepAliveInterval = .seconds(30)
        limits.keepAliveTimeout = .seconds(10)
        limits.head = .hardened
        return limits
    }()
}
