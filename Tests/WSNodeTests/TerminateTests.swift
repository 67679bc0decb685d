import Testing
import WSNode

@Suite("Node API §2.6: terminate")
struct TerminateTests {
    // B-TERM-006, B-TERM-008, R-7.1.1-3
    @Test(arguments: Environment.allCases)
    func `the peer sees 1006, and so do we`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            pair.client.on(.close) { _, _ in pair.client.terminate() }
            pair.accepted.terminate()
            #expect(pair.accepted.readyState == .closing)
            #expect(journal.lines.isEmpty)
            try loop.run { journal.lines.count == 2 }
            pair.accepted.terminate()
            loop.watch()
            #expect(journal["client"] == ["close 1006"])
            #expect(journal["server"] == ["close 1006"])
        }
    }

    // B-TERM-007
    @Test(arguments: Environment.allCases)
    func `what has arrived is still told`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            client.once(.message) { (_: Message) in client.terminate() }
            peer.write(Wire.text("1", masked: false) + Wire.text("2", masked: false))
            try loop.run { journal.has("close") }
            #expect(journal.lines == [#"message "1""#, #"message "2""#, "close 1006"])
            try loop.run { peer.isOver }
            #expect(peer.received.isEmpty)
        }
    }

    // B-TERM-008
    @Test(arguments: Environment.allCases)
    func `what was queued is not sent, and its completions learn that in state 2`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            for name in ["a", "b"] {
                client.send(name) { error in
                    #expect(client.readyState == .closing)
                    journal.note("\(name): \(error.map(describe) ?? "sent")")
                }
            }
            client.terminate()
            client.send("c") { journal.note("c: \($0?.message ?? "sent")") }
            try loop.run { journal.has("close") && journal.lines.count == 4 && peer.isOver }
            #expect(peer.received.isEmpty)
            let closed = "Error: The socket was closed before the data was written [EPIPE]"
            #expect(journal.lines(without: "c:") == ["a: \(closed)", "b: \(closed)", "close 1006"])
            #expect(journal.has("c: WebSocket is not open: readyState 2 (CLOSING)"))
        }
    }

    // B-TERM-006
    @Test(arguments: Environment.allCases)
    func `it cuts a closing handshake short`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            client.close()
            try loop.run { peer.frames.count == 1 }
            client.terminate()
            try loop.run { journal.has("close") && peer.isOver }
            #expect(journal.lines == ["close 1006"])

            // Once the peer's close frame is there, its code is what counts.
            let (other, otherPeer) = try loop.openClient()
            let otherJournal = Journal(other)
            otherPeer.write(Wire.close(4000, masked: false))
            try loop.run { otherPeer.frames.count == 1 }
            other.terminate()
            try loop.run { otherJournal.has("close") }
            #expect(otherJournal.lines == ["close 4000"])
        }
    }

    // R-7.1.1-3
    @Test(arguments: Environment.allCases)
    func `a peer that neither reads nor closes does not hold us`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let (peer, accepted, _) = try loop.upgradeRaw(to: server)
            let journal = Journal(accepted)
            peer.isPaused = true
            var outcomes = 0
            for _ in 0..<16 {
                accepted.send(Bytes([UInt8](repeating: 1, count: 1 << 20))) { _ in outcomes += 1 }
            }
            loop.run(for: .milliseconds(5))
            #expect(accepted.bufferedAmount > 0)
            accepted.terminate()
            try loop.run { journal.has("close") }
            #expect(outcomes == 16)
            #expect(accepted.bufferedAmount == 0)
            #expect(journal.lines(without: "drain") == ["close 1006"])
        }
    }
}
