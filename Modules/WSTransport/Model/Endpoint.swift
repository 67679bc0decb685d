/// A place to listen at or connect to, as the application writes it.
public enum Endpoint: Sendable, Hashable {
    /// A TCP port. The host is a name, or an IPv4 or IPv6 literal (without brackets, with `%zone` where it has one).
    case tcp(host: String, port: UInt16)

    /// A Unix-domain socket: a path of at most 107 bytes, or an abstract name when it starts with a zero byte.
    case unix(path: String)
}
