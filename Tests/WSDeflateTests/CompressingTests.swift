import Testing
import WSConnection
import WSDeflate
import WSFrame

@Suite("RFC 7692 §7.2.1: compressing")
struct CompressingTests {
    private static let tail: [UInt8] = [0, 0, 0xFF, 0xFF]

    private static let alone: @Sendable (inout PerMessageDeflateParameters) -> Void = {
        $0.serverNoContextTakeover = true
        $0.clientNoContextTakeover = true
    }

    // D-7.2.1-1, D-7.2.1-4, B-PMDZ-007, B-PMDZ-013, B-PMDZ-014, B-PMDZ-016
    @Test(arguments: Role.both)
    func `messages are flushed, less their tail, and refer to earlier ones`(role: Role) throws {
        let codec = Codec(role)
        #expect(try codec.compress("Hello") == hex("f2 48 cd c9 c9 07 00"))
        #expect(try codec.compress("Hello") == hex("f2 00 11 00 00"))
        #expect(try Codec(role).compress("a") == hex("4a 04 00"))
    }

    // D-7.2.1-4, D-7.1.1-1, D-7.1.1-2, B-PMDZ-006
    @Test(arguments: Role.both)
    func `without context takeover every message begins anew`(role: Role) throws {
        let codec = Codec(role, PerMessageDeflateOptions(), Self.alone)
        let first = try codec.compress("foofoo")
        #expect(try codec.compress("foofoo") == first)
        #expect(try codec.compress("something else") != first)
        #expect(try codec.compress("foofoo") == first)
    }

    // B-PMDZ-016
    @Test func `the side that matters is the sender's own`() throws {
        let server = Codec(.server) { $0.clientNoContextTakeover = true }
        let first = try server.compress("foofoo")
        #expect(try server.compress("foofoo").count < first.count)
        let client = Codec(.client) { $0.clientNoContextTakeover = true }
        #expect(try client.compress("foofoo") == first)
        #expect(try client.compress("foofoo") == first)
    }

