import TestCertificates
import Testing
import WSNode

@Suite("TLS as a stream: ends, cuts, slow networks")
struct TLSStreamTests {
    /// A network in which everything comes in small pieces and nothing at once.
    private func slow(_ network: PipeNetwork?) {
        network?.conditions.pieceBytes = 1...50
        network?.conditions.latency = .milliseconds(1) ... .milliseconds(9)
        network?.conditions.writeLimit = 1...700
        network?.conditions.readLimit = 1...700
        network?.conditions.hesitation = 0.2
        network?.conditions.windowBytes = 20_000
    }

    @Test
    func `records cut everywhere, writes taken in parts`() throws {
        try withLoop(.pipe) { loop in
            slow(loop.network)
            let pair = try loop.makeSecurePair()
            var answers: [Int] = []
            pair.accepted.on(.message) { pair.accepted.send($0) }
            pair.client.on(.message) { answers.append($0.bytes.count) }
            for size in [1, 20_000, 90_000, 3] { pair.client.send(Bytes([UInt8](repeating: 5, count: size))) }
            try loop.run { answers.count == 4 }
            #expect(answers == [1, 20_000, 90_000, 3])
            let journal = Journal(pair)
            try pair.client.close(.normalClosure, "done")
            try loop.run { journal.has("client close") && journal.has("server close") }
            #expect(journal.lines(beginning: "client close") == ["client close 1000 done"])
            #expect(journal.lines(beginning: "server close") == ["server close 1000 done"])
        }
    }

    // T-8: whatever is missing may be the message that matters.
    @Test(arguments: [PipeCut.end, .reset])
    func `a stream that is cut is no orderly end`(cut: PipeCut) throws {
        try withLoop(.pipe) { loop in
            let pair = try loop.makeSecurePair()
            let journal = Journal(pair)
            pair.accepted.send("before")
            try loop.run { journal.has("client message") }
            loop.network?.links.first?.cut(cut)
            try loop.run { journal.has("client close") && journal.has("server close") }
            #expect(journal.lines(beginning: "client close") == ["client close 1006"])
            #expect(journal.lines(beginning: "server close") == ["server close 1006"])
        }
    }

    // R-7.1.1-1: both directions end with close_notify, then with the end of the stream.
    @Test
    func `an orderly end is orderly on the wire too`() throws {
        try withLoop(.pipe) { loop in
            let pair = try loop.makeSecurePair()
            let link = try #require(loop.network?.links.first)
            let journal = Journal(pair)
            pair.client.close()
            try loop.run { journal.has("client close") && journal.has("server close") }
            loop.watch()
            #expect(journal.lines(beginning: "client close") == ["client close 1005"])
            // A close frame and close_notify each; with their headers and tags, 24 or more bytes a record.
            #expect(link.clientToServer.writtenBytes > 0 && link.serverToClient.writtenBytes > 0)
            #expect(loop.network?.links.isEmpty == true)
        }
    }

    // R-7-3, H-a: one deadline for everything before open.
    @Test(arguments: [true, false])
    func `a handshake that does not go on is given up`(isClient: Bool) throws {
        try withLoop(.pipe) { loop in
            if isClient {
                let server = try loop.makeRawServer { _, _ in }
                let client = try loop.makeSecureClient(at: server.port) { $0.handshakeTimeout = .seconds(5) }
                let start = loop.events.now
                let journal = Journal(client)
                try loop.run { journal.has("close") }
                #expect(journal.lines == ["error Error: Opening handshake has timed out", "close 1006"])
                #expect(loop.events.now - start == .seconds(5))
            } else {
                let server = try loop.makeSecureServer { $0.handshakeTimeout = .seconds(5) }
                let peer = try loop.connectRaw(to: server)
                let start = loop.events.now
                // The header of a record that never comes.
                peer.write([22, 3, 1, 0x10, 0])
                try loop.run { peer.isOver }
                #expect(loop.events.now - start == .seconds(5))
            }
        }
    }

    @Test(arguments: Environment.allCases)
    func `a socket that is terminated while shaking hands is gone`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeSecureServer()
            let client = try loop.makeSecureClient(of: server)
            let journal = Journal(client)
            client.terminate()
            try loop.run { journal.has("close") }
            #expect(journal.lines.last == "close 1006")
        }
    }

    // A message of which a part is inside of TLS must not be forgotten when reading goes on.
    @Test(arguments: Environment.allCases)
    func `pausing and resuming loses nothing`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makeSecurePair()
            var sizes: [Int] = []
            pair.client.on(.message) { message in
                sizes.append(message.bytes.count)
                guard sizes.count % 10 == 0 else { return }
                pair.client.pause()
                loop.events.setTimeout(.milliseconds(1)) { pair.client.resume() }
            }
            let expected = (0..<100).map { $0 * 997 }
            for size in expected { pair.accepted.send(Bytes([UInt8](repeating: 1, count: size))) }
            try loop.run { sizes.count == expected.count }
            #expect(sizes == expected)
        }
    }

    @Test
    func `a peer that does not read costs a bounded amount of memory`() throws {
        try withLoop(.pipe) { loop in
            let pair = try loop.makeSecurePair(server: { $0.highWaterMark = 100_000 })
            loop.network?.links.first?.serverToClient.cut(.blackHole)
            var isFull = false
            var count = 0
            while !isFull, count < 1000 {
                isFull = !pair.accepted.send(Bytes([UInt8](repeating: 1, count: 10_000)))
                count += 1
                loop.run(for: .milliseconds(1))
            }
            #expect(isFull)
            #expect(pair.accepted.bufferedAmount < 400_000)
        }
    }

    // T-10: every request for new keys is answered, and a peer that does not read the answers could ask for ever.
    @Test
    func `requests for new keys are not read faster than their answers are taken`() throws {
        try withLoop(.pipe) { loop in
            let server = try loop.makeSecureServer()
            let peer = try loop.connectRaw(to: server)
            let client = TestClient()
            var isEstablished = client.shakeHands([])
            peer.write(client.takeOutput())
            try loop.run {
                let received = peer.received
                peer.clear()
                isEstablished = client.shakeHands(received)
                peer.write(client.takeOutput())
                return isEstablished
            }
            peer.isPaused = true
            client.askForKeys(times: 100_000)
            peer.write(client.takeOutput())
            loop.run(for: .seconds(1))
            #expect(peer.unwrittenCount > 1_000_000)
        }
    }
}
