/// Which end of the connection we are.
///
/// A client masks what it sends and a server does not (RFC 6455 §5.1). That is all the role changes in framing; every
/// other rule is the same in both directions.
public enum Role: Sendable {
    /// We opened the connection: our frames are masked, the peer's are not.
    case client
    /// We accepted the connection: our frames are not masked, the peer's are.
    case server

    /// The other end.
    @inlinable
    public var opposite: Role {
        switch self {
        case .client: .server
        case .server: .client
        }
    }
}