    // D-7.2.1-5, B-PMDZ-014
    @Test(arguments: Role.both, [false, true])
    func `an empty message is one zero byte, wherever it comes`(role: Role, isAlone: Bool) throws {
        let codec = Codec(role, PerMessageDeflateOptions(), isAlone ? Self.alone : { _ in })
        let reader = Codec(role.opposite)
        for text in ["", "", "Hello", "", "", "Hello"] {
            let payload = try codec.compress(text)
            if text.isEmpty { #expect(payload == [0]) }
            #expect(try reader.text(payload) == text)
        }
    }

    // D-7.2.1-2
    @Test(arguments: Role.both)
    func `fragments are flushed with their tail, the last one without`(role: Role) throws {
        let codec = Codec(role)
        var pieces = [try codec.compress("Hel", isFinal: false), try codec.compress("", isFinal: false)]
        pieces.append(try codec.compress("lo", isFinal: false))
        pieces.append(try codec.compress(""))
        #expect(pieces[0].suffix(4) == Self.tail)
        #expect(pieces[1].isEmpty)
        #expect(pieces[2].suffix(4) == Self.tail)
        #expect(pieces[3] == [0])
        let reader = Codec(role.opposite)
        #expect(try reader.decompress(pieces) == Array("Hello".utf8))
        // Each fragment can be read without those that follow.
        #expect(try Codec(role.opposite).decompress([pieces[0] + [0]]) == Array("Hel".utf8))
    }

    // D-7.2.1-3, D-7.1.2-1, D-zlib-1, B-PMDZ-018
    @Test(arguments: 8...15, [1, 9])
    func `no match reaches farther back than was agreed`(bits: Int, level: Int) throws {
        let options = PerMessageDeflateOptions { $0.zlibDeflateOptions.level = level }
        let codec = Codec(.server, options) { $0.serverMaxWindowBits = bits }
        let strict = Codec(.client) { $0.serverMaxWindowBits = bits }
        var reader = DeflateReader()
        var expected: [UInt8] = []
        for seed in 0..<2 {
            let message = corpus(50_000, seed: UInt64(seed * 100 + bits))
            let payload = try codec.compress(message)
            try reader.read(payload + Self.tail)
            expected += message
            let isSame = try strict.decompress(payload) == message
            #expect(isSame)
        }
        let isSame = reader.output == expected
        #expect(isSame)
        #expect(reader.maxDistance <= 1 << bits)
        // That the measure measures: large windows are made use of.
        #expect(reader.maxDistance > 1 << (bits - 2))
    }

    // D-zlib-1: other makes of zlib get no chance to look too far back.
    @Test func `an 8-bit window is left to stock zlib, which keeps to it with 9 bits`() throws {
        #expect(!ZlibVersion.current.isEmpty)
        let codec = Codec(.server) { $0.serverMaxWindowBits = 8 }
        var reader = DeflateReader()
        try reader.read(codec.compress(corpus(100_000, seed: 8)) + Self.tail)
        #expect(reader.maxDistance <= 256)
    }

    // B-PMDZ-004, B-PMDZ-005, S-90
    @Test func `level, memory level and strategy reach zlib`() throws {
        let text = "Lorem ipsum dolor sit amet, dolor sit amet"
        #expect(text.utf8.count == 42)
        func compressed(_ change: (inout ZlibDeflateOptions) -> Void) throws -> [UInt8] {
            var options = PerMessageDeflateOptions()
            change(&options.zlibDeflateOptions)
            let payload = try Codec(.server, options).compress(text)
            #expect(try Codec(.client).text(payload) == text)
            return payload
        }
        #expect(try compressed { $0.level = 0 }.count > 42)
        #expect(try compressed { $0.level = 9 }.count < 42)
        var reader = DeflateReader()
        try reader.read(compressed { $0.strategy = .huffmanOnly } + Self.tail)
        #expect(reader.maxDistance == 0)
        reader = DeflateReader()
        try reader.read(compressed { $0.strategy = .fixed } + Self.tail)
        #expect(reader.blocks == [1, 1, 0])
        #expect(try compressed { $0.chunkSize = 64 } == compressed { _ in })
    }

    // B-PMDZ-001, B-PMDZ-002, B-PMDZ-003
    @Test(arguments: [-1, 0, 1, 9], [1, 5, 9])
    func `what is compressed is what comes out, whatever the size, in one piece or in many`(level: Int, memLevel: Int)
        throws
    {
        var options = PerMessageDeflateOptions()
        options.zlibDeflateOptions.level = level
        options.zlibDeflateOptions.memLevel = memLevel
        options.zlibDeflateOptions.chunkSize = 64
        options.zlibInflateOptions.chunkSize = 64
        let change: (inout PerMessageDeflateParameters) -> Void = {
            $0.serverNoContextTakeover = true
            $0.clientNoContextTakeover = true
            $0.serverMaxWindowBits = 10
            $0.clientMaxWindowBits = 11
        }
        let (server, client) = (Codec(.server, options, change), Codec(.client, options, change))
        for count in [0, 1, 2, 63, 64, 65, 1_000, 65_535, 65_536, 300_000] {
            let message = corpus(count, seed: UInt64(count))
            let isSame = try client.decompress(server.compress(message)) == message
            #expect(isSame)
            let middle = count / 3
            let pieces = [
                try client.compress(Array(message[..<middle]), isFinal: false),
                try client.compress(Array(message[middle...])),
            ]
            let isJoined = try server.decompress(pieces) == message
            #expect(isJoined)
        }
    }

    // B-PMDZ-015, B-PMDZ-014, S-91, S-117
    @Test func `the threshold counts only where no context is kept`() {
        let alone = Codec(.server) { $0.serverNoContextTakeover = true }.terms
        #expect(!alone.shouldCompress(byteCount: 1_023, isFinal: true))
        #expect(alone.shouldCompress(byteCount: 1_024, isFinal: true))
        let kept = Codec(.server) { $0.clientNoContextTakeover = true }.terms
        #expect(kept.shouldCompress(byteCount: 0, isFinal: true))
        let always = Codec(.client, PerMessageDeflateOptions { $0.threshold = 0 }, Self.alone).terms
        #expect(always.shouldCompress(byteCount: 0, isFinal: true))
    }

    // Z-5
    @Test func `the zlib we run with has no known memory error`() {
        #expect(ZlibVersion.isSound)
    }
}
