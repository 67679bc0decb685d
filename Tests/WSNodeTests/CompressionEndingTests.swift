#if Compression
import Testing
import WSNode

@Suite("Node API §8: compressed messages and the end of a connection")
struct CompressionEndingTests {
    /// An open client that has agreed on compression, and the raw end of its connection.
    private func open(
        _ loop: TestLoop, _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws -> (client: WebSocket, peer: RawPeer) {
        let server = try loop.makeRawServer {
            $0.write($1.upgrade(["Sec-WebSocket-Extensions: permessage-deflate"]))
        }
        let client = try loop.makeClient(at: server.port, change)
        try loop.run { client.readyState == .open }
        return (client, try #require(server.peers.first))
    }

    private let empty = Wire.hex("c10100")

    // B-PMDW-001, B-PMDW-014
    @Test(arguments: Environment.allCases)
    func `all that arrived is delivered before close, although the stream has ended`(
        environment: Environment
    ) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try open(loop)
            let journal = Journal()
            journal.watch(client, as: "")
            peer.write(Wire.hex("c107f248cdc9c90700 c105f200110000 c105f200110000 c10100"))
            peer.end()
            try loop.run { journal.has("close") }
            let hello = "message \"Hello\""
            #expect(journal.lines == [hello, hello, hello, "message \"\"", "close 1006"])
        }
    }

    // B-PMDW-014: over a Unix-domain socket the end of both directions is told of although bytes wait to be read.
    @Test(arguments: Environment.sockets)
    func `what takes long to decompress is delivered, though the peer has hung up meanwhile`(
        environment: Environment
    ) throws {
        try withLoop(environment) { loop in
            let path = temporaryPath("hang-up")
            let server = try WebSocketServer(
                ServerOptions {
                    $0.unixSocketPath = path
                    $0.perMessageDeflate = true
                }, on: loop.events)
            loop.track(server)
            var sizes: [Int] = []
            var isClosed = false
            server.on(.connection) { socket, _ in
                socket.on(.message) { sizes.append($0.bytes.count) }
                socket.on(.close) { _, _ in isClosed = true }
            }
            let client = try WebSocket("ws+unix:\(path):/", on: loop.events)
            loop.track(client)
            var noise: UInt32 = 1
            client.on(.open) {
                for number in 1...16 {
                    var message = [UInt8](repeating: 0, count: 1 << 20)
                    for index in 0..<10_000 {
                        noise = noise &* 1_664_525 &+ 1_013_904_223
                        message[index] = UInt8(truncatingIfNeeded: noise >> 24)
                    }
                    client.send(Bytes(message)) { _ in if number == 16 { client.terminate() } }
                }
            }
            try loop.run { isClosed }
            #expect(sizes == [Int](repeating: 1 << 20, count: 16))
        }
    }

    // B-PMDW-002, B-PMDW-012, B-PMDW-014
    @Test(arguments: Environment.allCases)
    func `terminate does not lose messages that have arrived`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try open(loop)
            var lengths: [Int] = []
            var code: CloseCode?
            client.on(.message) { message in
                if lengths.isEmpty { client.terminate() }
                lengths.append(message.bytes.count)
            }
            client.on(.close) { closeCode, _ in code = closeCode }
            let long = Wire.frame(0x82, [UInt8](repeating: 1, count: 15_360), masked: false)
            peer.write(long + (0..<341).flatMap { _ in Wire.hex("c20100") } + Wire.hex("820101"))
            try loop.run { code != nil }
            #expect(code == .abnormalClosure)
            #expect(lengths.first == 15_360)
            // What is still with the system when the first message is told of is lost with the connection.
            #expect(lengths.count == 343 || environment != .pipe)
            #expect(lengths.count < 343 || lengths.last == 1)
        }
    }

    // B-STR-010
    @Test(arguments: Environment.allCases)
    func `a stream destroyed before a corrupt message is read still tells of it`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try open(loop)
            let stream = createWebSocketStream(client)
            let journal = Journal()
            stream.on(.error) { error in journal.note("error \(error.code ?? "")") }
            stream.on(.close) { journal.note("close") }
            client.once(.message) { _ in
                journal.note("message")
                stream.destroy()
            }
            peer.write(empty + Wire.hex("c20422faec78"))
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["message", "error Z_DATA_ERROR", "close"])
        }
    }

    // B-PMDW-003
    @Test(arguments: Environment.allCases)
    func `messages sent before the peer's close frame is read still reach it`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair(server: { $0.perMessageDeflate = .on { $0.threshold = 0 } })
            let journal = Journal(pair)
            try pair.accepted.close(.normalClosure)
            for text in ["foo", "bar", "baz", "qux"] { pair.client.send(text) }
            try loop.run { journal["server"].last?.hasPrefix("close") == true }
            #expect(
                journal["server"] == [
                    "message \"foo\"", "message \"bar\"", "message \"baz\"", "message \"qux\"", "close 1000",
                ])
        }
    }

    // B-PMDW-004
    @Test(arguments: Environment.allCases)
    func `close lets messages pass that came in the same chunk`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try open(loop)
            let journal = Journal()
            client.once(.message) { _ in try? client.close(.normalClosure) }
            journal.watch(client, as: "")
            peer.onInput = {
                if let frame = peer.frames.first, frame.first == 0x88 {
                    peer.write(Wire.frame(0x88, frame.payload, masked: false))
                    peer.end()
                }
            }
            peer.write(empty + empty + empty + empty)
            try loop.run { journal.has("close") }
            #expect(journal.lines == Array(repeating: "message \"\"", count: 4) + ["close 1000"])
        }
    }

    // B-CLOSE-010, B-SNDR-021
    @Test(arguments: Environment.allCases)
    func `compressed sends, and their completions, come before the close`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair(server: { $0.perMessageDeflate = .on { $0.threshold = 0 } })
            let journal = Journal(pair)
            var outcomes: [WebSocketError?] = []
            for text in ["foo", "bar", "baz"] { pair.accepted.send(text) { outcomes.append($0) } }
            pair.accepted.close()
            pair.accepted.close()
            try loop.run { journal["client"].last?.hasPrefix("close") == true && outcomes.count == 3 }
            #expect(outcomes == [nil, nil, nil])
            #expect(
                journal["client"] == [
                    "message \"foo\"", "message \"bar\"", "message \"baz\"", "close 1005",
                ])
        }
    }

    // B-PAUSE-008
    @Test(arguments: Environment.allCases)
    func `pausing while input waits to be decompressed loses nothing`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair(server: { $0.perMessageDeflate = true })
            var lengths: [Int] = []
            pair.accepted.on(.message) { message in
                lengths.append(message.bytes.count)
                pair.accepted.pause()
                loop.events.setImmediate { pair.accepted.resume() }
            }
            for count in 1...6 { pair.client.send([UInt8](repeating: 0, count: count * 500_000)) }
            pair.client.close()
            var isClosed = false
            pair.accepted.on(.close) { _, _ in isClosed = true }
            try loop.run { isClosed }
            #expect(lengths == (1...6).map { $0 * 500_000 })
        }
    }
}
#endif
