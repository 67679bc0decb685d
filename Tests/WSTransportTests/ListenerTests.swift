import CSystem
import Testing
import WSTransport

@Suite("Listeners")
struct ListenerTests {
    @Test(arguments: BackendKind.allCases)
    func `a port in use is an error that names it`(kind: BackendKind) throws {
        let world = try World(kind)
        let first = try world.listen()
        let port = first.listener.address.port
        #expect(port != 0)
        let error = #expect(throws: TransportError.self) {
            _ = try world.backend.listen(on: .tcp(host: "127.0.0.1", port: port))
        }
        #expect(error == TransportError(.listen, errno: EADDRINUSE))
        #expect(error?.description == "listen EADDRINUSE: address already in use 127.0.0.1:\(port)")
        first.listener.close()
        let second = try world.backend.listen(on: .tcp(host: "127.0.0.1", port: port))
        #expect(second.address == first.listener.address)
    }

    @Test(arguments: BackendKind.allCases)
    func `two listeners may share a port when both say so`(kind: BackendKind) throws {
        let world = try World(kind)
        let options = ListenOptions(reusePort: true)
        let first = Acceptor(try world.backend.listen(on: .tcp(host: "127.0.0.1", port: 0), options: options))
        let port = first.listener.address.port
        let second = Acceptor(try world.backend.listen(on: .tcp(host: "127.0.0.1", port: port), options: options))
        let clients = (0..<20).map { _ in world.connect(to: first) }
        try world.run { clients.allSatisfy(\.isConnected) && first.peers.count + second.peers.count == 20 }
    }

    @Test(arguments: BackendKind.allCases)
    func `closing a listener keeps what it accepted`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let (client, server) = try world.pair(acceptor)
        acceptor.listener.close()
        acceptor.listener.close()
        server.echoes = true
        client.send("still here")
        try world.run { client.text == "still here" }
        #expect(world.backend.hasWork)
    }

    @Test(arguments: BackendKind.allCases)
    func `no host means every address`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = Acceptor(try world.backend.listen(port: 0))
        let port = acceptor.listener.address.port
        let byIPv4 = Peer(world.backend.connect(to: .tcp(host: "127.0.0.1", port: port)))
        try world.run { byIPv4.isConnected && acceptor.peers.count == 1 }
        guard acceptor.listener.address.family == "IPv6" else { return }
        let byIPv6 = Peer(world.backend.connect(to: .tcp(host: "::1", port: port)))
        try world.run { byIPv6.isConnected && acceptor.peers.count == 2 }
        #expect(acceptor.peers[1].transport.remoteAddress?.host == "::1")
        #expect(byIPv6.transport.remoteAddress == .ipv6("::1", port))
        if kind != .pipe { #expect(acceptor.peers[0].transport.remoteAddress?.host == "::ffff:127.0.0.1") }
    }

    @Test(arguments: BackendKind.sockets)
    func `without IPv6 every address means IPv4`(kind: BackendKind) throws {
        let plan = SystemCallFaults([.init(.socket, .fail(EAFNOSUPPORT))])
        try plan.run {
            let world = try World(kind)
            let acceptor = Acceptor(try world.backend.listen(port: 0))
            #expect(acceptor.listener.address == .ipv4("0.0.0.0", acceptor.listener.address.port))
            _ = try world.pair(acceptor)
        }
    }

    @Test(arguments: BackendKind.sockets)
    func `an IPv6 listener can refuse IPv4`(kind: BackendKind) throws {
        let world = try World(kind)
        let options = ListenOptions(ipv6Only: true)
        guard let listener = try? world.backend.listen(on: .tcp(host: "::", port: 0), options: options) else { return }
        let client = Peer(world.backend.connect(to: .tcp(host: "127.0.0.1", port: listener.address.port)))
        try world.run { client.connectFailure != nil }
        #expect(client.connectFailure?.code == "ECONNREFUSED")
    }

    @Test(arguments: BackendKind.sockets)
    func `a client may choose its own address and port`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let address = acceptor.listener.address
        let free = try world.backend.listen(on: .tcp(host: "127.0.0.2", port: 0))
        let options = ConnectOptions(localAddress: "127.0.0.2", localPort: free.address.port)
        free.close()
        let client = Peer(world.backend.connect(to: .tcp(host: address.host, port: address.port), options: options))
        try world.run { client.isConnected && !acceptor.peers.isEmpty }
        #expect(acceptor.peers[0].transport.remoteAddress == .ipv4("127.0.0.2", options.localPort ?? 0))
        let wrong = ConnectOptions(localAddress: "not an address")
        let other = Peer(world.backend.connect(to: .tcp(host: address.host, port: address.port), options: wrong))
        try world.run { other.connectFailure != nil }
        #expect(other.connectFailure?.code == "ENOTFOUND")
    }

    /// Nagle's algorithm off: accepted sockets inherit it from the listener, connecting ones set it.
    @Test(arguments: BackendKind.sockets)
    func `small writes leave at once on both ends`(kind: BackendKind) throws {
        let plan = SystemCallFaults()
        try plan.run {
            let world = try World(kind)
            let (client, server) = try world.pair()
            let values = plan.openDescriptors.compactMap { descriptor -> Int? in
                var address = sockaddr_storage()
                var length = socklen_t(0)
                guard csys_getpeername(descriptor, &address, &length) == 0 else { return nil }
                return csys_getsockopt_int(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
            }
            #expect(values.count == 2 && values.allSatisfy { $0 != 0 })
            client.transport.close()
            server.transport.close()
        }
    }

    /// One turn serves everyone: a flood of connections does not keep the others waiting.
    @Test(arguments: BackendKind.selectors)
    func `one turn accepts no more than its bound`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let address = acceptor.listener.address
        acceptor.listener.handler = nil
        let flood = try (0..<100).map { _ in
            try BlockingTransport.connect(to: .tcp(host: address.host, port: address.port))
        }
        acceptor.listener.handler = acceptor
        world.backend.wait(until: .zero)
        #expect(acceptor.peers.count == 64)
        try world.run { acceptor.peers.count == flood.count }
    }
}
