import Testing
import WSConnection
import WSFrame
import WSNode
import WSReplay

@Suite("Recordings of live connections")
struct RecordingTests {
    /// What both ends of a session on the in-memory network were recorded as.
    private func record(
        seed: UInt64, highWaterMark: Int = Limits.standard.highWaterMark,
        _ session: @escaping (WebSocket, WebSocket) -> Void
    ) throws -> [Fixture] {
        let loop = EventLoop(backend: PipeBackend(PipeNetwork(seed: seed)))
        var fixtures: [Role: Fixture] = [:]
        let server = try WebSocketServer(
            port: 0,
            options: ServerOptions {
                $0.host = "127.0.0.1"
                $0.highWaterMark = highWaterMark
                $0.recording = { Recorder { fixtures[.server] = $0 } }
            }, on: loop)
        let port = try #require(server.address()).port
        let client = try WebSocket(
            "ws://127.0.0.1:\(port)/chat", protocol: "chat",
            options: ClientOptions {
                $0.highWaterMark = highWaterMark
                $0.recording = { Recorder { fixtures[.client] = $0 } }
            }, on: loop)
        client.on(.error) { _ in }
        server.on(.connection) { socket, _ in
            socket.on(.error) { _ in }
            session(client, socket)
            server.close()
        }
        loop.run()
        return [try #require(fixtures[.client]), try #require(fixtures[.server])]
    }

    private func expectFaithful(_ fixtures: [Fixture], sourceLocation: SourceLocation = #_sourceLocation) throws {
        for fixture in fixtures {
            #expect(fixture.story == [], sourceLocation: sourceLocation)
            #expect(try Fixture(parsing: fixture.description).description == fixture.description)
            #expect(SplitCheck(fixture, effort: .quick).run().fault == nil, sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: 1...5)
    func `a session replays to the same events and output at both ends`(seed: UInt64) throws {
        let fixtures = try record(seed: seed) { client, server in
            server.on(.message) { message in server.send(message) }
            client.on(.open) {
                client.send("hello")
                client.send("in ", fin: false)
                client.send("two", fin: true)
                client.send([UInt8](repeating: 7, count: 100_000))
                try? client.ping(Array("?".utf8))
            }
            client.on(.pong) { _ in try? client.close(CloseCode(4001), "bye") }
        }
        try expectFaithful(fixtures)
        let text = fixtures.map(\.description)
        #expect(text[0].contains("event text: \"hello\"\n"))
        #expect(text[0].contains("call close 4001: \"bye\"\n"))
        #expect(text[1].contains("event upgrade-requested \"/chat\""))
        #expect(text[1].contains("call accept subprotocol=\"chat\"\n"))
        #expect(text[1].contains("event closed 4001 clean: \"bye\"\n"))
        #expect(text[1].contains("repeat 07 × 100000"))
    }

    @Test func `what a connection is told and asked in every way is recorded`() throws {
        let fixtures = try record(seed: 1) { client, server in
            client.on(.open) {
                client.pause()
                client.resume()
                try? client.pong(Array("unasked".utf8))
                client.send("x")
            }
            server.on(.message) { message in
                try? server.ping(Array("there?".utf8))
                server.send(message)
                server.terminate()
            }
        }
        try expectFaithful(fixtures)
        #expect(fixtures[0].description.contains("call pause\ncall resume\ncall pong: \"unasked\"\n"))
        #expect(fixtures[1].description.contains("call abort\n"))
    }

    @Test func `back-pressure is recorded with its writes where they matter`() throws {
        let fixtures = try record(seed: 1, highWaterMark: 10_000) { client, server in
            server.on(.message) { message in server.send(message) }
            client.on(.open) {
                for _ in 0..<4 { client.send([UInt8](repeating: 1, count: 15_000)) }
                client.close()
            }
        }
        try expectFaithful(fixtures)
    }

    @Test func `a recording begins where the journal does`() throws {
        let recorder = Recorder()
        let configuration = ConnectionConfiguration.Shared(ConnectionConfiguration())
        var connection = Connection(
            upgraded: .client, configuration: configuration, keys: SeededMaskingKeys(seed: 3), now: .seconds(100))
        connection.keepJournal(recorder, now: .seconds(100))
        try connection.send(text: "hello", now: .seconds(101))
        try connection.send(PreparedMessage(Message(bytes: Bytes(utf8: "all"), isBinary: false)), now: .seconds(101))
        _ = connection.takeOutput()
        #expect(throws: SendError.controlPayloadTooLong(byteCount: 126)) {
            try connection.sendPing(Bytes([UInt8](repeating: 0, count: 126)), now: .seconds(102))
        }
        try connection.close(now: .seconds(102))
        connection.handleTimeout(now: .seconds(132))
        while connection.nextEvent(now: .seconds(132)) != nil {}
        connection.receiveEnd(now: .seconds(132))
        while connection.nextEvent(now: .seconds(132)) != nil {}
        let text = recorder.fixture.description
        #expect(text.contains("@1 call send text: \"hello\"\n"))
        #expect(text.contains(" -> controlPayloadTooLong\n"))
        #expect(text.contains("@32 timeout\nevent closed 1006\nstream close\n"))
        try expectFaithful([recorder.fixture])
    }
}
