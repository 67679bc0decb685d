import CSystem
import Testing
import WSTransport

@Suite("Connections, on every backend")
struct ConnectionTests {
    @Test(arguments: BackendKind.allCases)
    func `a client and a server exchange bytes both ways`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        server.echoes = true
        client.send("hello")
        try world.run { client.text == "hello" }
        client.send(", world")
        try world.run { client.text == "hello, world" }
        #expect(server.text == "hello, world")
    }

    @Test(arguments: BackendKind.allCases)
    func `connecting is never reported from inside connect`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let client = world.connect(to: acceptor)
        #expect(!client.isConnected)
        #expect(client.transport.remoteAddress == nil)
        #expect(client.transport.read(16).outcome == .wouldBlock)
        #expect(client.transport.write("early") == .wouldBlock)
        try world.run { client.isConnected }
        #expect(client.connectFailure == nil)
    }

    @Test(arguments: BackendKind.allCases)
    func `what is written before the server accepts arrives`(kind: BackendKind) throws {
        let world = try World(kind)
        let listener = try world.backend.listen(on: .tcp(host: "127.0.0.1", port: 0))
        let client = Peer(world.backend.connect(to: .tcp(host: "127.0.0.1", port: listener.address.port)))
        try world.run { client.isConnected }
        client.send("first")
        world.runIdle()
        let acceptor = Acceptor(listener)
        try world.run { acceptor.peers.first?.text == "first" }
    }

    @Test(arguments: BackendKind.allCases)
    func `interest asked for while connecting holds once connected`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        acceptor.onAccept = { $0.send("greeting") }
        let client = world.connect(to: acceptor)
        try world.run { client.text == "greeting" }
    }

    @Test(arguments: BackendKind.allCases)
    func `four megabytes go each way through full buffers and short writes`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        let upward = (0..<4_194_304).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
        let downward = Array(upward.reversed())
        client.send(upward)
        server.send(downward)
        #expect(client.unsentCount > 0, "the test wants full buffers")
        try world.run { server.received.count == upward.count && client.received.count == downward.count }
        #expect(server.received == upward)
        #expect(client.received == downward)
    }

    @Test(arguments: BackendKind.allCases)
    func `a write takes part of what is offered, then nothing, then more`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        server.reads = false
        let chunk = [UInt8](repeating: 7, count: 1_000_000)
        var taken = 0
        var outcome = WriteOutcome.wrote(0)
        while case .wrote(let count) = outcome {
            taken += count
            outcome = chunk.withUnsafeBytes { client.transport.write($0, $0) }
        }
        #expect(outcome == .wouldBlock)
        var rounds = 0
        client.onReady = { [unowned client] readiness in
            guard readiness.contains(.writable) else { return }
            if case .wrote = client.transport.write("x") {
                rounds += 1
                client.transport.setInterest(reading: false, writing: false)
            }
        }
        client.transport.setInterest(reading: false, writing: true)
        server.reads = true
        try world.run { rounds == 1 && server.received.count == taken + 1 }
    }

    @Test(arguments: BackendKind.allCases)
    func `nothing to write and no room to read are no end`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, _) = try world.pair()
        #expect(client.transport.write("") == .wrote(0))
        var byte: UInt8 = 0
        let outcome = withUnsafeMutableBytes(of: &byte) { client.transport.read(into: $0.baseAddress!, capacity: 0) }
        #expect(outcome == .bytes(0))
        #expect(client.transport.read(8).outcome == .wouldBlock)
    }

    @Test(arguments: BackendKind.allCases)
    func `a gathering write keeps the order of its parts`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        let parts: [(String, String)] = [("ab", "cd"), ("", "ef"), ("gh", ""), ("i", "jklmnop")]
        for (first, second) in parts {
            let outcome = Array(first.utf8).withUnsafeBytes { first in
                Array(second.utf8).withUnsafeBytes { client.transport.write(first, $0) }
            }
            #expect(outcome == .wrote(first.utf8.count + second.utf8.count))
        }
        try world.run { server.text == "abcdefghijklmnop" }
    }

    @Test(arguments: BackendKind.allCases)
    func `spans can be read into and written from`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        server.reads = false
        let first: [UInt8] = [1, 2, 3]
        let second: [UInt8] = [4, 5]
        #expect(client.transport.write(first.span.bytes, second.span.bytes) == .wrote(5))
        server.transport.setInterest(reading: true, writing: false)
        server.onReady = { _ in }
        try world.run { server.told.contains { $0.contains(.readable) } }
        let bytes = [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            buffer[0] = 9
            var span = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 1)
            #expect(server.transport.read(into: &span) == .bytes(5))
            count = span.finalize(for: UnsafeMutableRawBufferPointer(buffer))
        }
        #expect(bytes == [9, 1, 2, 3, 4, 5])
    }

    @Test(arguments: BackendKind.allCases)
    func `ending one side leaves the other open`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        client.send("last words")
        client.end()
        client.transport.endWriting()
        try world.run { server.hasEnded }
        #expect(server.text == "last words")
        #expect(!client.hasEnded)
        #expect(client.transport.write("more") == .failed(TransportError(.write, errno: EPIPE)))
        server.send("still here")
        server.end()
        try world.run { client.hasEnded }
        #expect(client.text == "still here")
        #expect(client.readFailure == nil && server.readFailure == nil)
    }

    @Test(arguments: BackendKind.allCases)
    func `ending while connecting ends once connected`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let client = world.connect(to: acceptor)
        client.transport.endWriting()
        try world.run { acceptor.peers.first?.hasEnded == true }
    }

    @Test(arguments: BackendKind.allCases)
    func `a reset reaches the peer as ECONNRESET`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        client.transport.reset()
        try world.run { server.isOver }
        #expect(server.readFailure == TransportError(.read, errno: ECONNRESET))
        #expect(server.readFailure?.description == "read ECONNRESET")
    }

    @Test(arguments: BackendKind.allCases)
    func `closing with bytes unread resets the peer`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        server.onReady = { _ in }
        client.send("nobody reads this")
        try world.run { !server.told.isEmpty }
        server.transport.close()
        try world.run { client.isOver }
        #expect(client.readFailure == TransportError(.read, errno: ECONNRESET))
    }

    /// N-5: with SIGPIPE's default disposition the process would end here.
    @Test(arguments: BackendKind.allCases)
    func `writing to a peer that is gone fails as a value`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        server.transport.reset()
        try world.run { client.isOver }
        #expect(client.transport.write("x") == .failed(TransportError(.write, errno: EPIPE)))
        let both = Array("x".utf8).withUnsafeBytes { client.transport.write($0, $0) }
        #expect(both == .failed(TransportError(.write, errno: EPIPE)))
    }

    @Test(arguments: BackendKind.allCases)
    func `a closed transport says so and does nothing`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        client.transport.close()
        client.transport.close()
        client.transport.reset()
        client.transport.endWriting()
        client.transport.setInterest(reading: true, writing: true)
        #expect(client.transport.handler == nil)
        #expect(client.transport.read(4).outcome == .failed(TransportError(.read, errno: ENOTCONN)))
        #expect(client.transport.write("x") == .failed(TransportError(.write, errno: ENOTCONN)))
        #expect(client.transport.localAddress == nil && client.transport.remoteAddress == nil)
        try world.run { server.hasEnded }
        #expect(client.told.isEmpty)
    }

    @Test(arguments: BackendKind.allCases)
    func `a port where nobody listens refuses`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let port = acceptor.listener.address.port
        acceptor.listener.close()
        let client = Peer(world.backend.connect(to: .tcp(host: "127.0.0.1", port: port)))
        #expect(client.connectFailure == nil)
        try world.run { client.connectFailure != nil }
        #expect(client.connectFailure == TransportError(.connect, errno: ECONNREFUSED))
        #expect(client.connectFailure?.description == "connect ECONNREFUSED 127.0.0.1:\(port)")
        #expect(client.transport.handler == nil)
        #expect(!world.backend.hasWork)
    }

    @Test(arguments: BackendKind.allCases)
    func `closing while connecting abandons the attempt without a word`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let client = world.connect(to: acceptor)
        client.transport.close()
        world.runIdle()
        #expect(!client.isConnected && client.connectFailure == nil && client.told.isEmpty)
        acceptor.closeAll()
        #expect(!world.backend.hasWork)
    }

    @Test(arguments: BackendKind.allCases)
    func `both ends know both addresses`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let (client, server) = try world.pair(acceptor)
        #expect(client.transport.remoteAddress == acceptor.listener.address)
        #expect(server.transport.localAddress == acceptor.listener.address)
        #expect(server.transport.remoteAddress == client.transport.localAddress)
        #expect(client.transport.localAddress?.family == "IPv4")
        #expect(client.transport.localAddress?.port != 0)
    }

    @Test(arguments: BackendKind.allCases)
    func `a hundred connections at once keep their bytes apart`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        acceptor.onAccept = { $0.echoes = true }
        let clients = (0..<100).map { number in
            let client = world.connect(to: acceptor)
            client.send("client \(number)")
            return client
        }
        try world.run(within: .seconds(30)) { clients.allSatisfy { $0.text.hasPrefix("client") } }
        for (number, client) in clients.enumerated() { #expect(client.text == "client \(number)") }
        for client in clients { client.transport.close() }
        try world.run { acceptor.peers.allSatisfy(\.isOver) }
        acceptor.closeAll()
        #expect(!world.backend.hasWork)
    }
}
