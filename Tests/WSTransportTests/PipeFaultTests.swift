import CSystem
import Testing
import WSTransport

@Suite("The in-memory network: faults, drawn and scripted")
struct PipeFaultTests {
    private func world(_ change: (inout PipeConditions) -> Void = { _ in }) -> (World, PipeNetwork) {
        var conditions = PipeConditions()
        change(&conditions)
        let network = PipeNetwork(seed: 42, conditions: conditions)
        return (World(PipeBackend(network)), network)
    }

    // MARK: Drawn

    @Test func `latency delays, jitter varies, and bytes keep their order`() throws {
        let (world, network) = world { $0.latency = .milliseconds(10)...(.milliseconds(500)) }
        let (client, server) = try world.pair()
        var arrivals: [Duration] = []
        for number in 0..<100 {
            client.send("\(number) ")
            network.schedule(at: network.now + .milliseconds(7)) {}
            world.backend.wait(until: network.now + .milliseconds(7))
            if arrivals.last != network.now { arrivals.append(network.now) }
        }
        try world.run(within: .seconds(60)) { server.received.count == 290 }
        #expect(server.text == (0..<100).map { "\($0) " }.joined())
    }

    @Test func `bandwidth takes its time`() throws {
        let (world, network) = world { $0.bandwidth = 1000 }
        let (client, server) = try world.pair()
        let start = network.now
        client.send([UInt8](repeating: 1, count: 10_000))
        try world.run(within: .seconds(60)) { server.received.count == 10_000 }
        #expect(network.now - start == .seconds(10))
        #expect(server.told.count == 7, "in packets")
    }

