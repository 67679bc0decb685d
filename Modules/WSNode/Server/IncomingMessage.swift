public import WSHandshake
import WSTransport

/// A request as a server received it, with the members of Node's `http.IncomingMessage`.
public final class IncomingMessage {
    /// The request's head as it was read.
    public let head: RequestHead

    /// Where the request came from.
    public let socket: Socket

    /// What a request knows of its connection. The addresses are asked of the system when they are wanted, which is while
    /// the connection is there.
    public struct Socket {
        private let transport: (any Transport)?

        init(_ transport: (any Transport)?) {
            self.transport = transport
        }

        private var address: SocketAddress? {
            switch transport?.remoteAddress {
            case .unix, nil: nil
            case .some(let address): address
            }
        }

        /// The peer's address, without the port; nil on a Unix-domain socket.
        public var remoteAddress: String? { address?.host }
        /// The peer's port.
        public var remotePort: UInt16? { address?.port }
        /// `IPv4` or `IPv6`.
        public var remoteFamily: String? { address?.family }
    }

    init(head: RequestHead, over transport: (any Transport)?) {
        self.head = head
        socket = Socket(transport)
    }

    /// The request target: path and query.
    public var url: String { head.target }

    /// The method, such as `GET`.
    public var method: String { head.method }

    /// The fields by lower-case name. Repeated fields are joined with a comma.
    public var headers: [String: String] {
        var joined: [String: String] = [:]
        for field in head.fields {
            let name = field.name.lowercased()
            if joined[name] == nil { joined[name] = head.fields.joined(field.name) }
        }
        return joined
    }

    /// Names and values in turn, as they were spelled.
    public var rawHeaders: [String] { head.fields.flatMap { [$0.name, $0.value] } }

    /// The version, such as `1.1`.
    public var httpVersion: String { "\(head.version.major).\(head.version.minor)" }

    /// Whether the request was received whole. Always so, as an upgrade has no body.
    public var complete: Bool { true }
}
