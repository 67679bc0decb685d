import CSystem

/// Who listens where in an in-memory network, and what addresses look like there.
struct PipeAddressBook {
    /// The first port given to those who ask for none; the usual start of the dynamic ports.
    private static let firstDynamicPort: UInt16 = 49_152

    private var listeners: [PipeListener] = []
    private var nextPort = firstDynamicPort

    /// The address a listener at this endpoint would have; EADDRINUSE if it is another's.
    mutating func claim(_ endpoint: Endpoint, options: ListenOptions) throws(TransportError) -> SocketAddress {
        let address: SocketAddress
        switch endpoint {
        case .unix(let path): address = .unix(path)
        case .tcp(let host, 0): address = Self.address(host, dynamicPort())
        case .tcp(let host, let port): address = Self.address(host, port)
        }
        let isTaken = listeners.contains { other in
            guard Self.overlap(other.address, address) else { return false }
            return !(options.reusePort && other.options.reusePort)
        }
        guard isTaken else { return address }
        throw TransportError(
            .listen, errno: EADDRINUSE, host: address.host, port: Self.isUnix(address) ? nil : address.port)
    }

    mutating func add(_ listener: PipeListener) {
        listeners.append(listener)
    }

    mutating func remove(_ listener: PipeListener) {
        listeners.removeAll { $0 === listener }
    }

    /// Who is to accept a connection to the endpoint: who listens at exactly this host, else who listens at all.
    /// Those who share an address take turns.
    mutating func listener(at endpoint: Endpoint) -> PipeListener? {
        let target = Self.address(of: endpoint)
        let index =
            listeners.firstIndex { $0.address == target }
            ?? listeners.firstIndex { Self.overlap($0.address, target) }
        guard let index else { return nil }
        let listener = listeners.remove(at: index)
        listeners.append(listener)
        return listener
    }

    /// The two ends of a connection to the endpoint.
    mutating func addresses(of endpoint: Endpoint) -> (client: SocketAddress, server: SocketAddress) {
        let server = Self.address(of: endpoint)
        return switch server {
        case .ipv4: (.ipv4("127.0.0.1", dynamicPort()), server)
        case .ipv6: (.ipv6("::1", dynamicPort()), server)
        case .unix: (.unix(""), server)
        case .pipe: (.pipe("client", dynamicPort()), server)
        }
    }

    /// What is said when nobody listens.
    static func refusal(of endpoint: Endpoint) -> TransportError {
        switch endpoint {
        case .tcp(let host, let port): TransportError(.connect, errno: ECONNREFUSED, host: host, port: port)
        case .unix(let path): TransportError(.connect, errno: ENOENT, host: path)
        }
    }

    private mutating func dynamicPort() -> UInt16 {
        repeat {
            nextPort = nextPort == .max ? Self.firstDynamicPort : nextPort + 1
        } while listeners.contains { $0.address.port == nextPort }
        return nextPort
    }

    private static func address(of endpoint: Endpoint) -> SocketAddress {
        switch endpoint {
        case .tcp(let host, let port): address(host, port)
        case .unix(let path): .unix(path)
        }
    }

    /// A literal in its family, anything else by name. `localhost` is what it is everywhere.
    private static func address(_ host: String, _ port: UInt16) -> SocketAddress {
        if host == "localhost" { return .ipv4("127.0.0.1", port) }
        if host.contains(":") { return .ipv6(host, port) }
        let isNumeric = !host.isEmpty && host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
        return isNumeric ? .ipv4(host, port) : .pipe(host, port)
    }

    /// Whether a connection to one could be meant for the other.
    private static func overlap(_ left: SocketAddress, _ right: SocketAddress) -> Bool {
        if isUnix(left) || isUnix(right) { return left == right }
        return left.port == right.port && (left.host == right.host || isWildcard(left) || isWildcard(right))
    }

    private static func isWildcard(_ address: SocketAddress) -> Bool {
        ["::", "0.0.0.0", ""].contains(address.host)
    }

    private static func isUnix(_ address: SocketAddress) -> Bool {
        if case .unix = address { true } else { false }
    }
}
