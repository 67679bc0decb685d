import Testing
import WSConnection
import WSDeflate
import WSFrame

@Suite("RFC 7692 §6: compressed messages on a connection")
struct ConnectionTests {
    private static let hello = hex("f2 48 cd c9 c9 07 00")

    // D-6-3, D-5-6, D-7.2.2-2, B-PMDZ-017
    @Test(arguments: Role.both)
    func `raw messages between compressed ones do not touch their context`(role: Role) {
        let end = End(role)
        end.receive(
            end.frame(0xC1, Self.hello) + end.frame(0x81, Array("plain".utf8)) + end.frame(0xC2, hex("f2 00 11 00 00")))
        #expect(end.events == ["text Hello", "text plain", "binary 48 65 6c 6c 6f"])
    }

    // D-6-1, D-6-2
    @Test(arguments: Role.both, [0x40, 0xC0, 0xC8, 0xC9, 0xCA] as [UInt8])
    func `RSV1 belongs to the first frame of a message alone`(role: Role, first: UInt8) {
        let end = End(role)
        end.receive(end.frame(0x41, Array(Self.hello.prefix(3))) + end.frame(first, []))
        #expect(end.events == ["failed 1002"])
    }

    // D-6-4, D-7.2.3-1
    @Test(arguments: Role.both, 0...7)
    func `control frames come between fragments, which may be cut anywhere`(role: Role, split: Int) {
        let end = End(role)
        let stream =
            end.frame(0x41, Array(Self.hello[..<split])) + end.frame(0x89, Array("?".utf8))
            + end.frame(0x80, Array(Self.hello[split...]))
        end.receive(stream)
        #expect(end.events == ["ping ?", "text Hello"])
        let slow = End(role)
        for byte in stream { slow.receive([byte]) }
        #expect(slow.events == end.events)
    }

    // D-7.2.2-5, D-7.2.2-6, D-7.2.2-7
    @Test(arguments: Role.both, ["", "f2 48 cd c9 c9 07", "ff ff", "f2 00 11 00 00"])
    func `a broken message fails with 1007 before the next one is looked at`(role: Role, payload: String) {
        let end = End(role)
        end.receive(end.frame(0xC1, hex(payload)) + end.frame(0x81, Array("next".utf8)))
        #expect(end.events == ["failed 1007"])
        #expect(end.takeOutput().suffix(2) == [0x03, 0xEF])
    }

    // D-7.2.2-9
    @Test(arguments: Role.both)
    func `text fails at the first impossible byte, before its message ends`(role: Role) throws {
        let end = End(role)
        let fragment = try Codec(role.opposite).compress([0x61, 0xC3, 0x28], isFinal: false)
        end.receive(end.frame(0x41, fragment))
        #expect(end.events == ["failed 1007"])
        let cut = End(role)
        cut.receive(cut.frame(0xC1, try Codec(role.opposite).compress([0xE2, 0x82])))
        #expect(cut.events == ["failed 1007"])
    }

    // D-7.2.2-8, Z-1
    @Test(arguments: Role.both, [-1, 0, 1])
    func `the limit holds for what comes out, in one frame or spread over ten thousand`(role: Role, beyond: Int) throws
    {
        let limit = 300_000
        let bomb = try Codec(role.opposite).compress([UInt8](repeating: 0, count: limit + beyond))
        let expected = beyond > 0 ? ["failed 1009"] : ["message of \(limit + beyond)"]
        let end = End(role) { $0.limits.maxPayload = limit }
        end.receive(end.frame(0xC2, bomb))
        #expect(end.events == expected)
        let spread = End(role) { $0.limits.maxPayload = limit }
        var stream: [UInt8] = []
        for (index, byte) in bomb.enumerated() {
            stream += spread.frame((index == 0 ? 0x42 : 0) | (index == bomb.count - 1 ? 0x80 : 0), [byte])
            for _ in 0..<30 where index < bomb.count - 1 { stream += spread.frame(0, []) }
        }
        spread.receive(stream)
        #expect(spread.events == expected)
    }

    // D-7.2.2-3
    @Test(arguments: [1, 300, 65_536, 262_144, 262_145, 700_000, 3_000_000])
    func `a message of any length is whole, read in one go or in many`(count: Int) throws {
        let message = corpus(count, seed: UInt64(count))
        let payload = try Codec(.server).compress(message)
        for step in [payload.count, 1_000, 20_000] {
            let end = End(.client)
            let stream = end.frame(0xC2, payload)
            for start in stride(from: 0, to: stream.count, by: step) {
                end.receive(Array(stream[start..<min(stream.count, start + step)]))
            }
            let isWhole = end.messages.map { Array($0.bytes) } == [message]
            #expect(isWhole)
        }
    }

