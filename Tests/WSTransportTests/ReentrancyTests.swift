import CSystem
import Testing
import WSTransport

@Suite("Re-entrancy: what a handler does to transports from inside its call")
struct ReentrancyTests {
    @Test(arguments: BackendKind.allCases)
    func `closing itself`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        server.onReady = { [unowned server] _ in server.transport.close() }
        client.send("bye")
        try world.run { client.isOver }
        world.runIdle()
        #expect(server.told.count == 1)
    }

    @Test(arguments: BackendKind.allCases)
    func `closing another that is ready in the same turn drops its event`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let pairs = try (0..<8).map { _ in try world.pair(acceptor) }
        let servers = pairs.map(\.server)
        var first: Peer?
        defer { for server in servers { server.onReady = nil } }
        for server in servers {
            server.onReady = { [unowned server] _ in
                #expect(first == nil, "closed, and told all the same")
                first = server
                for other in servers where other !== server { other.transport.close() }
            }
        }
        for (client, _) in pairs { client.send("x") }
        try world.run { first != nil }
        first?.transport.close()
        world.runIdle()
        #expect(servers.filter { !$0.told.isEmpty }.count == 1)
        acceptor.listener.close()
        for (client, _) in pairs { client.transport.close() }
        #expect(!world.backend.hasWork)
    }

    /// A slot that is free is given to the next; an event of the old occupant must not reach the new one.
    @Test(arguments: BackendKind.allCases)
    func `a connection made in place of a closed one gets none of its events`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let pairs = try (0..<4).map { _ in try world.pair(acceptor) }
        var fresh: [Peer] = []
        defer { for (_, server) in pairs { server.onReady = nil } }
        for (_, server) in pairs {
            server.onReady = { [unowned server] _ in
                guard fresh.isEmpty else { return }
                for (_, other) in pairs where other !== server { other.transport.close() }
                server.transport.close()
                fresh = (0..<4).map { _ in world.connect(to: acceptor) }
            }
        }
        for (client, _) in pairs { client.send("x") }
        try world.run { !fresh.isEmpty && fresh.allSatisfy(\.isConnected) }
        world.runIdle()
        #expect(fresh.allSatisfy { $0.told.isEmpty && $0.connectFailure == nil })
    }

    @Test(arguments: BackendKind.allCases)
    func `connecting and listening from a handler`(kind: BackendKind) throws {
        let world = try World(kind)
        let outer = try world.listen()
        var inner: Acceptor?
        defer { outer.onAccept = nil }
        var visitor: Peer?
        outer.onAccept = { _ in
            inner = try? world.listen()
            inner?.onAccept = { $0.send("inside") }
            visitor = inner.map { world.connect(to: $0) }
        }
        let client = world.connect(to: outer)
        try world.run { client.isConnected && visitor?.text == "inside" }
    }

    @Test(arguments: BackendKind.allCases)
    func `closing the listener from its own call`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        acceptor.onAccept = { [unowned acceptor] _ in acceptor.listener.close() }
        let clients = (0..<4).map { _ in world.connect(to: acceptor) }
        try world.run { clients.allSatisfy { $0.connectFailure != nil || $0.isOver || $0.isConnected } }
        world.runIdle()
        #expect(acceptor.peers.count == 1)
        #expect(acceptor.listener.handler == nil)
    }

    @Test(arguments: BackendKind.allCases)
    func `closing a connection from the call that accepts it`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        acceptor.onAccept = { $0.transport.close() }
        let client = world.connect(to: acceptor)
        try world.run { client.isOver }
        acceptor.listener.close()
        client.transport.close()
        #expect(!world.backend.hasWork)
    }

    @Test(arguments: BackendKind.allCases)
    func `closing from the call that says it is connected`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let client = world.connect(to: acceptor)
        client.onConnect = { [unowned client] in client.transport.close() }
        try world.run { client.isConnected && acceptor.peers.first?.isOver == true }
        #expect(client.told.isEmpty)
    }

    @Test(arguments: BackendKind.allCases)
    func `a wait inside a wait returns at once`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        var depth = 0
        defer { server.onReady = nil }
        server.onReady = { [unowned server] _ in
            depth += 1
            #expect(depth == 1)
            world.backend.wait(until: nil)
            depth -= 1
            _ = server.read()
        }
        client.send("x")
        try world.run { server.text == "x" }
    }

    /// An open transport lives as long as its backend keeps it, and its handler with it; closing frees both.
    @Test(arguments: BackendKind.allCases)
    func `dropping the last reference from a handler`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        weak var dropped: Peer?
        weak var transport: (any Transport)?
        acceptor.onAccept = { peer in
            dropped = peer
            transport = peer.transport
            peer.onReady = { [unowned peer] _ in peer.transport.close() }
        }
        let backend = world.backend
        let client = Peer(backend.connect(to: .tcp(host: "127.0.0.1", port: acceptor.listener.address.port)))
        try world.run { client.isConnected && dropped != nil }
        acceptor.forget()
        #expect(dropped != nil, "the backend keeps it")
        client.send("x")
        try world.run { client.isOver }
        #expect(dropped == nil && transport == nil)
    }

    @Test(arguments: BackendKind.allCases)
    func `a backend that goes closes everything and tells nobody`(kind: BackendKind) throws {
        weak var serverHandler: Peer?
        weak var clientHandler: Peer?
        weak var acceptorHandler: Acceptor?
        var transports: [any Transport] = []
        do {
            let world = try World(kind)
            let acceptor = try world.listen()
            let (client, server) = try world.pair(acceptor)
            let pending = world.connect(to: acceptor)
            serverHandler = server
            clientHandler = client
            acceptorHandler = acceptor
            transports = [client.transport, server.transport, pending.transport]
        }
        #expect(serverHandler == nil && clientHandler == nil && acceptorHandler == nil)
        for transport in transports {
            #expect(transport.write("x") == .failed(TransportError(.write, errno: ENOTCONN)))
        }
    }
}
