#if Compression
import Testing
import WSNode

@Suite("Node API §8: permessage-deflate between a client and a server")
struct CompressionTests {
    /// A pair that has agreed on compression, by default with every message compressed.
    private func makePair(
        _ loop: TestLoop, threshold: Int = 0, version: Int = 13,
        server change: (inout PerMessageDeflateOptions) -> Void = { _ in },
        client changeClient: (inout PerMessageDeflateOptions) -> Void = { _ in }
    ) throws -> Pair {
        var (server, client) = (PerMessageDeflateOptions(), PerMessageDeflateOptions())
        server.threshold = threshold
        client.threshold = threshold
        change(&server)
        changeClient(&client)
        return try loop.makePair(
            server: { $0.perMessageDeflate = .on(server) },
            client: {
                $0.perMessageDeflate = .on(client)
                $0.protocolVersion = version
            })
    }

    // MARK: Agreement

    // B-ATTR-011, B-SRV-015, S-85, S-86, S-88, S-89
    @Test(arguments: Environment.allCases)
    func `the extension is in use if both sides want it`(environment: Environment) throws {
        for (server, client) in [(false, true), (true, false), (false, false), (true, true)] {
            try withLoop(environment) { loop in
                let pair = try loop.makePair(
                    server: { $0.perMessageDeflate = server ? .on { _ in } : false },
                    client: { $0.perMessageDeflate = client ? true : false })
                let name = server && client ? "permessage-deflate" : ""
                #expect(pair.client.extensions == name)
                #expect(pair.accepted.extensions == name)
                let journal = Journal(pair)
                pair.client.send("hi")
                pair.accepted.send("there")
                try loop.run { journal.lines.count == 2 }
                #expect(Set(journal.lines) == ["server message \"hi\"", "client message \"there\""])
            }
        }
    }

