import CSystem
import Testing
import WSTransport

/// What the kernel is asked to do, call by call: the cost model of the module.
@Suite("System calls: none too many")
struct SystemCallCountTests {
    @Test(arguments: [(BackendKind.epoll, SystemCall.epollWait), (.poll, .poll)])
    func `an echo costs one wait, one receive and one send at each end`(kind: BackendKind, wait: SystemCall) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        for peer in [client, server] {
            peer.onReady = { [unowned peer, unowned server] _ in
                // A driver's turn: read once, write once.
                let text = peer.transport.read(64).text
                if peer === server { peer.transport.write(text) }
                peer.transport.setInterest(reading: true, writing: false)
            }
        }
        client.transport.write("warm")
        try world.run { client.told.count == 1 }
        let plan = SystemCallFaults()
        try plan.run {
            for round in 2...11 {
                client.transport.write("ping")
                try world.run { client.told.count == round }
            }
        }
        let echo: [SystemCall] = [.send, wait, .receive, .send, wait, .receive]
        #expect(plan.log == Array(repeating: echo, count: 10).flatMap { $0 })
    }

    @Test(arguments: BackendKind.selectors)
    func `interest that does not change costs nothing, and ten thousand changes cost one each`(kind: BackendKind) throws
    {
        let world = try World(kind)
        let (client, _) = try world.pair()
        let plan = SystemCallFaults()
        plan.run {
            for _ in 0..<100 { client.transport.setInterest(reading: true, writing: false) }
            #expect(plan.log.isEmpty)
            for number in 0..<100 { client.transport.setInterest(reading: true, writing: number % 2 == 0) }
        }
        #expect(plan.log.count == (kind == .epoll ? 100 : 0))
    }

    @Test func `a connection costs what it must`() throws {
        let plan = SystemCallFaults()
        try plan.run {
            let world = try World(.epoll)
            let acceptor = try world.listen()
            let client = world.connect(to: acceptor)
            let before = plan.log.count
            try world.run { client.isConnected && acceptor.peers.count == 1 }
            let accepted = plan.log[before...].filter { $0 == .accept || $0 == .setOption }
            #expect(accepted == [.accept, .accept], "one that gives it, one that says it was the last; no options")
            let start = plan.log.count
            acceptor.peers[0].transport.close()
            #expect(Array(plan.log[start...]) == [.epollControl, .close])
        }
    }

    @Test func `an idle turn is one call`() throws {
        let world = try World(.epoll)
        _ = try world.pair()
        let plan = SystemCallFaults()
        plan.run { for _ in 0..<5 { world.backend.wait(until: .zero) } }
        #expect(plan.log == Array(repeating: .epollWait, count: 5))
    }

    @Test func `one blocking connection costs one look, one receive and one send`() throws {
        let world = try World(.blocking)
        let acceptor = try world.listen()
        let address = acceptor.listener.address
        let client = try BlockingTransport.connect(to: .tcp(host: address.host, port: address.port))
        try world.run { acceptor.peers.count == 1 }
        acceptor.listener.close()
        let server = acceptor.peers[0]
        server.echoes = true
        client.write("warm")
        try world.run { server.text == "warm" }
        let plan = SystemCallFaults()
        try plan.run {
            client.write("ping")
            try world.run { server.text == "warmping" }
        }
        #expect(
            plan.log == [.send, .setOption, .receive, .receive, .send]
                || plan.log == [.send, .receive, .receive, .send])
    }
}
