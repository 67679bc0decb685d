import CSystem
import Testing
import WSTransport

@Suite("Readiness: what a handler is told, and how often")
struct ReadinessTests {
    @Test(arguments: BackendKind.allCases)
    func `without interest nothing is told`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        server.reads = false
        client.send("unheard")
        client.end()
        world.runIdle()
        #expect(server.told.isEmpty)
        server.reads = true
        try world.run { server.hasEnded }
        #expect(server.text == "unheard")
    }

    @Test(arguments: BackendKind.allCases)
    func `readable is told again until the bytes are read`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        server.onReady = { _ in }
        client.send("abc")
        try world.run { server.told.count == 3 }
        #expect(server.told.allSatisfy { $0 == .readable })
        server.onReady = nil
        try world.run { server.text == "abc" }
        let count = server.told.count
        world.runIdle()
        #expect(server.told.count == count)
    }

    @Test(arguments: BackendKind.allCases)
    func `a small read leaves the rest for later turns`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        server.chunkBytes = 2
        client.send("abcdefg")
        try world.run { server.text == "abcdefg" }
        #expect(server.told.count == 4)
    }

    @Test(arguments: BackendKind.allCases)
    func `writable is told while it is asked for and no longer`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, _) = try world.pair()
        client.onReady = { _ in }
        client.transport.setInterest(reading: false, writing: true)
        try world.run { client.told.count == 3 }
        #expect(client.told.allSatisfy { $0 == .writable })
        client.transport.setInterest(reading: true, writing: false)
        world.runIdle()
        #expect(client.told.count == 3)
    }

    /// Otherwise an application that waits with closing would run at full speed.
    @Test(arguments: BackendKind.allCases)
    func `the end of the stream is told once it is read, and not again`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        client.end()
        try world.run { server.hasEnded }
        let count = server.told.count
        server.transport.setInterest(reading: true, writing: false)
        world.runIdle()
        #expect(server.told.count == count)
        #expect(server.read() == .ended, "asking again gives the same answer")
        server.send("the other way is open")
        try world.run { client.text == "the other way is open" }
    }

    @Test(arguments: [BackendKind.epoll, .poll, .pipe])
    func `a hang-up is told once to who waits for nothing`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        // Watched once, then not interested: as a paused connection is.
        server.transport.setInterest(reading: true, writing: false)
        server.reads = false
        client.transport.reset()
        try world.run { !server.told.isEmpty }
        world.runIdle()
        #expect(server.told == [.closed])
        server.reads = true
        try world.run { server.readFailure != nil }
        #expect(server.readFailure == TransportError(.read, errno: ECONNRESET))
    }

    @Test(arguments: BackendKind.allCases)
    func `a reset is readable and writable to who waits for that`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        server.onReady = { _ in }
        server.transport.setInterest(reading: true, writing: true)
        client.transport.reset()
        try world.run { server.told.contains { $0.isSuperset(of: [.readable, .writable]) } }
    }

    @Test(arguments: BackendKind.allCases)
    func `a handler set later hears what is still so`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        server.transport.handler = nil
        client.send("waiting")
        world.runIdle()
        let late = Peer(server.transport, isConnected: true)
        try world.run { late.text == "waiting" }
        #expect(server.told.isEmpty)
    }
}