    // B-SPMD-001, S-85, S-86
    @Test(arguments: Environment.allCases)
    func `a default client offers it and a default server does not take it`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            #expect(
                pair.request.headers["sec-websocket-extensions"] == "permessage-deflate; client_max_window_bits")
            #expect(pair.client.extensions == "")
            #expect(pair.accepted.extensions == "")
        }
    }

    private static let answers: [(@Sendable (inout PerMessageDeflateOptions) -> Void, String)] = [
        ({ $0.clientMaxWindowBits = 8 }, "permessage-deflate; client_max_window_bits=8"),
        (
            {
                $0.serverNoContextTakeover = true
                $0.clientNoContextTakeover = true
                $0.serverMaxWindowBits = 10
            },
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10"
        ),
        ({ _ in }, "permessage-deflate"),
    ]

    // B-SPMD-002, S-87, S-116
    @Test(arguments: answers)
    func `a server answers with what it decided`(
        change: @Sendable (inout PerMessageDeflateOptions) -> Void, answer: String
    ) throws {
        try withLoop(.pipe) { loop in
            let server = try loop.makeServer { $0.perMessageDeflate = .on(change) }
            let offer = ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
            let (_, accepted, head) = try loop.upgradeRaw(to: server, Wire.request(fields: [offer]))
            #expect(head.contains("\r\nSec-WebSocket-Extensions: \(answer)"))
            #expect(accepted.extensions == "permessage-deflate")
        }
    }

    // B-ABORT-012, D-5-2, D-5-3, D-7-1
    @Test(arguments: [
        ("foo; bar", nil),
        ("permessage-deflate; server_no_context_takeover", nil),
        ("permessage-deflate; foo, permessage-deflate", "permessage-deflate"),
        ("foo, permessage-deflate; server_max_window_bits=9", "permessage-deflate; server_max_window_bits=9"),
    ])
    func `offers that do not fit are declined, and the connection goes on`(offer: String, answer: String?) throws {
        try withLoop(.pipe) { loop in
            let server = try loop.makeServer { $0.perMessageDeflate = .on { $0.serverNoContextTakeover = false } }
            let (_, accepted, head) = try loop.upgradeRaw(
                to: server, Wire.request(fields: [("Sec-WebSocket-Extensions", offer)]))
            #expect(head.contains("Sec-WebSocket-Extensions") == (answer != nil))
            if let answer { #expect(head.contains("\r\nSec-WebSocket-Extensions: \(answer)")) }
            #expect(accepted.extensions == (answer == nil ? "" : "permessage-deflate"))
        }
    }

    // B-ABORT-009, D-7-1, D-7-3
    @Test(arguments: [
        "permessage-deflate; server_max_window_bits=foo", "permessage-deflate; foo", "permessage-deflate;", ";",
        "permessage-deflate; server_max_window_bits=\"\"", "permessage-deflate; client_max_window_bits=16",
    ])
    func `a malformed offer alone is refused`(offer: String) throws {
        try withLoop(.pipe) { loop in
            let server = try loop.makeServer { $0.perMessageDeflate = true }
            let peer = try loop.connectRaw(to: server)
            peer.write(Wire.request(fields: [("Sec-WebSocket-Extensions", offer)]))
            try loop.run { peer.isOver }
            #expect(peer.text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(peer.text.hasSuffix("Invalid or unacceptable Sec-WebSocket-Extensions header"))
        }
    }

    // B-HS-011, B-HS-012, B-HS-013, B-HS-014, D-5-4, D-5-5, D-7-2, D-7-4
    @Test(arguments: [
        ("foo;=", "Invalid Sec-WebSocket-Extensions header"),
        ("permessage-deflate; client_max_window_bits=7", "Invalid Sec-WebSocket-Extensions header"),
        ("permessage-deflate; client_max_window_bits", "Invalid Sec-WebSocket-Extensions header"),
        ("permessage-deflate; server_max_window_bits=16", "Invalid Sec-WebSocket-Extensions header"),
        ("permessage-deflate; foo=1", "Invalid Sec-WebSocket-Extensions header"),
        ("foo", "Server indicated an extension that was not requested"),
        ("permessage-deflate,foo", "Server indicated an extension that was not requested"),
        ("permessage-deflate,permessage-deflate", "Server indicated an extension that was not requested"),
    ])
    func `a client fails upon an answer it cannot agree to`(answer: String, message: String) throws {
        try withLoop(.pipe) { loop in
            let server = try loop.makeRawServer { $0.write($1.upgrade(["Sec-WebSocket-Extensions: \(answer)"])) }
            let client = try loop.makeClient(at: server.port)
            let journal = Journal(client)
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["upgrade 101", "error Error: \(message)", "close 1006"])
        }
    }

    // D-7.1.2-2: what was not offered must not be answered.
    @Test func `a client that offered no window of its own fails upon one`() throws {
        try withLoop(.pipe) { loop in
            let answer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10"
            let server = try loop.makeRawServer { $0.write($1.upgrade([answer])) }
            let client = try loop.makeClient(at: server.port) {
                $0.perMessageDeflate = .on { $0.clientMaxWindowBits = false }
            }
            let journal = Journal(client)
            try loop.run { journal.has("close") }
            #expect(journal.lines.contains("error Error: Invalid Sec-WebSocket-Extensions header"))
        }
    }

    @Test func `an option out of its range throws at once`() throws {
        try withLoop(.pipe) { loop in
            let message =
                "The value of \"serverMaxWindowBits\" is out of range. It must be >= 8 and <= 15. Received 7"
            let error = WebSocketError(message, name: .range, code: "ERR_OUT_OF_RANGE")
            #expect(throws: error) {
                try loop.makeServer { $0.perMessageDeflate = .on { $0.serverMaxWindowBits = 7 } }
            }
            #expect(throws: error) {
                try loop.makeClient(at: 1) { $0.perMessageDeflate = .on { $0.serverMaxWindowBits = 7 } }
            }
        }
    }

    // MARK: Messages

    // B-PMDW-005, B-PMDW-006, B-PMDW-007, B-PMDW-008
    @Test(arguments: Environment.allCases, [8, 13])
    func `text, numbers and bytes are echoed compressed`(environment: Environment, version: Int) throws {
        try withLoop(environment) { loop in
            let pair = try makePair(loop, version: version)
            pair.accepted.on(.message) { pair.accepted.send($0) }
            let journal = Journal()
            journal.watch(pair.client, as: "client")
            pair.client.send("hi")
            pair.client.send(values: [0.5, 1.5] as [Float])
            pair.client.send([1, 2, 3] as [UInt8])
            let long = Bytes((0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) })
            pair.client.send(long)
            try loop.run { journal.lines.count == 4 }
            #expect(
                journal.lines == [
                    "client message \"hi\"", "client message <0000003f0000c03f>", "client message <010203>",
                    "client message <\(hex(long))>",
                ])
        }
    }

    // B-PMDW-009, S-91, B-SNDR-005, B-PMDZ-015
    @Test(arguments: Environment.allCases)
    func `what goes out compressed depends on the threshold and on the sender`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer {
                $0.perMessageDeflate = .on { $0.serverNoContextTakeover = true }
            }
            let (peer, accepted, _) = try loop.upgradeRaw(
                to: server, Wire.request(fields: [("Sec-WebSocket-Extensions", "permessage-deflate")]))
            accepted.send(String(repeating: "a", count: 1_023))
            accepted.send(String(repeating: "a", count: 1_024))
            accepted.send(String(repeating: "a", count: 1_024), compress: false)
            try loop.run { peer.frames.count == 3 }
            #expect(peer.frames.map(\.first) == [0x81, 0xC1, 0x81])
            #expect(peer.frames[1].payload.count < 20)
            let plain = try loop.upgradeRaw(to: server)
            plain.accepted.send(String(repeating: "a", count: 2_000), compress: true)
            try loop.run { plain.peer.frames.count == 1 }
            #expect(plain.peer.frames[0].first == 0x81)
        }
    }

    // B-SNDR-004, B-SNDR-006, B-SNDR-008, B-SNDR-009, B-SNDR-010, B-SNDR-014, B-PMDZ-014
    @Test func `frames of a server with context are marked and filled`() throws {
        try withLoop(.pipe) { loop in
            let server = try loop.makeServer { $0.perMessageDeflate = .on { $0.threshold = 3 } }
            let (peer, accepted, _) = try loop.upgradeRaw(
                to: server,
                Wire.request(fields: [("Sec-WebSocket-Extensions", "permessage-deflate; server_no_context_takeover")]))
            accepted.send("a")
            accepted.send("hello", compress: true)
            accepted.send([104, 101, 108, 108, 111] as [UInt8])
            accepted.send("123", fin: false)
            accepted.send("12")
            accepted.send("data", fin: false)
            accepted.send("")
            try accepted.ping("hi")
            try accepted.pong("hi")
            try loop.run { peer.frames.count == 9 }
            let frames = peer.frames
            #expect(frames.map(\.first) == [0x81, 0xC1, 0xC2, 0x41, 0x80, 0x41, 0x80, 0x89, 0x8A])
            #expect(frames[1].payload == frames[2].payload)
            #expect(frames[3...6].map(\.payload.count) == [9, 4, 10, 1])
            #expect(frames[7...8].map(\.text) == ["hi", "hi"])
        }
    }

    // B-RECV-070, B-PMDZ-008, B-RECV-042
    @Test(arguments: Environment.allCases)
    func `what cannot be decompressed, or becomes too long, is an error`(environment: Environment) throws {
        for (payload, expected, code) in [
            (Array("something invalid".utf8), "Z_DATA_ERROR", 1007),
            // A thousand times A.
            (Wire.hex("72741c05a360140c770000"), "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", 1009),
        ] {
            try withLoop(environment) { loop in
                let server = try loop.makeServer {
                    $0.perMessageDeflate = true
                    $0.maxPayload = 25
                }
                let (peer, accepted, _) = try loop.upgradeRaw(
                    to: server, Wire.request(fields: [("Sec-WebSocket-Extensions", "permessage-deflate")]))
                var error: WebSocketError?
                accepted.on(.error) { error = $0 }
                peer.write(Wire.frame(0xC2, payload, masked: true))
                try loop.run { error != nil && !peer.frames.isEmpty }
                #expect(error?.code == expected)
                #expect(peer.frames.first?.payload == Wire.bigEndian(code, 2))
            }
        }
    }

    // B-CTOR-012, B-SRV-005, B-RECV-043, B-RECV-046
    @Test(arguments: Environment.allCases)
    func `the limits hold at both ends`(environment: Environment) throws {
        for isServer in [true, false] {
            try withLoop(environment) { loop in
                let pair = try loop.makePair(
                    server: {
                        $0.perMessageDeflate = true
                        $0.maxFragments = 512
                        $0.maxPayload = 20_480
                    },
                    client: {
                        $0.maxFragments = 512
                        $0.maxPayload = 20_480
                    })
                let (sender, receiver) = isServer ? (pair.client, pair.accepted) : (pair.accepted, pair.client)
                var errors: [String] = []
                var lengths: [Int] = []
                receiver.on(.error) { errors.append($0.code ?? "") }
                receiver.on(.message) { lengths.append($0.bytes.count) }
                sender.send([UInt8](repeating: 0, count: 20_480))
                sender.send([UInt8](repeating: 0, count: 10_240), fin: false)
                sender.send([UInt8](repeating: 0, count: 10_241))
                try loop.run { !errors.isEmpty }
                #expect(lengths == [20_480])
                #expect(errors == ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"])
            }
        }
    }

    // Z-7
    @Test(arguments: Environment.allCases)
    func `a broadcast reaches those who compress and those who do not`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.perMessageDeflate = .on { $0.serverNoContextTakeover = true } }
            let text = String(repeating: "news ", count: 1_000)
            var received: [String] = []
            for setting in [true, false, .on { $0.serverMaxWindowBits = 9 }, true] as [PerMessageDeflateSetting] {
                let client = try loop.makeClient(of: server) { $0.perMessageDeflate = setting }
                client.on(.message) { received.append($0.text) }
                try loop.run { client.readyState == .open }
            }
            try loop.run { server.clients?.count == 4 }
            server.broadcast(text)
            try loop.run { received.count == 4 }
            #expect(received.areAll(text))
        }
    }

    // Z-2: the others get their turn although one peer has much to decompress.
    @Test(arguments: [Environment.epoll, .pipe])
    func `a peer with much to decompress leaves time to others`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.perMessageDeflate = true }
            let greedy = try loop.upgradeRaw(
                to: server, Wire.request(fields: [("Sec-WebSocket-Extensions", "permessage-deflate")]))
            let modest = try loop.upgradeRaw(to: server)
            var order: [String] = []
            greedy.accepted.on(.message) { order.append("\($0.bytes.count)") }
            modest.accepted.on(.message) { order.append($0.text) }
            // Zeros, 1,000,000 at a time.
            let zeros = try Self.deflatedZeros(loop)
            for _ in 0..<20 { greedy.peer.write(zeros) }
            modest.peer.write(Wire.text("hi", masked: true))
            try loop.run { order.count == 21 }
            #expect(try #require(order.firstIndex(of: "hi")) < 15)
            #expect(order.filter { $0 != "hi" }.areAll("1000000"))
        }
    }

    /// A masked frame with a million zeros, each time the same: its sender keeps no context.
    private static func deflatedZeros(_ loop: TestLoop) throws -> [UInt8] {
        let server = try loop.makeServer { $0.perMessageDeflate = .on { $0.serverNoContextTakeover = true } }
        let (peer, accepted, _) = try loop.upgradeRaw(
            to: server, Wire.request(fields: [("Sec-WebSocket-Extensions", "permessage-deflate")]))
        accepted.send([UInt8](repeating: 0, count: 1_000_000))
        try loop.run { peer.frames.count == 1 }
        return Wire.frame(0xC2, peer.frames[0].payload, masked: true)
    }
}
#endif
