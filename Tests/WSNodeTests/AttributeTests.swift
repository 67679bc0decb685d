import Testing
import WSNode

@Suite("Node API §2.5: properties of a socket")
struct AttributeTests {
    // B-ATTR-004, B-ATTR-005, B-ATTR-006, B-ATTR-009, B-ATTR-010, B-ATTR-014, B-ATTR-015
    @Test(arguments: Environment.allCases)
    func `before and after open`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            var accepted: WebSocket?
            server.on(.connection) { socket, _ in accepted = socket }
            let client = try loop.makeClient(of: server, protocols: ["foo"])
            #expect(client.bufferedAmount == 0)
            #expect(client.extensions == "")
            #expect(client.protocol == "")
            client.on(.open) {
                #expect(client.bufferedAmount == 0)
                #expect(client.extensions == "")
                #expect(client.protocol == "foo")
                #expect(client.readyState == .open)
            }
            try loop.run { accepted != nil && client.readyState == .open }
            #expect(accepted?.extensions == "")
            #expect(accepted?.protocol == "foo")
            #expect(accepted?.bufferedAmount == 0)
        }
    }

    // B-ATTR-008
    @Test(arguments: Environment.allCases)
    func `the buffered amount is what the system has not taken, headers included`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let (peer, accepted, head) = try loop.upgradeRaw(to: server)
            let journal = Journal(accepted)
            peer.isPaused = true
            let message = Bytes([UInt8](repeating: 1, count: 16_384))
            let frameCount = 16_384 + 4
            var sent = 0
            while accepted.bufferedAmount == 0, sent < 64 * 1024 * 1024 {
                for _ in 0..<64 { accepted.send(message) }
                sent += 64 * frameCount
                #expect(accepted.bufferedAmount == 64 * frameCount)
                loop.run(for: .milliseconds(1))
            }
            #expect(accepted.bufferedAmount > 0)
            if let stream = loop.network?.links.first?.serverToClient {
                #expect(accepted.bufferedAmount == head.utf8.count + 4 + sent - stream.writtenBytes)
            }
            try accepted.close(.normalClosure)
            #expect(!journal.has("close"))
            peer.isPaused = false
            try loop.run { peer.received.count == sent + 4 }
            #expect(Array(peer.received[sent...]) == Wire.close(1000, masked: false))
            #expect(accepted.bufferedAmount == 0)
            peer.write(Wire.close(1000, masked: true))
            peer.end()
            try loop.run { journal.has("close") }
            // Each batch is a little more than the high-water mark, so each may tell that it was written.
            #expect(journal.lines.filter { $0 != "drain" } == ["close 1000"])
        }
    }

    // B-ATTR-012, B-ATTR-013
    @Test(arguments: Environment.allCases)
    func `pause and resume show`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let client = try loop.makeClient(of: server)
            #expect(!client.isPaused)
            try loop.run { client.readyState == .open }
            #expect(!client.isPaused)
            client.pause()
            #expect(client.isPaused)
            client.resume()
            #expect(!client.isPaused)
        }
    }

    // B-ATTR-016, B-ATTR-017, B-ATTR-018, B-ATTR-019, B-ATTR-020, R-7.1.4-1
    @Test(arguments: Environment.allCases, [true, false])
    func `the state in each event`(environment: Environment, terminates: Bool) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let client = try loop.makeClient(of: server)
            var states: [WebSocket.ReadyState] = [client.readyState]
            client.on(.upgrade) { _ in states.append(client.readyState) }
            client.on(.open) {
                states.append(client.readyState)
                if terminates { client.terminate() } else { try? client.close(.goingAway) }
                states.append(client.readyState)
            }
            client.on(.close) { _, _ in states.append(client.readyState) }
            try loop.run { states.count == 5 }
            #expect(states == [.connecting, .connecting, .open, .closing, .closed])
        }
    }

    // B-ATTR-021, B-ATTR-022
    @Test(arguments: [("ws://localhost", "ws://localhost/"), ("http://localhost", "ws://localhost/")])
    func `the url has a path and a WebSocket scheme`(address: String, url: String) throws {
        try withLoop(.pipe) { loop in
            let client = try WebSocket(address, on: loop.events)
            loop.track(client)
            #expect(client.url == url)
        }
    }

    // B-ATTR-023
    @Test(arguments: Environment.allCases)
    func `a server's socket has no url`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            #expect(pair.accepted.url == nil)
            #expect(pair.client.url == "ws://127.0.0.1:\(pair.server.address()?.port ?? 0)/")
        }
    }

    // B-PING-003, B-SEND-003
    @Test(arguments: Environment.allCases)
    func `what is sent too late counts for ever`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            pair.accepted.close()
            pair.accepted.send("hi")
            let atClosing = pair.accepted.bufferedAmount
            var atClose: Int?
            pair.accepted.on(.close) { _, _ in atClose = pair.accepted.bufferedAmount }
            try loop.run { atClose != nil }
            // The close frame was still to be written.
            #expect(atClosing == 2 + 2)
            #expect(atClose == 2)
            pair.accepted.send([1, 2, 3])
            pair.accepted.send(values: [Float(1)])
            #expect(pair.accepted.bufferedAmount == 2 + 3 + 4)
        }
    }
}
