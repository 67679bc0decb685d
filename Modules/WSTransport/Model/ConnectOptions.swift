/// How to connect.
public struct ConnectOptions: Sendable, Hashable {
    /// The literal address to connect from; nil lets the system choose.
    public var localAddress: String?

    /// The port to connect from; nil or zero lets the system choose.
    public var localPort: UInt16?

    /// Which addresses of a name to use; nil takes both families in the resolver's order.
    public var family: AddressFamily?

    /// The IP literals to try in place of looking the endpoint's name up; nil looks it up.
    public var addresses: [String]?

    /// How long the lookup of a name may take before the connection fails with ETIMEDOUT; nil waits for ever.
    public var lookupTimeout: Duration? = .seconds(10)

    /// How long one address may keep the next one of a name waiting. The attempts then race and the first to succeed
    /// wins (RFC 8305 §5 recommends 250 ms); nil tries the next address only when one has failed.
    public var attemptDelay: Duration? = .milliseconds(250)

    /// The defaults, changed by the arguments given.
    public init(
        localAddress: String? = nil, localPort: UInt16? = nil, family: AddressFamily? = nil,
        lookupTimeout: Duration? = .seconds(10), attemptDelay: Duration? = .milliseconds(250)
    ) {
        self.localAddress = localAddress
        self.localPort = localPort
        self.family = family
        self.lookupTimeout = lookupTimeout
        self.attemptDelay = attemptDelay
    }
}
