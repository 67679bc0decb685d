import Testing
import WSConnection
import WSFrame

@Suite("RFC 7692 §6: the seam for a compression")
struct CompressionTests {
    private func packed(_ text: String) -> [UInt8] { ToyCompression.packed(text) }

    private func open(_ role: Role, _ configure: @escaping (inout ConnectionConfiguration) -> Void = { _ in })
        -> Endpoint
    {
        .open(role, compression: ToyCompression(), configure)
    }

    // B-RECV-016, B-RECV-017, D-6-3
    @Test(arguments: Role.both)
    func `messages with RSV1 are decompressed, others are not, in one frame or in many`(role: Role) {
        let wire = Wire(role: role)
        let stream =
            wire.frame(0xC1, packed("Hello")) + wire.frame(0x81, "plain") + wire.frame(0xC2, packed("bytes"))
            + wire.frame(0x41, packed("foo")) + wire.frame(0x00) + wire.frame(0x80, packed("bar"))
            + wire.frame(0xC1) + wire.frame(0x01, "not ") + wire.frame(0x80, "packed")
        let played = Feeder.play(stream) { open(role) }
        #expect(
            played.events == [
                .text("Hello"), .text("plain"), .binary(Array("bytes".utf8)), .text("foobar"), .text(""),
                .text("not packed"),
            ])
    }

    // B-CLOSE-010
    @Test(arguments: Role.both)
    func `what was sent compressed before a close arrives before it`(role: Role) throws {
        let pair = ConnectionPair(compression: (ToyCompression(), ToyCompression()))
        for text in ["one", "two", "three"] { try pair[role].send(text) }
        try pair[role].close()
        try pair[role].close()
        pair.run()
        #expect(
            pair[role.opposite].events == [
                .text("one"), .text("two"), .text("three"), .closing(nil, ""), .closed(1005, "", wasClean: true),
            ])
    }

    // D-6-4
    @Test(arguments: Role.both)
    func `control frames come between compressed fragments as between others`(role: Role) {
        let wire = Wire(role: role)
        let stream =
            wire.frame(0x41, packed("foo")) + wire.frame(0x89, "ping") + wire.frame(0x00, packed("-"))
            + wire.frame(0x8A) + wire.frame(0x80, packed("bar"))
        let played = Feeder.play(stream) { open(role) }
        #expect(played.events == [.ping(Array("ping".utf8)), .pong([]), .text("foo-bar")])
    }

    // R-5.2-1, D-6-1, D-6-2, B-RECV-024, B-RECV-031
    @Test(arguments: Role.both)
    func `RSV1 on a continuation or a control frame fails with 1002, also where RSV1 was agreed`(role: Role) {
        let wire = Wire(role: role)
        for (before, first) in [
            ([], 0x40), (wire.frame(0x41, packed("a")), 0x40), (wire.frame(0x41, packed("a")), 0xC0), ([], 0xC8),
            ([], 0xC9), ([], 0xCA),
        ] as [([UInt8], UInt8)] {
            let played = Feeder.play(before + [first]) { open(role) }
            #expect(played.events == [.failed(.frame(.unexpectedRSV1))])
            #expect(played.output == closeFrame(1002, role))
        }
    }

    // B-RECV-022
    @Test(arguments: Role.both)
    func `a close frame behind a compressed message ends everything`(role: Role) {
        let wire = Wire(role: role)
        let played = Feeder.play(wire.frame(0xC1) + wire.frame(0x88) + wire.frame(0x81)) { open(role) }
        #expect(played.events == [.text(""), .closing(nil, "")])
    }

    // R-8.1-5, B-RECV-037, D-7.2.2-9
    @Test(arguments: Role.both)
    func `text is judged as it is decompressed`(role: Role) {
        let wire = Wire(role: role)
        let bad = ToyCompression.packed(hex("61 c3 28 61"))
        for stream in [wire.frame(0xC1, bad), wire.frame(0x41, bad), wire.message(0x41, bad.map { [$0] })] {
            let played = Feeder.play(wire.frame(0xC1, packed("ok")) + stream) { open(role) }
            #expect(played.events == [.text("ok"), .failed(.invalidUTF8(offset: 2))])
            #expect(played.output == closeFrame(1007, role))
        }
        let cut = Feeder.play(wire.frame(0xC1, ToyCompression.packed(hex("e2 82")))) { open(role) }
        #expect(cut.events == [.failed(.invalidUTF8(offset: 2))])
        let split = wire.message(0x41, [ToyCompression.packed(hex("e2 82")), ToyCompression.packed(hex("ac"))])
        #expect(Feeder.play(split) { open(role) }.events == [.text("€")])
    }

    // R-10.4-1, Z-1, B-RECV-042, B-RECV-043, D-7.2.2-8
    @Test(arguments: Role.both, [-1, 0, 1])
    func `what is decompressed is held to the limit while it is made`(role: Role, beyond: Int) {
        let wire = Wire(role: role)
        // One byte, and then itself again and again: 101 to 103 bytes out of 5.
        let bomb = packed("a") + [0xFF, 50, 0xFF, UInt8(50 + beyond)]
        let text = String(repeating: "a", count: 101 + beyond)
        for fragments in [[bomb], bomb.map { [$0] }, [Array(bomb[..<2]), [], Array(bomb[2...])]] {
            let played = Feeder.play(wire.message(0x41, fragments)) { open(role) { $0.limits.maxPayload = 101 } }
            #expect(played.events == (beyond > 0 ? [.failed(.messageTooBig(limit: 101))] : [.text(text)]))
            if beyond > 0 { #expect(played.output == closeFrame(1009, role)) }
        }
    }

    // Z-1: a bomb is stopped after what fits, not after all of it.
    @Test(arguments: Role.both)
    func `a bomb makes no more than the limit and one piece`(role: Role) {
        let toy = ToyCompression()
        let endpoint = Endpoint.open(role, compression: toy) { $0.limits.maxPayload = 1_000 }
        let bomb = packed("a") + [[UInt8]](repeating: [0xFF, 0xFF], count: 500).joined()
        endpoint.receive(Wire(role: role).frame(0xC2, bomb))
        #expect(endpoint.events == [.failed(.messageTooBig(limit: 1_000))])
        #expect(toy.producedByteCount <= 1_000 + 255)
    }

    // B-RECV-046, R-10.4-1: the compressed bytes have the same limits.
    @Test(arguments: Role.both)
    func `compressed bytes and fragments are limited like others`(role: Role) {
        let wire = Wire(role: role)
        let tooMany = Feeder.play(wire.message(0x41, [packed("a"), packed("b")])) {
            open(role) { $0.limits.maxFragments = 1 }
        }
        #expect(tooMany.events == [.failed(.tooManyFragments(limit: 1))])
        let tooLong = Feeder.play(wire.header(0xC1, 11)) { open(role) { $0.limits.maxPayload = 10 } }
        #expect(tooLong.events == [.failed(.messageTooBig(limit: 10))])
    }

    // D-7.2.2-7, B-RECV-070
    @Test(arguments: Role.both)
    func `what cannot be decompressed fails with 1007`(role: Role) {
        let wire = Wire(role: role)
        for (payload, fault) in [([0x3B, 0xFE, 0x3B], "corrupt"), ([0x3B, 0xFF], "cut short")] as [([UInt8], String)] {
            let played = Feeder.play(wire.frame(0xC2, payload)) { open(role) }
            #expect(played.events == [.failed(.compression(CompressionError(code: "TOY", message: fault)))])
            #expect(played.output == closeFrame(1007, role))
        }
    }

    // R-6.1-3, B-SNDR-002, B-SNDR-006, B-SNDR-007, D-6-1
    @Test(arguments: Role.both)
    func `a message is compressed as its first fragment says, and marked there only`(role: Role) throws {
        let toy = ToyCompression()
        toy.threshold = 3
        let endpoint = Endpoint.open(role, compression: toy)
        try endpoint.send("Hello")
        try endpoint.send("no")
        try endpoint.send("Hello", compress: false)
        try endpoint.send("123", isFinal: false)
        try endpoint.ping([1])
        try endpoint.send("12", compress: false)
        try endpoint.send("12", isFinal: false)
        try endpoint.send("123")
        endpoint.settle()
        let end: [UInt8] = [0xFF, 0]
        #expect(
            try endpoint.frames == [
                expectedFrame(0xC1, packed("Hello") + end, role), expectedFrame(0x81, Array("no".utf8), role),
                expectedFrame(0x81, Array("Hello".utf8), role), expectedFrame(0x41, packed("123"), role),
                expectedFrame(0x89, [1], role), expectedFrame(0x80, packed("12") + end, role),
                expectedFrame(0x01, Array("12".utf8), role), expectedFrame(0x80, Array("123".utf8), role),
            ])
    }

    // B-SNDR-008, B-SNDR-009, B-SNDR-010, B-SNDR-014
    @Test(arguments: Role.both)
    func `empty fragments are compressed too, and control frames never`(role: Role) throws {
        let endpoint = open(role)
        try endpoint.send("", isFinal: false)
        try endpoint.send("data", isFinal: false)
        try endpoint.send("")
        try endpoint.ping([0x68, 0x69])
        try endpoint.pong([0x68, 0x69])
        endpoint.settle()
        #expect(
            try endpoint.frames == [
                expectedFrame(0x41, [], role), expectedFrame(0x00, packed("data"), role),
                expectedFrame(0x80, [0xFF, 0], role), expectedFrame(0x89, [0x68, 0x69], role),
                expectedFrame(0x8A, [0x68, 0x69], role),
            ])
    }

    @Test(arguments: Role.both)
    func `a compression that fails is the caller's to hear of, and nothing is sent`(role: Role) throws {
        let toy = ToyCompression()
        let endpoint = Endpoint.open(role, compression: toy)
        toy.failsToCompress = true
        #expect(throws: SendError.compression(CompressionError(code: "TOY", message: "told to fail"))) {
            try endpoint.send("Hello")
        }
        #expect(throws: SendError.compression(CompressionError(code: "TOY", message: "told to fail"))) {
            try endpoint.send("Hel", isFinal: false)
        }
        #expect(!endpoint.hasOutput)
        #expect(endpoint.state == .open)
        toy.failsToCompress = false
        try endpoint.send("Hello")
        endpoint.settle()
        #expect(try endpoint.frames == [expectedFrame(0xC1, packed("Hello") + [0xFF, 0], role)])
    }

    // Z-7: a shared frame holds nothing of any connection's context.
    @Test func `a prepared message is compressed once for all connections with the same parameters`() throws {
        let toys = [1, 1, 2].map { settings in
            let toy = ToyCompression()
            toy.sharedVariant = CompressionVariant(ToyCompression.self, settings: settings)
            return toy
        }
        let prepared = PreparedMessage(Message(bytes: Bytes(utf8: "Hello"), isBinary: false))
        for toy in toys {
            let endpoint = Endpoint.open(.server, compression: toy)
            try endpoint.send(prepared)
            endpoint.settle()
            #expect(try endpoint.frames == [expectedFrame(0xC1, packed("Hello") + [0xFF, 0], .server)])
        }
        #expect(toys.map(\.compressedCount) == [1, 0, 1])
        let plain = Endpoint.open(.server)
        try plain.send(prepared)
        plain.settle()
        #expect(try plain.frames == [expectedFrame(0x81, Array("Hello".utf8), .server)])
    }

    @Test func `a prepared message that cannot be compressed is its sender's to hear of`() throws {
        let toy = ToyCompression()
        toy.sharedVariant = CompressionVariant(ToyCompression.self, settings: 1)
        toy.failsToCompress = true
        let endpoint = Endpoint.open(.server, compression: toy)
        let prepared = PreparedMessage(Message(bytes: Bytes(utf8: "Hello"), isBinary: false))
        #expect(throws: SendError.compression(CompressionError(code: "TOY", message: "told to fail"))) {
            try endpoint.send(prepared)
        }
        #expect(!endpoint.hasOutput)
        toy.failsToCompress = false
        try endpoint.send(prepared)
        endpoint.settle()
        #expect(try endpoint.frames == [expectedFrame(0xC1, packed("Hello") + [0xFF, 0], .server)])
    }

    // Z-1
    @Test(arguments: Role.both)
    func `without a limit a message may become as long as it likes`(role: Role) {
        let bomb = packed("a") + Array([[UInt8]](repeating: [0xFF, 255], count: 1000).joined())
        let whole = Wire(role: role).frame(0xC2, bomb)
        for (limit, event) in [
            (0, Seen.binary([UInt8](repeating: 0x61, count: 255_001))),
            (255_000, .failed(.messageTooBig(limit: 255_000))),
        ] {
            let endpoint = open(role) { $0.limits.maxPayload = limit }
            endpoint.receive(whole)
            #expect(endpoint.events == [event])
        }
    }

    // B-RECV-016
    @Test(arguments: Role.both)
    func `what was decompressed into one run of memory is handed on without a copy`(role: Role) {
        let wire = Wire(role: role)
        let toy = ToyCompression()
        toy.makesOneRun = true
        let endpoint = Endpoint.open(role, compression: toy)
        var isRun: [Bool] = []
        endpoint.listener = { _, event in
            if case .message(let message) = event { isRun.append(message.bytes.storage === toy.run.storage) }
        }
        endpoint.receive(wire.frame(0xC1, packed("Hello, World")))
        endpoint.receive(wire.frame(0x41, packed("Hello, ")) + wire.frame(0x80, packed("World")))
        #expect(endpoint.events == [.text("Hello, World"), .text("Hello, World")])
        #expect(isRun == [true, false])
    }

    // Z-1
    @Test(arguments: Role.both)
    func `who has much to decompress does so in turns`(role: Role) {
        let wire = Wire(role: role)
        let texts = ["first", "second", "third"]
        let endpoint = open(role) { $0.maxInflatedPerTurn = 8 }
        endpoint.receive(texts.flatMap { wire.frame(0xC1, packed($0)) })
        for count in 1...2 {
            #expect(endpoint.events == texts.prefix(count).map { .text($0) })
            #expect(endpoint.hasPostponedInput)
            #expect(!endpoint.wantsToRead)
            // The end is told when all that came before it was taken.
            endpoint.receiveEnd()
            #expect(endpoint.events.count == count)
            endpoint.connection.beginTurn()
            endpoint.settle()
        }
        #expect(endpoint.events == texts.map { .text($0) } + [.closedAbnormally])
        #expect(!endpoint.hasPostponedInput)
    }

    // Z-1
    @Test(arguments: Role.both)
    func `more input gives another turn`(role: Role) {
        let wire = Wire(role: role)
        let endpoint = open(role) { $0.maxInflatedPerTurn = 8 }
        endpoint.receive(wire.frame(0xC1, packed("first")) + wire.frame(0xC1, packed("second")))
        #expect(endpoint.events == [.text("first")])
        endpoint.receive(wire.frame(0xC1, packed("third")))
        #expect(endpoint.events == [.text("first"), .text("second")])
    }

    @Test func `what may have to wait is read in small pieces`() {
        #expect(open(.server).inputLimit == 32 * 1024)
        #expect(Endpoint.open(.server).inputLimit == .max)
    }

    // Z-7
    @Test(arguments: Role.both)
    func `a prepared message is compressed for each connection that compresses`(role: Role) throws {
        let endpoint = open(role)
        try endpoint.send(PreparedMessage(Message(bytes: Bytes(utf8: "Hello"), isBinary: false)))
        endpoint.settle()
        #expect(try endpoint.frames == [expectedFrame(0xC1, packed("Hello") + [0xFF, 0], role)])
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `compressed, plain, whole and fragmented messages meet at the other end`(seed: UInt64) throws {
        let pair = ConnectionPair(seed: seed, compression: (ToyCompression(), ToyCompression()))
        var random = SplitMix64(seed: seed)
        var expected: [Role: [Seen]] = [.client: [], .server: []]
        for _ in 0..<60 {
            let role: Role = random.oneIn(2) ? .client : .server
            let fragments = (0...random.below(4)).map { _ in [UInt8](repeating: 0x61, count: random.below(300)) }
            let compress = random.oneIn(2)
            for (index, fragment) in fragments.enumerated() {
                try pair[role].send(
                    fragment, isBinary: false, isFinal: index == fragments.count - 1, compress: compress)
            }
            expected[role.opposite]?.append(.message(fragments.flatMap(\.self), isBinary: false))
            if random.oneIn(3) { pair.run() }
        }
        pair.run()
        #expect(pair.client.events == expected[.client])
        #expect(pair.server.events == expected[.server])
    }
}
