import Testing
import WSNode

@Suite("Behaviours §25: sockets as streams")
struct StreamTests {
    /// What a stream tells, in order.
    private func watch(_ stream: Duplex) -> Journal {
        let journal = Journal()
        stream.on(.end) { journal.note("end") }
        stream.on(.finish) { journal.note("finish") }
        stream.on(.error) { journal.note("error \(describe($0))") }
        stream.on(.close) { journal.note("close") }
        return journal
    }

    // B-STR-001, B-STR-002, B-STR-003
    @Test(arguments: Environment.allCases)
    func `options are passed on`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let stream = WebSocket.createWebSocketStream(
                pair.client,
                options: Duplex.Options {
                    $0.encoding = .utf8
                    $0.allowHalfOpen = false
                })
            let journal = watch(stream)
            stream.on(.data) { (chunk: Message) in journal.note("data \(chunk.isBinary) \(chunk.text)") }
            pair.accepted.send(Array("hi".utf8))
            pair.accepted.close()
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["data false hi", "end", "finish", "close"])
        }
    }

    // B-STR-004
    @Test(arguments: Environment.allCases)
    func `what is written while connecting is held back`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let seen = Journal()
            server.on(.connection) { socket, _ in
                seen.watch(socket, as: "server")
                socket.on(.message) { _ in socket.close() }
            }
            let client = try loop.makeClient(of: server)
            let stream = createWebSocketStream(client)
            stream.resume()
            var outcome: [WebSocketError?] = []
            stream.write("hi") { outcome.append($0) }
            #expect(stream.writableLength == 2)
            let clientJournal = Journal(client)
            try loop.run { clientJournal.has("close") && seen.has("server close") }
            #expect(seen["server"] == ["message <6869>", "close 1005"])
            #expect(clientJournal.lines.last == "close 1005")
            #expect(outcome == [nil])
        }
    }

    // B-STR-005, B-STR-006
    @Test(arguments: Environment.allCases, [2, 3])
    func `a write in state 2 or 3 fails the stream`(environment: Environment, state: Int) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let stream = createWebSocketStream(pair.client)
            let journal = watch(stream)
            var outcome: WebSocketError?
            pair.client.close()
            if state == 3 { try loop.run { pair.client.readyState == .closed } }
            stream.write("hi") { outcome = $0 }
            try loop.run { journal.has("close") }
            let name = state == 2 ? "2 (CLOSING)" : "3 (CLOSED)"
            #expect(journal.lines == ["error Error: WebSocket is not open: readyState \(name)", "close"])
            #expect(outcome?.message == "WebSocket is not open: readyState \(name)")
        }
    }

    // B-STR-007
    @Test(arguments: Environment.allCases)
    func `end while connecting waits for open`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let seen = Journal()
            server.on(.connection) { socket, _ in seen.watch(socket, as: "server") }
            let stream = createWebSocketStream(try loop.makeClient(of: server))
            let journal = watch(stream)
            stream.resume()
            stream.end()
            try loop.run { journal.has("close") && seen.has("server close") }
            #expect(journal.lines == ["finish", "end", "close"])
            #expect(seen["server"] == ["close 1005"])
        }
    }

    // B-STR-008, W-15
    @Test(arguments: Environment.allCases)
    func `a handshake that fails is an error, and never finishes`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeRawServer { $0.write($1.upgrade(["Sec-WebSocket-Accept: foo"])) }
            let stream = createWebSocketStream(try loop.makeClient(at: server.port))
            let journal = watch(stream)
            var outcome: WebSocketError?
            stream.resume()
            stream.write("held") { outcome = $0 }
            stream.end()
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["error Error: Invalid Sec-WebSocket-Accept header", "close"])
            #expect(outcome?.message == "Invalid Sec-WebSocket-Accept header")
        }
    }

    // B-STR-009
    @Test(arguments: Environment.allCases)
    func `a fault of the peer is the stream's error, and the peer is told`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let stream = createWebSocketStream(client)
            let journal = watch(stream)
            stream.resume()
            peer.write([0x85, 0x00])
            try loop.run { !peer.frames.isEmpty }
            #expect(peer.frames == [Wire.Frame(0x88, masked: true, [0x03, 0xEA])])
            peer.close()
            try loop.run { journal.has("close") }
            #expect(
                journal.lines == [
                    "error RangeError: Invalid WebSocket frame: invalid opcode 5 [WS_ERR_INVALID_OPCODE]", "close",
                ])
        }
    }

    // B-STR-011, W-18
    @Test(arguments: Environment.allCases)
    func `an error nobody listens to is reported`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let stream = createWebSocketStream(pair.client)
            var isClosed = false
            stream.on(.close) { isClosed = true }
            stream.destroy(WebSocketError("Oops"))
            try loop.run { isClosed }
            #expect(loop.reports == ["stream: Error: Oops"])
        }
    }

    // B-STR-012
    @Test(arguments: Environment.allCases)
    func `the peer closes, then we end, and read only then`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let stream = createWebSocketStream(pair.client)
            let journal = watch(stream)
            stream.on(.finish) { stream.resume() }
            stream.on(.end) { #expect(!stream.destroyed) }
            pair.accepted.send("foo")
            pair.accepted.close()
            try loop.run { pair.client.readyState == .closed }
            stream.end()
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["finish", "end", "close"])
            #expect(stream.destroyed && stream.closed)
        }
    }

    // B-STR-013
    @Test(arguments: Environment.allCases)
    func `the peer closes, and we end when all is read`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let stream = createWebSocketStream(pair.client)
            let journal = watch(stream)
            var text = ""
            stream.on(.data) { text += String($0) }
            stream.on(.end) {
                #expect(!stream.destroyed)
                stream.end()
            }
            pair.accepted.send("foo")
            pair.accepted.send("bar")
            pair.accepted.close()
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["end", "finish", "close"])
            #expect(text == "foobar")
        }
    }

    // B-STR-014
    @Test(arguments: Environment.allCases)
    func `write says stop, and drain says go`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            var received = 0
            pair.accepted.on(.message) { received += $0.bytes.count }
            let stream = createWebSocketStream(pair.client)
            let journal = watch(stream)
            stream.resume()
            let chunk = [UInt8](repeating: 1, count: 10_000)
            var written = 0
            repeat { written += chunk.count } while stream.write(chunk)
            #expect(written == 70_000)
            #expect(stream.writableLength == written)
            stream.on(.drain) {
                journal.note("drain")
                #expect(stream.writableLength == 0)
                stream.end()
            }
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["drain", "finish", "end", "close"])
            #expect(received == written)
        }
    }

    // B-STR-015, B-STR-016, B-STR-022
    @Test(arguments: Environment.allCases)
    func `a reader that is full pauses the socket until it reads again`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let stream = createWebSocketStream(pair.client)  // 64 KiB
            var received = 0
            stream.on(.data) { received += $0.count }
            stream.pause()
            let total = 40 * 1_000_000
            var sent = 0
            func fill() {
                while sent < total {
                    sent += 1_000_000
                    if !pair.accepted.send([UInt8](repeating: 2, count: 1_000_000)) { return }
                }
            }
            pair.accepted.on(.drain, fill)
            fill()
            try loop.run { pair.client.isPaused }
            loop.watch()
            #expect(received == 0)
            #expect(stream.readableLength < 20_000_000)
            #expect(pair.accepted.bufferedAmount > 0)
            stream.resume()
            try loop.run { received == total }
            #expect(!pair.client.isPaused)
        }
    }

    // B-STR-017, B-STR-018
    @Test(arguments: Environment.allCases, [true, false])
    func `destroy terminates the socket`(environment: Environment, withError: Bool) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let stream = createWebSocketStream(pair.client)
            let journal = watch(stream)
            let ends = Journal(pair)
            stream.write("lost")
            stream.destroy(withError ? WebSocketError("Oops") : nil)
            stream.destroy(WebSocketError("Again"))
            var outcome: WebSocketError?
            #expect(!stream.write("late") { outcome = $0 })
            try loop.run { journal.has("close") && ends.has("server close") }
            #expect(journal.lines == (withError ? ["error Error: Oops", "close"] : ["close"]))
            #expect(ends["client"] == ["close 1006"])
            #expect(ends["server"].last == "close 1006")
            #expect(outcome?.code == "ERR_STREAM_DESTROYED")
        }
    }

    @Test(arguments: Environment.allCases)
    func `destroy of a stream whose socket is still connecting, or closed`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let client = try loop.makeClient(of: server)
            let journal = watch(createWebSocketStream(client))
            let early = createWebSocketStream(try loop.makeClient(of: server))
            let earlyJournal = watch(early)
            early.destroy()
            try loop.run { earlyJournal.has("close") && client.readyState == .open }
            #expect(
                earlyJournal.lines == [
                    "error Error: WebSocket was closed before the connection was established", "close",
                ])
            client.terminate()
            try loop.run { client.readyState == .closed }
            let late = createWebSocketStream(client)
            let lateJournal = watch(late)
            late.destroy()
            try loop.run { lateJournal.has("close") }
            #expect(lateJournal.lines == ["close"])
            #expect(journal.lines.isEmpty)
        }
    }

    // B-STR-019
    @Test(arguments: Environment.allCases)
    func `in object mode chunks are messages, empty ones too`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let stream = createWebSocketStream(pair.client, options: Duplex.Options { $0.readableObjectMode = true })
            let journal = watch(stream)
            stream.on(.data) { (chunk: Message) in journal.note(chunk.isBinary ? "<\(hex(chunk))>" : "'\(chunk.text)'")
            }
            for text in ["foo", "", "bar"] { pair.accepted.send(text) }
            pair.accepted.send([1])
            pair.accepted.close()
            stream.on(.end) { stream.end() }
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["'foo'", "''", "'bar'", "<01>", "end", "finish", "close"])
        }
    }

    // B-STR-020
    @Test(arguments: Environment.allCases)
    func `a paused socket in state 2 goes on when the stream is read`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let stream = createWebSocketStream(pair.client)
            let journal = watch(stream)
            var received = 0
            for _ in 0..<4 { pair.accepted.send([UInt8](repeating: 0, count: 40_000)) }
            try loop.run { pair.client.isPaused }
            stream.end()
            #expect(pair.client.readyState == .closing)
            loop.run(for: .milliseconds(20))
            #expect(journal.lines.isEmpty)
            stream.on(.data) { received += $0.count }
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["finish", "end", "close"])
            #expect(received == 160_000)
        }
    }

    // B-STR-021
    @Test(arguments: Environment.allCases, [true, false])
    func `strings are binary messages, unless they are not to be decoded`(
        environment: Environment, decodes: Bool
    ) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let stream = createWebSocketStream(pair.client, options: Duplex.Options { $0.decodeStrings = decodes })
            let journal = Journal(pair)
            stream.write("hi")
            stream.write([0x68, 0x69])
            try loop.run { journal["server"].count == 2 }
            #expect(journal["server"] == [decodes ? "message <6869>" : "message \"hi\"", "message <6869>"])
        }
    }

    // B-STR-023
    @Test(arguments: Environment.allCases)
    func `end with a last chunk`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let ends = Journal(pair)
            let stream = createWebSocketStream(pair.client)
            let journal = watch(stream)
            stream.resume()
            stream.write("hello")
            stream.end("bye")
            var outcome: WebSocketError?
            stream.end()
            try loop.run { journal.has("close") && ends.has("server close") }
            #expect(journal.lines == ["finish", "end", "close"])
            #expect(ends["server"] == ["message <68656c6c6f>", "message <627965>", "close 1005"])
            stream.write("late") { outcome = $0 }
            try loop.run { outcome != nil }
        }
    }

    @Test(arguments: Environment.allCases)
    func `a write after the end fails the stream`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let stream = createWebSocketStream(pair.client)
            let journal = watch(stream)
            stream.end()
            #expect(!stream.write("late"))
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["error Error: write after end [ERR_STREAM_WRITE_AFTER_END]", "close"])
        }
    }

    @Test(arguments: Environment.allCases)
    func `no character is divided where text is asked for`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let stream = createWebSocketStream(pair.client, options: Duplex.Options { $0.encoding = .utf8 })
            let journal = watch(stream)
            stream.on(.data) { journal.note(String($0)) }
            stream.on(.end) { stream.end() }
            let bytes = Array("aé€😀z".utf8)
            for byte in bytes { pair.accepted.send([byte]) }
            pair.accepted.send([0xE2, 0x82])
            pair.accepted.close()
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["a", "é", "€", "😀", "z", "\u{FFFD}", "end", "finish", "close"])
        }
    }

    @Test(arguments: Environment.allCases)
    func `streams are piped at the speed of the slowest`(environment: Environment) throws {
        try withLoop(environment) { loop in
            // From a server through a client's stream into another client's, whose server reads slowly.
            let source = try loop.makePair()
            let sink = try loop.makePair()
            let from = createWebSocketStream(source.client)
            let to = createWebSocketStream(sink.client)
            let journal = watch(to)
            to.resume()
            #expect(from.pipe(to: to) === to)
            var received = 0
            sink.accepted.on(.message) { received += $0.bytes.count }
            sink.accepted.pause()
            let total = 30 * 1_000_000
            var sent = 0
            func fill() {
                while sent < total {
                    sent += 1_000_000
                    if !source.accepted.send([UInt8](repeating: 3, count: 1_000_000)) { return }
                }
                source.accepted.close()
            }
            source.accepted.on(.drain, fill)
            fill()
            try loop.run { source.client.isPaused }
            loop.run(for: .milliseconds(20))
            #expect(to.writableLength < 20_000_000)
            sink.accepted.resume()
            try loop.run { journal.has("close") }
            #expect(received == total)
            #expect(journal.lines == ["finish", "end", "close"])
            #expect(from.closed == false || from.destroyed)
        }
    }

    @Test(arguments: Environment.allCases)
    func `a pipe that is taken away, and one whose destination closes`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let source = try loop.makePair()
            let sink = try loop.makePair()
            let journal = Journal(sink)
            let from = createWebSocketStream(source.client)
            let to = createWebSocketStream(sink.client)
            from.pipe(to: to, end: false)
            source.accepted.send("1")
            try loop.run { journal["server"].count == 1 }
            from.unpipe(to)
            source.accepted.send("2")
            try loop.run { from.readableLength == 1 }
            #expect(from.isPaused)
            from.pipe(to: to, end: false)
            try loop.run { journal["server"].count == 2 }
            to.destroy()
            try loop.run { to.closed }
            #expect(from.isPaused)
            source.accepted.send("3")
            try loop.run { from.readableLength == 1 }
            #expect(!from.destroyed)
        }
    }
}