    // D-zlib-3, Z-2
    @Test func `what takes long to decompress waits for the next turn`() throws {
        let end = End(.client) { $0.maxInflatedPerTurn = 1 << 20 }
        let bomb = try Codec(.server) { $0.serverNoContextTakeover = true }.compress(
            [UInt8](repeating: 0, count: 900_000))
        let stream = (0..<10).flatMap { _ in end.frame(0xC2, bomb) }
        end.receive(stream)
        #expect(end.messages.count == 2)
        #expect(end.hasPostponedInput)
        #expect(!end.wantsToRead)
        // Nothing is lost, and nothing comes before its time.
        end.receiveEnd()
        #expect(end.messages.count == 2)
        var turns = 0
        while end.hasPostponedInput {
            end.beginTurn()
            turns += 1
        }
        #expect(turns == 4)
        #expect(end.messages.count == 10)
        #expect(end.events.last == "closed 1006")
    }

    // D-6-1, D-7.2.1-1, D-7.2.1-2, B-SNDR-004, B-SNDR-007
    @Test func `frames are marked and filled as the RFC's examples are`() throws {
        let server = End(.server)
        try server.send("Hello")
        try server.send("Hello")
        try server.send("Hello", compress: false)
        try server.send("", compress: true)
        #expect(
            server.takeOutput()
                == hex("c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00 81 05 48 65 6c 6c 6f c1 01 00"))
        var parameters = PerMessageDeflateParameters()
        parameters.serverNoContextTakeover = true
        let alone = End(.server, parameters, PerMessageDeflateOptions { $0.threshold = 3 })
        try alone.send("12", isFinal: false)
        try alone.send("123")
        #expect(alone.takeOutput() == hex("01 02 31 32 80 03 31 32 33"))
    }

    // B-PMDW-013
    @Test(arguments: Role.both)
    func `what was sent leaves in that order, compressed or not`(role: Role) throws {
        let (sender, receiver) = (End(role), End(role.opposite))
        try sender.send(corpus(200_000, seed: 5))
        try sender.ping()
        try sender.send("plain", compress: false)
        try sender.close()
        receiver.receive(sender.takeOutput())
        #expect(receiver.events == ["message of 200000", "ping ", "text plain", "closing 1000"])
    }

    // D-5-6
    @Test(arguments: [1, 2, 3] as [UInt64], [true, false])
    func `everything sent arrives, in any mixture of terms, kinds and fragments`(seed: UInt64, isAlone: Bool) throws {
        var random = SplitMix64(seed: seed)
        var parameters = PerMessageDeflateParameters()
        parameters.serverNoContextTakeover = isAlone
        parameters.clientNoContextTakeover = Bool.random(using: &random)
        parameters.serverMaxWindowBits = Int.random(in: 8...15, using: &random)
        parameters.clientMaxWindowBits = Int.random(in: 8...15, using: &random)
        let options = PerMessageDeflateOptions { $0.threshold = 100 }
        let ends = [End(.client, parameters, options), End(.server, parameters, options)]
        for round in 0..<60 {
            let (sender, receiver) = (ends[round % 2], ends[1 - round % 2])
            let message = corpus(Int.random(in: 0...3_000, using: &random), seed: random.next())
            let cut = Int.random(in: 0...message.count, using: &random)
            let compress = Int.random(in: 0..<4, using: &random) > 0
            if Bool.random(using: &random) {
                try sender.send(Array(message[..<cut]), isFinal: false, compress: compress)
                try sender.send(Array(message[cut...]))
            } else {
                try sender.send(message, compress: compress)
            }
            let stream = sender.takeOutput()
            let split = Int.random(in: 0...stream.count, using: &random)
            receiver.receive(Array(stream[..<split]))
            receiver.receive(Array(stream[split...]))
            let isSame = receiver.messages.last.map { Array($0.bytes) } == message
            #expect(isSame)
        }
        #expect(ends[0].messages.count == 30)
        #expect(ends[1].messages.count == 30)
    }

    // Z-7
    @Test func `a broadcast is compressed once for those who keep no context`() throws {
        var parameters = PerMessageDeflateParameters()
        parameters.serverNoContextTakeover = true
        let workspace = DeflateWorkspace()
        let text = String(decoding: corpus(3_000, seed: 4).map { $0 & 0x7F }, as: UTF8.self)
        let prepared = PreparedMessage(Message(bytes: Bytes(utf8: text), isBinary: false))
        var outputs: [[UInt8]] = []
        for _ in 0..<3 {
            let end = End(.server, parameters, workspace: workspace)
            try end.send(prepared)
            outputs.append(end.takeOutput())
        }
        #expect(Set(outputs).count == 1)
        #expect(outputs[0].first == 0xC1)
        // One that keeps a context has a frame of its own, which fits what it sent before.
        let (kept, client) = (End(.server), End(.client))
        try kept.send("Hello")
        try kept.send(prepared)
        try kept.send(prepared)
        client.receive(kept.takeOutput())
        #expect(client.messages.map(\.text) == ["Hello", text, text])
        // Below the threshold the plain frame is shared.
        let small = End(.server, parameters, workspace: workspace)
        try small.send(PreparedMessage(Message(bytes: [1, 2], isBinary: true)))
        #expect(small.takeOutput() == [0x82, 2, 1, 2])
    }
}
