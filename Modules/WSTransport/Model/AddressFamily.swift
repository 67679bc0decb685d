/// A version of the Internet Protocol, to narrow what a host name may stand for.
public enum AddressFamily: Sendable, Hashable {
    /// IPv4 only.
    case ipv4

    /// IPv6 only.
    case ipv6
}