    @Test func `pieces, short reads and short writes change nothing but the cuts`() throws {
        let (world, _) = world {
            $0.pieceBytes = 1...7
            $0.readLimit = 1...3
            $0.writeLimit = 1...5
            $0.hesitation = 0.3
        }
        let (client, server) = try world.pair()
        server.echoes = true
        let message = (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        client.send(message)
        try world.run { client.received.count == message.count }
        #expect(client.received == message)
        #expect(client.told.count > 600)
    }

    @Test func `the window fills, blocks and opens`() throws {
        let (world, _) = world { $0.windowBytes = 10 }
        let (client, server) = try world.pair()
        server.reads = false
        #expect(client.transport.write("0123456789abc") == .wrote(10))
        #expect(client.transport.write("x") == .wouldBlock)
        client.transport.setInterest(reading: false, writing: true)
        world.runIdle()
        #expect(client.told.isEmpty)
        #expect(server.transport.read(4).text == "0123")
        client.onReady = { [unowned client] _ in client.transport.setInterest(reading: false, writing: false) }
        try world.run { client.told == [.writable] }
        #expect(client.transport.write("abcdef") == .wrote(4))
    }

    @Test(arguments: [PipeCut.reset, .end, .blackHole])
    func `a drawn cut strikes at a byte of its range`(cut: PipeCut) throws {
        let (world, network) = world { $0.risks = [PipeRisk(cut, probability: 1, after: 100...200)] }
        let (client, server) = try world.pair()
        client.send([UInt8](repeating: 5, count: 1000))
        world.backend.wait(until: network.now + .seconds(1))
        world.runIdle()
        #expect((100...200).contains(server.received.count))
        #expect(server.hasEnded == (cut == .end))
        #expect((server.readFailure != nil) == (cut == .reset))
        #expect((client.readFailure != nil) == (cut == .reset))
        #expect(network.faultCount == 1)
    }

    @Test func `refusals, silences and lookups that fail`() throws {
        let (world, network) = world()
        let acceptor = try world.listen(.tcp(host: "a.example", port: 1))
        network.conditions.refusal = 1
        let refused = world.connect(to: acceptor)
        network.conditions.refusal = 0
        network.conditions.lookupFailure = 1
        let unknown = world.connect(to: acceptor)
        network.conditions.lookupFailure = 0
        network.conditions.silence = 1
        let silent = world.connect(to: acceptor)
        network.conditions.silence = 0
        network.conditions.connectDelay = .seconds(9)...(.seconds(9))
        let slow = world.connect(to: acceptor)
        try world.run { slow.isConnected }
        #expect(network.now == .seconds(9))
        #expect(refused.connectFailure?.description == "connect ECONNREFUSED a.example:1")
        #expect(unknown.connectFailure?.description == "getaddrinfo EAI_AGAIN a.example")
        #expect(!silent.isConnected && silent.connectFailure == nil)
        #expect(network.faultCount == 3)
        silent.transport.close()
    }

    @Test func `a listener short of descriptors pauses and recovers`() throws {
        let (world, network) = world { $0.acceptFailure = 1 }
        let acceptor = try world.listen()
        let client = world.connect(to: acceptor)
        network.schedule(at: .milliseconds(250)) { network.conditions.acceptFailure = 0 }
        try world.run { acceptor.peers.count == 1 }
        #expect(client.isConnected && network.now == .milliseconds(300))
        #expect(acceptor.failures == [TransportError(.accept, errno: EMFILE)], "told once")
    }

    // MARK: Scripted

    @Test func `a held stream delivers exactly what the script says`() throws {
        let (world, network) = world()
        network.onLink = { $0.clientToServer.hold() }
        let (client, server) = try world.pair()
        let stream = network.links[0].clientToServer
        client.send("HEADER|body|tail")
        client.end()
        world.runIdle()
        #expect(server.received.isEmpty && stream.pendingBytes == 16 && stream.isHeld)
        var texts: [String] = []
        for count in [1, 6, 5] {
            stream.deliver(bytes: count)
            world.runIdle()
            texts.append(server.text)
        }
        #expect(texts == ["H", "HEADER|", "HEADER|body|"])
        stream.deliver(bytes: 100)
        world.runIdle()
        #expect(server.text == "HEADER|body|tail" && !server.hasEnded, "the end is still held")
        stream.deliver()
        world.runIdle()
        #expect(server.hasEnded && stream.deliveredBytes == 16 && stream.writtenBytes == 16)
    }

    @Test func `a released stream goes on by itself`() throws {
        let (world, network) = world()
        let (client, server) = try world.pair()
        network.links[0].clientToServer.hold()
        client.send("held ")
        network.links[0].clientToServer.release()
        client.send("free")
        try world.run { server.text == "held free" }
    }

    @Test func `reads and writes move exactly what the script says`() throws {
        let (world, network) = world()
        let (client, server) = try world.pair()
        let stream = network.links[0].clientToServer
        stream.writeSizes = [3, 0, 2]
        #expect(client.transport.write("abcdefgh") == .wrote(3))
        #expect(client.transport.write("defgh") == .wouldBlock)
        #expect(client.transport.write("defgh") == .wrote(2))
        #expect(client.transport.write("fgh") == .wrote(3))
        stream.readSizes = [1, 4, 0, 2]
        var sizes: [Int] = []
        server.onReady = { [unowned server] _ in
            let before = server.received.count
            server.read()
            sizes.append(server.received.count - before)
        }
        try world.run { server.text == "abcdefgh" }
        #expect(sizes == [1, 4, 0, 2, 1])
    }

    @Test func `a cut strikes at exactly its byte`() throws {
        for position in 0...5 {
            for cut in [PipeCut.reset, .end, .blackHole] {
                let (world, network) = world()
                network.onLink = { $0.clientToServer.cut(after: position, cut) }
                let (client, server) = try world.pair()
                client.send("abcde")
                client.send("f")
                world.runIdle()
                #expect(server.text == String("abcdef".prefix(position)))
                switch cut {
                case .reset:
                    #expect(server.readFailure?.code == "ECONNRESET" && client.readFailure?.code == "ECONNRESET")
                case .end: #expect(server.hasEnded && client.readFailure == nil && client.writeFailure == nil)
                case .blackHole: #expect(!server.isOver && !client.isOver)
                }
            }
        }
    }

    @Test func `a black hole takes a window of bytes, and gives them back when mended`() throws {
        let (world, network) = world { $0.windowBytes = 8 }
        let (client, server) = try world.pair()
        let link = network.links[0]
        link.cut(.blackHole)
        client.send("0123456789")
        client.end()
        server.send("hello?")
        world.backend.wait(until: network.now + .seconds(600))
        #expect(client.unsentCount == 2 && server.received.isEmpty && client.received.isEmpty)
        link.mend()
        try world.run { server.hasEnded }
        #expect(server.text == "0123456789" && client.text == "hello?")
    }

    @Test func `a cut of the past strikes at once`() throws {
        let (world, network) = world()
        let (client, server) = try world.pair()
        client.send("abc")
        try world.run { server.text == "abc" }
        network.links[0].clientToServer.cut(after: 1, .end)
        try world.run { server.hasEnded }
        server.send("the other way still works")
        try world.run { client.text == "the other way still works" }
    }

    @Test func `writing to an end that has closed brings a reset`() throws {
        let (world, _) = world()
        let (client, server) = try world.pair()
        server.transport.close()
        try world.run { client.hasEnded }
        #expect(client.transport.write("into the void") == .wrote(13))
        client.reads = true
        try world.run { client.transport.write("x") == .failed(TransportError(.write, errno: EPIPE)) }
    }

    @Test func `what arrived before a reset can still be read`() throws {
        let (world, network) = world()
        let (client, server) = try world.pair()
        server.reads = false
        client.send("last words")
        world.runIdle()
        network.links[0].cut(.reset)
        world.runIdle()
        server.reads = true
        try world.run { server.readFailure != nil }
        #expect(server.text == "last words")
    }

    @Test func `a window that widens lets a sender go on that waits for room`() throws {
        let (world, network) = world { $0.windowBytes = 4 }
        let (client, server) = try world.pair()
        server.reads = false
        client.send("0123456789")
        world.runIdle()
        #expect(client.unsentCount == 6)
        network.links[0].clientToServer.conditions.windowBytes = 100
        try world.run { client.unsentCount == 0 }
    }

    @Test func `faults are counted by kind, and a direction remembers how it was cut`() throws {
        let (world, network) = world()
        let (client, server) = try world.pair()
        let link = network.links[0]
        link.clientToServer.conditions.writeLimit = 2...2
        client.send("abcd")
        try world.run { server.text == "abcd" }
        #expect(network.faultCounts == [.shortCall: 1])
        link.serverToClient.conditions.hesitation = 0.5
        network.leap(by: .seconds(1))
        for _ in 0..<100 { _ = server.transport.write("x") }
        #expect((20...80).contains(network.faultCounts[.hesitation] ?? 0))
        #expect(network.faultCounts[.leap] == 1)
        #expect(link.clientToServer.lastCut == nil)
        link.clientToServer.cut(.blackHole)
        link.mend()
        #expect(link.clientToServer.lastCut == .blackHole && network.faultCounts[.blackHole] == 1)
        link.clientToServer.cut(.end)
        #expect(link.clientToServer.lastCut == .end && link.serverToClient.lastCut == nil)
    }

    @Test func `a script decides about each attempt to connect`() throws {
        let (world, network) = world()
        let acceptor = try world.listen()
        var verdicts: [PipeVerdict?] = [
            nil, .connect(after: .seconds(3)), .fail(TransportError(.connect, errno: EHOSTUNREACH)), .silence,
        ]
        network.onConnect = { _ in verdicts.removeFirst() }
        let clients = (0..<4).map { _ in world.connect(to: acceptor) }
        world.backend.wait(until: .seconds(1))
        world.runIdle()
        #expect(clients.map(\.isConnected) == [true, false, false, false])
        try world.run { clients[1].isConnected }
        #expect(clients[2].connectFailure?.code == "EHOSTUNREACH")
        world.runIdle()
        #expect(!clients[3].isConnected && clients[3].connectFailure == nil)
    }

    @Test func `a listener that closes resets those it has not accepted`() throws {
        let (world, network) = world()
        let listener = try world.backend.listen(port: 1)
        let client = Peer(world.backend.connect(to: .tcp(host: "127.0.0.1", port: 1)))
        try world.run { client.isConnected }
        listener.close()
        try world.run { client.readFailure != nil }
        client.transport.close()
        #expect(network.links.isEmpty && !world.backend.hasWork)
    }
}
