/// The address of one end of a connection, as the transport reports it.
public enum SocketAddress: Sendable, Hashable {
    /// A dotted IPv4 literal and a port.
    case ipv4(String, UInt16)

    /// An IPv6 literal (with its zone, if any) and a port. IPv4 peers of a dual-stack listener appear here, mapped
    /// (`::ffff:192.0.2.1`).
    case ipv6(String, UInt16)

    /// A Unix-domain path; empty for the unnamed end that connected.
    case unix(String)

    /// A host name and a port in the in-memory network.
    case pipe(String, UInt16)

    /// The literal, the path or the name, without the port.
    public var host: String {
        switch self {
        case .ipv4(let host, _), .ipv6(let host, _), .pipe(let host, _): host
        case .unix(let path): path
        }
    }

    /// The port; zero for a Unix-domain address.
    public var port: UInt16 {
        switch self {
        case .ipv4(_, let port), .ipv6(_, let port), .pipe(_, let port): port
        case .unix: 0
        }
    }

    /// Node's name of the address family: `IPv4` or `IPv6`, nil for the others.
    public var family: String? {
        switch self {
        case .ipv4: "IPv4"
        case .ipv6: "IPv6"
        case .unix, .pipe: nil
        }
    }
}
