import CSystem

/// What all backends share about connecting.
enum ConnectingSocket {
    /// The addresses of an endpoint that says them itself, a path or an IP literal, or those that the options give for its
    /// name; nil for a name to be looked up.
    static func literalAddresses(of endpoint: Endpoint, options: ConnectOptions) throws(Errno) -> [NativeAddress]? {
        switch endpoint {
        case .unix(let path): return [try NativeAddress(path: path)]
        case .tcp(_, let port) where options.addresses != nil:
            var addresses: [NativeAddress] = []
            for literal in options.addresses ?? [] {
                addresses += try SystemCalls.lookup(
                    host: literal, port: port, family: options.familyCode, flags: AI_NUMERICHOST)
            }
            return interleaved(addresses)
        case .tcp(let host, let port):
            return try? SystemCalls.lookup(host: host, port: port, family: options.familyCode, flags: AI_NUMERICHOST)
        }
    }

    /// The addresses of a name, in the order to try them. Blocks.
    static func lookedUpAddresses(of endpoint: Endpoint, options: ConnectOptions) throws(Errno) -> [NativeAddress] {
        guard case .tcp(let host, let port) = endpoint else { return [] }
        return interleaved(try SystemCalls.lookup(host: host, port: port, family: options.familyCode, flags: 0))
    }

    /// The families taken in turn, the resolver's first choice first (RFC 8305 §4), so that one family which leads
    /// nowhere costs one delay and not one for each of its addresses.
    static func interleaved(_ addresses: [NativeAddress]) -> [NativeAddress] {
        guard let first = addresses.first?.family else { return [] }
        var preferred = addresses.filter { $0.family == first }[...]
        var others = addresses.filter { $0.family != first }[...]
        var order: [NativeAddress] = []
        while !preferred.isEmpty || !others.isEmpty {
            if let address = preferred.popFirst() { order.append(address) }
            if let address = others.popFirst() { order.append(address) }
        }
        return order
    }

    /// Turns off Nagle's algorithm, and binds our end where the options say so.
    static func prepare(
        _ descriptor: Int32, for address: NativeAddress, options: ConnectOptions
    ) throws(Errno) {
        guard address.family != AF_UNIX else { return }
        try SystemCalls.setNoDelay(descriptor)
        guard options.localAddress != nil || options.localPort ?? 0 != 0 else { return }
        let anywhere = address.family == AF_INET6 ? "::" : "0.0.0.0"
        let local = try SystemCalls.lookup(
            host: options.localAddress ?? anywhere, port: options.localPort ?? 0, family: address.family,
            flags: AI_NUMERICHOST)
        guard let local = local.first else { throw .invalid }
        try SystemCalls.setOption(descriptor, level: SOL_SOCKET, name: SO_REUSEADDR, to: 1)
        try SystemCalls.bind(descriptor, to: local)
    }

    /// What is said when a name has no answer.
    static func lookupError(_ error: Errno, of endpoint: Endpoint) -> TransportError {
        guard case .tcp(let host, _) = endpoint else { return TransportError(.lookup, errno: error.rawValue) }
        return TransportError(.lookup, errno: error.rawValue, host: host)
    }

    /// The error of one address, or of the endpoint where no address was reached.
    static func error(_ error: Errno, address: NativeAddress? = nil, endpoint: Endpoint) -> TransportError {
        // A literal to connect from that is none is the resolver's to refuse.
        let operation: TransportError.Operation = error.isOfResolver ? .lookup : .connect
        return switch address?.socketAddress.map(Endpoint.init) ?? endpoint {
        case .unix(let path): TransportError(operation, errno: error.rawValue, host: path)
        case .tcp(let host, let port): TransportError(operation, errno: error.rawValue, host: host, port: port)
        }
    }
}

extension ConnectOptions {
    /// The family as libc counts it.
    var familyCode: Int32 {
        switch family {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case nil: AF_UNSPEC
        }
    }
}

extension Endpoint {
    fileprivate init(_ address: SocketAddress) {
        self =
            switch address {
            case .unix(let path): .unix(path: path)
            case .ipv4, .ipv6, .pipe: .tcp(host: address.host, port: address.port)
            }
    }
}
