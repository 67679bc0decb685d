import CSystem
import Testing
import WSTransport

/// N-10.
@Suite("Host names: lookup off the loop's thread, and several addresses")
struct NameTests {
    @Test(arguments: BackendKind.allCases)
    func `localhost connects`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = Acceptor(try world.backend.listen(port: 0))
        let port = acceptor.listener.address.port
        let client = Peer(world.backend.connect(to: .tcp(host: "localhost", port: port)))
        try world.run { client.isConnected }
        #expect(["127.0.0.1", "::1"].contains(client.transport.remoteAddress?.host))
        #expect(client.transport.remoteAddress?.port == port)
    }

    @Test(arguments: BackendKind.sockets)
    func `a literal needs no thread, a name needs one`(kind: BackendKind) throws {
        let plan = SystemCallFaults()
        try plan.run {
            let world = try World(kind)
            let acceptor = try world.listen()
            _ = try world.pair(acceptor)
            #expect(!plan.log.contains(.createThread))
            let named = (0..<50).map { _ in
                Peer(world.backend.connect(to: .tcp(host: "localhost", port: acceptor.listener.address.port)))
            }
            try world.run { named.allSatisfy(\.isConnected) }
            #expect(plan.log.filter { $0 == .createThread }.count == 1, "lookups of one name share a thread")
        }
    }

    @Test(arguments: BackendKind.sockets, [EAI_NONAME, EAI_AGAIN, EAI_FAIL])
    func `a name without an answer fails as Node says it`(kind: BackendKind, code: Int32) throws {
        let plan = SystemCallFaults([.init(.lookup, count: .max, .fail(code))])
        try plan.run {
            let world = try World(kind)
            let client = Peer(world.backend.connect(to: .tcp(host: "nowhere.example", port: 80)))
            #expect(client.connectFailure == nil)
            try world.run { client.connectFailure != nil }
            let name = code == EAI_NONAME ? "ENOTFOUND" : code == EAI_AGAIN ? "EAI_AGAIN" : "EAI_FAIL"
            #expect(client.connectFailure?.description == "getaddrinfo \(name) nowhere.example")
            #expect(!world.backend.hasWork)
        }
    }

    @Test(arguments: BackendKind.sockets)
    func `no thread to be had is an error of the lookup`(kind: BackendKind) throws {
        let plan = SystemCallFaults([.init(.createThread, .fail(EAGAIN))])
        try plan.run {
            let world = try World(kind)
            let client = Peer(world.backend.connect(to: .tcp(host: "localhost", port: 80)))
            #expect(client.connectFailure == nil)
            try world.run { client.connectFailure != nil }
            #expect(client.connectFailure == TransportError(.lookup, errno: EAGAIN))
        }
    }

    @Test(arguments: BackendKind.sockets)
    func `a resolver that hangs is given up at the deadline`(kind: BackendKind) throws {
        let plan = SystemCallFaults([.init(.lookup, count: .max, .hang)])
        try plan.run {
            let world = try World(kind)
            let options = ConnectOptions(lookupTimeout: .milliseconds(5))
            let hanging = Peer(world.backend.connect(to: .tcp(host: "slow.example", port: 80), options: options))
            let abandoned = Peer(world.backend.connect(to: .tcp(host: "slow.example", port: 80)))
            abandoned.transport.close()
            try world.run { hanging.connectFailure != nil }
            #expect(hanging.connectFailure?.description == "getaddrinfo ETIMEDOUT slow.example")
            #expect(abandoned.connectFailure == nil)
            #expect(!world.backend.hasWork)
        }
    }

    @Test(arguments: BackendKind.sockets)
    func `a name with a zero byte is not cut short and looked up`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let port = acceptor.listener.address.port
        let client = Peer(world.backend.connect(to: .tcp(host: "127.0.0.1\0.example", port: port)))
        try world.run { client.connectFailure != nil }
        #expect(client.connectFailure?.code == "ENOTFOUND")
    }

    @Test(arguments: BackendKind.selectors)
    func `addresses that refuse give way to the next`(kind: BackendKind) throws {
        let hosts = ["many.example": ["127.0.0.3", "127.0.0.4", "127.0.0.5"]]
        let world = World(try PollBackend(selector: kind.selector, hosts: hosts))
        let acceptor = try world.listen(.tcp(host: "127.0.0.5", port: 0))
        let port = acceptor.listener.address.port
        let client = Peer(world.backend.connect(to: .tcp(host: "many.example", port: port)))
        try world.run { client.isConnected }
        #expect(client.transport.remoteAddress == .ipv4("127.0.0.5", port))
        acceptor.listener.close()
        let unlucky = Peer(world.backend.connect(to: .tcp(host: "many.example", port: port)))
        try world.run { unlucky.connectFailure != nil }
        #expect(unlucky.connectFailure?.description == "connect ECONNREFUSED 127.0.0.5:\(port)")
    }

    /// RFC 8305 §4: the families take turns, so that one which leads nowhere costs one attempt before the other's.
    @Test(arguments: BackendKind.selectors)
    func `the second address tried is of the other family`(kind: BackendKind) throws {
        let hosts = ["many.example": ["127.0.0.3", "127.0.0.4", "127.0.0.5", "::1"]]
        let world = World(try PollBackend(selector: kind.selector, hosts: hosts))
        guard let listener = try? world.backend.listen(on: .tcp(host: "::1", port: 0)) else { return }
        let plan = SystemCallFaults()
        try plan.run {
            let options = ConnectOptions(attemptDelay: nil)
            let endpoint = Endpoint.tcp(host: "many.example", port: listener.address.port)
            let client = Peer(world.backend.connect(to: endpoint, options: options))
            try world.run { client.isConnected }
            #expect(client.transport.remoteAddress?.host == "::1")
            #expect(plan.log.filter { $0 == .connect }.count == 2)
        }
    }

    /// RFC 8305 §5: an address that does not answer keeps the next one waiting for a moment only.
    @Test(arguments: BackendKind.selectors)
    func `an address that is silent loses the race`(kind: BackendKind) throws {
        let plan = SystemCallFaults()
        try plan.run {
            let hosts = ["many.example": ["127.0.0.6", "127.0.0.7"]]
            let world = World(try PollBackend(selector: kind.selector, hosts: hosts))
            let acceptor = try world.listen(.tcp(host: "127.0.0.7", port: 0))
            let port = acceptor.listener.address.port
            let silent = try SilentListener(host: "127.0.0.6", port: port)
            let options = ConnectOptions(attemptDelay: .milliseconds(1))
            let client = Peer(world.backend.connect(to: .tcp(host: "many.example", port: port), options: options))
            try world.run { client.isConnected && !acceptor.peers.isEmpty }
            #expect(client.transport.remoteAddress?.host == "127.0.0.7")
            client.send("to the winner")
            try world.run { acceptor.peers[0].text == "to the winner" }
            client.transport.close()
            acceptor.closeAll()
            silent.close()
            #expect(!world.backend.hasWork)
            #expect(plan.openDescriptors.count == kind.ownDescriptors, "the loser's socket is closed")
        }
    }

    @Test(arguments: BackendKind.selectors)
    func `closing ends a race`(kind: BackendKind) throws {
        let hosts = ["many.example": ["127.0.0.8", "127.0.0.8"]]
        let world = World(try PollBackend(selector: kind.selector, hosts: hosts))
        let silent = try SilentListener(host: "127.0.0.8", port: 0)
        let options = ConnectOptions(attemptDelay: .zero)
        let plan = SystemCallFaults()
        try plan.run {
            let client = Peer(
                world.backend.connect(to: .tcp(host: "many.example", port: silent.port), options: options))
            try world.run { plan.log.filter { $0 == .connect }.count == 2 }
            client.transport.close()
            world.runIdle()
            #expect(plan.openDescriptors.isEmpty && plan.wronglyClosed.isEmpty)
            #expect(!world.backend.hasWork && client.connectFailure == nil)
        }
        silent.close()
    }

    @Test
    func `the family of a name can be chosen`() throws {
        let world = try World(.epoll)
        let acceptor = Acceptor(try world.backend.listen(port: 0))
        let port = acceptor.listener.address.port
        let ipv4 = Peer(
            world.backend.connect(to: .tcp(host: "localhost", port: port), options: ConnectOptions(family: .ipv4)))
        try world.run { ipv4.isConnected }
        #expect(ipv4.transport.remoteAddress?.family == "IPv4")
        let wrong = Peer(
            world.backend.connect(to: .tcp(host: "127.0.0.1", port: port), options: ConnectOptions(family: .ipv6)))
        try world.run { wrong.connectFailure != nil }
        #expect(wrong.connectFailure?.code == "ENOTFOUND")
    }
}
