import CSystem

/// A bound and listening socket, of whatever backend.
final class ListeningSocket {
    /// What one accept gave.
    enum Accepted {
        case accepted(Int32)
        /// Nobody waits.
        case nothing
        /// One connection was lost before it could be taken; the next may be fine.
        case lost
        /// The system lacks descriptors or memory, or the socket itself is broken: trying again at once is of no use.
        case exhausted(TransportError)
    }

    /// How long accepting pauses when the system has nothing left to accept with. The peer still waits, so the socket
    /// stays readable: without a pause, a loop would spin.
    static let pause = Duration.milliseconds(100)

    let descriptor: Int32
    let address: SocketAddress
    /// The file this socket made, to be removed with it.
    private let file: (path: String, identity: FileIdentity)?
    private var isOpen = true

    /// Listens; an error names the endpoint.
    init(
        on endpoint: Endpoint?, port: UInt16, options: ListenOptions, nonblocking: Bool
    ) throws(TransportError) {
        do throws(Errno) {
            (descriptor, address, file) = try Self.open(endpoint, port, options, nonblocking)
        } catch {
            throw Self.error(error, endpoint, port)
        }
    }

    deinit {
        close()
    }

    func accept(nonblocking: Bool) -> Accepted {
        do throws(Errno) {
            return .accepted(try SystemCalls.accept(descriptor, nonblocking: nonblocking))
        } catch {
            switch error.rawValue {
            case EAGAIN: return .nothing
            // Errors of the connection, not of the listener (accept(2) lists them for TCP/IP).
            case ECONNABORTED, ECONNRESET, EPROTO, EPERM, ETIMEDOUT, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET,
                EHOSTUNREACH, ENETUNREACH, EOPNOTSUPP:
                return .lost
            default: return .exhausted(TransportError(.accept, errno: error.rawValue))
            }
        }
    }

    /// Closes the socket and removes its path, if that is still the file we made.
    func close() {
        guard isOpen else { return }
        isOpen = false
        if let file, let identity = try? SystemCalls.fileIdentity(file.path), identity == file.identity {
            _ = try? SystemCalls.unlink(file.path)
        }
        SystemCalls.close(descriptor)
    }

    // MARK: Opening

    private typealias Opened = (Int32, SocketAddress, (path: String, identity: FileIdentity)?)

    private static func open(
        _ endpoint: Endpoint?, _ port: UInt16, _ options: ListenOptions, _ nonblocking: Bool
    ) throws(Errno) -> Opened {
        switch endpoint {
        case nil:
            do throws(Errno) {
                return try open(host: "::", port: port, options, nonblocking)
            } catch {
                // No IPv6 here: not compiled in, or turned off.
                guard [EAFNOSUPPORT, EADDRNOTAVAIL, EAI_FAMILY, EAI_NONAME].contains(error.rawValue) else {
                    throw error
                }
                return try open(host: "0.0.0.0", port: port, options, nonblocking)
            }
        case .tcp(let host, let port): return try open(host: host, port: port, options, nonblocking)
        case .unix(let path): return try open(path: path, options, nonblocking)
        }
    }

    private static func open(
        host: String, port: UInt16, _ options: ListenOptions, _ nonblocking: Bool
    ) throws(Errno) -> Opened {
        let address = try SystemCalls.lookup(host: host, port: port, family: AF_UNSPEC, flags: AI_PASSIVE)[0]
        return try opened(address.family, nonblocking) { (descriptor) throws(Errno) in
            try SystemCalls.setOption(descriptor, level: SOL_SOCKET, name: SO_REUSEADDR, to: 1)
            if options.reusePort {
                try SystemCalls.setOption(descriptor, level: SOL_SOCKET, name: SO_REUSEPORT, to: 1)
            }
            if address.family == AF_INET6 {
                let only: Int32 = options.ipv6Only ?? false ? 1 : 0
                try SystemCalls.setOption(descriptor, level: Int32(IPPROTO_IPV6), name: IPV6_V6ONLY, to: only)
            }
            // Accepted sockets inherit it: one call here instead of one per connection.
            try SystemCalls.setNoDelay(descriptor)
            try SystemCalls.bind(descriptor, to: address)
            try SystemCalls.listen(descriptor, backlog: options.backlog)
            return nil
        }
    }

    private static func open(path: String, _ options: ListenOptions, _ nonblocking: Bool) throws(Errno) -> Opened {
        let address = try NativeAddress(path: path)
        return try opened(AF_UNIX, nonblocking) { (descriptor) throws(Errno) in
            // A path that exists is somebody's: EADDRINUSE, and not ours to remove.
            try SystemCalls.bind(descriptor, to: address)
            guard path.utf8.first != 0 else {
                try SystemCalls.listen(descriptor, backlog: options.backlog)
                return nil
            }
            do throws(Errno) {
                let identity = try SystemCalls.fileIdentity(path)
                try SystemCalls.listen(descriptor, backlog: options.backlog)
                return (path, identity)
            } catch {
                _ = try? SystemCalls.unlink(path)
                throw error
            }
        }
    }

    private static func opened(
        _ family: Int32, _ nonblocking: Bool,
        _ prepare: (Int32) throws(Errno) -> (path: String, identity: FileIdentity)?
    ) throws(Errno) -> Opened {
        let descriptor = try SystemCalls.socket(family: family, nonblocking: nonblocking)
        var file: (path: String, identity: FileIdentity)?
        do throws(Errno) {
            file = try prepare(descriptor)
            guard let address = try SystemCalls.localAddress(descriptor).socketAddress else {
                throw Errno(EAFNOSUPPORT)
            }
            return (descriptor, address, file)
        } catch {
            if let file { _ = try? SystemCalls.unlink(file.path) }
            SystemCalls.close(descriptor)
            throw error
        }
    }

    private static func error(_ error: Errno, _ endpoint: Endpoint?, _ port: UInt16) -> TransportError {
        let operation: TransportError.Operation = error.rawValue < 0 ? .lookup : .listen
        return switch endpoint {
        case nil: TransportError(operation, errno: error.rawValue, host: "::", port: port)
        case .tcp(let host, let port): TransportError(operation, errno: error.rawValue, host: host, port: port)
        case .unix(let path): TransportError(operation, errno: error.rawValue, host: path)
        }
    }
}
