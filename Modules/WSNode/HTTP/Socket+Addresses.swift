import WSTransport

// Where the two ends are.
extension Socket {
    /// The peer's address, without the port; nil on a Unix-domain socket, and once the peer has gone.
    public var remoteAddress: String? { Self.ipAddress(transport.remoteAddress)?.host }
    /// The peer's port.
    public var remotePort: UInt16? { Self.ipAddress(transport.remoteAddress)?.port }
    /// `IPv4` or `IPv6`.
    public var remoteFamily: String? { Self.ipAddress(transport.remoteAddress)?.family }
    /// The address of our end, without the port; nil on a Unix-domain socket.
    public var localAddress: String? { Self.ipAddress(transport.localAddress)?.host }
    /// The port of our end.
    public var localPort: UInt16? { Self.ipAddress(transport.localAddress)?.port }

    private static func ipAddress(_ address: SocketAddress?) -> SocketAddress? {
        if case .unix = address { nil } else { address }
    }
}
