import Testing
import WSNode

@Suite("Node API §2.6: pause and resume")
struct PauseTests {
    // B-PAUSE-001, B-PAUSE-003, W-13
    @Test(arguments: Environment.allCases)
    func `before open and after close they do nothing`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let client = try loop.makeClient(of: server)
            let journal = Journal(client)
            client.pause()
            #expect(!client.isPaused)
            client.resume()
            #expect(!client.isPaused)
            client.on(.error) { _ in
                client.pause()
                #expect(!client.isPaused)
            }
            client.close()
            client.pause()
            try loop.run { journal.has("close") }
            client.pause()
            #expect(!client.isPaused)

            let other = try loop.makeClient(of: server)
            try loop.run { other.readyState == .open }
            other.pause()
            other.terminate()
            var isClosed = false
            other.on(.close) { _, _ in isClosed = true }
            try loop.run { isClosed }
            other.resume()
            #expect(other.isPaused)
        }
    }

    // B-PAUSE-002, B-PAUSE-004, B-PAUSE-006
    @Test(arguments: Environment.allCases)
    func `nothing is told while paused, and everything afterwards`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            client.pause()
            #expect(client.isPaused)
            peer.write(Wire.text("a", masked: false) + Wire.close(1000, "bye", masked: false))
            peer.end()
            loop.watch()
            #expect(journal.lines.isEmpty)
            #expect(client.readyState == .open)
            client.resume()
            #expect(!client.isPaused)
            try loop.run { journal.has("close") }
            #expect(journal.lines == [#"message "a""#, "close 1000 bye"])
        }
    }

    // B-PAUSE-006
    @Test(arguments: Environment.allCases)
    func `what arrived before a reset waits too`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            client.pause()
            loop.run(for: .milliseconds(1))
            peer.write(Wire.text("a", masked: false))
            loop.run(for: .milliseconds(5))
            peer.reset()
            loop.watch()
            #expect(journal.lines.isEmpty)
            client.resume()
            try loop.run { journal.has("close") }
            #expect(journal.lines == [#"message "a""#, "close 1006"])
        }
    }

    // B-PAUSE-005
    @Test(arguments: Environment.allCases)
    func `what was read already is told`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            client.once(.message) { (_: Message) in client.pause() }
            peer.write(Wire.text("1", masked: false) + Wire.text("2", masked: false))
            try loop.run { journal.lines.count == 2 }
            peer.write(Wire.text("3", masked: false))
            loop.watch()
            #expect(journal.lines == [#"message "1""#, #"message "2""#])
            client.resume()
            try loop.run { journal.lines.count == 3 }
        }
    }

    // The end of a stream of which nothing else can come is not waited for.
    @Test(arguments: Environment.allCases, [true, false])
    func `a socket paused before its last frame closes with its stream`(
        environment: Environment, isFault: Bool
    ) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient { $0.closeTimeout = .seconds(3600) }
            let journal = Journal()
            journal.watch(client, as: "")
            client.once(.message) { (_: Message) in client.pause() }
            let last = isFault ? Wire.hex("8f00") : Wire.close(4000, masked: false)
            peer.write(Wire.text("1", masked: false) + last)
            try loop.run { peer.frames.count == 1 }
            peer.end()
            try loop.run { journal.has("close") }
            #expect(client.isPaused)
            #expect(journal.lines.last == (isFault ? "close 1006" : "close 4000"))
        }
    }

    // B-PAUSE-007
    @Test(arguments: Environment.allCases, [true, false])
    func `a paused socket that closes waits for resume or for its time`(
        environment: Environment, resumes: Bool
    ) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient { $0.closeTimeout = .seconds(1) }
            let journal = Journal(client)
            client.pause()
            client.close()
            try loop.run { peer.frames.count == 1 }
            peer.write(Wire.text("a", masked: false) + Wire.close(4000, masked: false))
            peer.end()
            loop.run(for: .milliseconds(20))
            #expect(journal.lines.isEmpty)
            #expect(client.readyState == .closing)
            if resumes { client.resume() }
            try loop.run { journal.has("close") }
            #expect(journal.lines == [#"message "a""#, "close 4000"])
            #expect(client.isPaused != resumes)
        }
    }

    // B-PAUSE-007
    @Test(arguments: Environment.allCases)
    func `a paused socket that cannot write any more tells what it has and ends`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let (peer, accepted, _) = try loop.upgradeRaw(to: server)
            let journal = Journal(accepted)
            accepted.pause()
            loop.run(for: .milliseconds(1))
            peer.write(Wire.text("a", masked: true))
            loop.run(for: .milliseconds(5))
            peer.reset()
            loop.run(for: .milliseconds(5))
            #expect(journal.lines.isEmpty)
            accepted.send("b")
            try loop.run { journal.has("close") }
            #expect(journal.lines == [#"message "a""#, "close 1006"])
        }
    }

    // B-PAUSE-002
    @Test(arguments: Environment.allCases)
    func `pausing stops the peer in the end, and sending goes on`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            var count = 0
            client.on(.message) { message in count += message.bytes.count }
            client.pause()
            let frame = Wire.frame(0x82, [UInt8](repeating: 0, count: 1 << 16), masked: false)
            var sent = 0
            while peer.unwrittenCount == 0, sent < 1000 {
                peer.write(frame)
                sent += 1
                loop.run(for: .microseconds(100))
            }
            #expect(peer.unwrittenCount > 0)
            client.send("meanwhile")
            try loop.run { peer.frames.count == 1 }
            #expect(count == 0)
            client.resume()
            try loop.run { count == sent << 16 }
        }
    }
}
