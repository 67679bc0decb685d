import CSystem
import Testing
import WSTransport

@Suite("The in-memory network: virtual time")
struct PipeNetworkTests {
    @Test func `an hour of latency passes without waiting`() throws {
        var conditions = PipeConditions()
        conditions.latency = .seconds(3600)...(.seconds(3600))
        let network = PipeNetwork(conditions: conditions)
        let world = World(PipeBackend(network))
        let acceptor = try world.listen()
        acceptor.onAccept = { $0.echoes = true }
        let client = world.connect(to: acceptor)
        try world.run(within: .seconds(10 * 3600)) { client.isConnected }
        #expect(network.now == .seconds(2 * 3600))
        client.send("ping")
        try world.run(within: .seconds(10 * 3600)) { client.text == "ping" }
        #expect(network.now == .seconds(4 * 3600))
    }

    @Test func `a wait jumps to the deadline or to the next event, whichever is first`() throws {
        let network = PipeNetwork()
        let backend = PipeBackend(network)
        var happened: [String] = []
        network.schedule(at: .seconds(5)) { happened.append("five") }
        network.schedule(at: .seconds(2)) { happened.append("two") }
        network.schedule(at: .seconds(2)) { happened.append("two again") }
        backend.wait(until: .seconds(1))
        #expect(network.now == .seconds(1) && happened.isEmpty)
        backend.wait(until: .seconds(3))
        #expect(network.now == .seconds(3) && happened == ["two", "two again"])
        backend.wait(until: nil)
        #expect(network.now == .seconds(5) && happened.last == "five")
        backend.wait(until: nil)
        #expect(network.now == .seconds(5), "nothing to come: it returns at once")
        backend.wait(until: .seconds(4))
        #expect(network.now == .seconds(5), "time does not go back")
    }

    @Test func `a leap of the clock makes everything overdue at once`() throws {
        let network = PipeNetwork()
        let world = World(PipeBackend(network))
        let (client, server) = try world.pair()
        network.links[0].clientToServer.conditions.latency = .seconds(30)...(.seconds(30))
        client.send("late")
        network.leap(by: .seconds(100))
        #expect(server.received.isEmpty)
        world.backend.wait(until: .zero)
        #expect(server.text == "late" && network.now == .seconds(100))
    }

    @Test func `a listener is found by host, port, name and path`() throws {
        let network = PipeNetwork()
        let world = World(PipeBackend(network))
        let endpoints: [Endpoint] = [
            .tcp(host: "10.0.0.1", port: 80), .tcp(host: "10.0.0.2", port: 80), .tcp(host: "shop.example", port: 443),
            .tcp(host: "fd00::1", port: 80), .unix(path: "/run/one"), .unix(path: "two"),
        ]
        let acceptors = try endpoints.map { try world.listen($0) }
        let general = Acceptor(try world.backend.listen(port: 8080))
        for (endpoint, acceptor) in zip(endpoints, acceptors) {
            let client = Peer(world.backend.connect(to: endpoint))
            try world.run { client.isConnected && acceptor.peers.count == 1 }
            #expect(client.transport.remoteAddress == acceptor.listener.address)
        }
        for host in ["10.0.0.1", "shop.example", "::1", "localhost"] {
            let client = Peer(world.backend.connect(to: .tcp(host: host, port: 8080)))
            try world.run { client.isConnected }
        }
        try world.run { general.peers.count == 4 }
        #expect(
            general.peers.map { $0.transport.localAddress?.host } == ["10.0.0.1", "shop.example", "::1", "127.0.0.1"])
        let lost = Peer(world.backend.connect(to: .tcp(host: "10.0.0.3", port: 80)))
        try world.run { lost.connectFailure != nil }
        #expect(lost.connectFailure?.description == "connect ECONNREFUSED 10.0.0.3:80")
    }

    /// Two loops on one thread, each with timers of its own.
    @Test func `the clock does not pass a deadline another backend waits for`() throws {
        let network = PipeNetwork()
        let early = PipeBackend(network)
        let late = PipeBackend(network)
        // Its loop has a timer at six, but the first event comes before that.
        network.schedule(at: .seconds(1)) {}
        early.wait(until: .seconds(6))
        #expect(network.now == .seconds(6), "nobody else waits for anything")
        let listener = try early.listen(port: 1)
        let client = Peer(early.connect(to: .tcp(host: "127.0.0.1", port: 1)))
        early.wait(until: .seconds(9))
        #expect(client.isConnected && network.now == .seconds(6), "it returns early, still waiting for nine")
        late.wait(until: .seconds(20))
        #expect(network.now == .seconds(9), "the other one's turn")
        late.wait(until: .seconds(20))
        #expect(network.now == .seconds(20), "it had its chance")
        listener.close()
    }

    @Test func `backends on one network reach each other`() throws {
        let network = PipeNetwork()
        let servers = World(PipeBackend(network))
        let clients = World(PipeBackend(network))
        let acceptor = try servers.listen()
        acceptor.onAccept = { $0.echoes = true }
        let client = clients.connect(to: acceptor)
        client.send("across")
        for _ in 0..<10 {
            clients.backend.wait(until: nil)
            servers.backend.wait(until: nil)
        }
        #expect(client.text == "across")
        acceptor.closeAll()
        client.transport.close()
        clients.backend.wait(until: nil)
        #expect(network.links.isEmpty)
    }
}
