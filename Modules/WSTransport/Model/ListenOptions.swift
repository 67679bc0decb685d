/// How to listen.
public struct ListenOptions: Sendable, Hashable {
    /// How many connections the kernel keeps for us before they are accepted; it may use less. Node's default.
    public var backlog: Int32 = 511

    /// Lets several listeners share one address, the kernel dealing out the connections: one event loop per core.
    public var reusePort = false

    /// Whether an IPv6 listener refuses IPv4 peers. Nil does what Node does: it accepts both.
    public var ipv6Only: Bool?

    /// The defaults, changed by the arguments given.
    public init(backlog: Int32 = 511, reusePort: Bool = false, ipv6Only: Bool? = nil) {
        self.backlog = backlog
        self.reusePort = reusePort
        self.ipv6Only = ipv6Only
    }
}
