import Testing
import WSConnection
import WSDeflate
import WSFrame

@Suite("RFC 7692 §7.2.2: decompressing")
struct DecompressingTests {
    /// Payloads that say "Hello", in every shape (§7.2.3).
    static let vectors = [
        "f2 48 cd c9 c9 07 00", "00 05 00 fa ff 48 65 6c 6c 6f 00", "f3 48 cd c9 c9 07 00 00",
        "f2 48 05 00 00 00 ff ff ca c9 c9 07 00", "f2 48 cd 01 00 00 00 ff ff ca c9 07 00",
        "00 02 00 fd ff 48 65 01 03 00 fc ff 6c 6c 6f 00",
    ]

    // D-7.2.2-1, D-7.2.2-3, D-7.2.2-4, D-7.2.3-1, B-PMDZ-013
    @Test(arguments: vectors, Role.both)
    func `blocks of any type and number make a message, at every split`(vector: String, role: Role) throws {
        let payload = hex(vector)
        #expect(try Codec(role).text(payload) == "Hello")
        #expect(try Codec(role).decompress(payload.map { [$0] }) == Array("Hello".utf8))
        for split in 0...payload.count {
            let pieces = [Array(payload[..<split]), [], Array(payload[split...])]
            #expect(try Codec(role).decompress(pieces) == Array("Hello".utf8))
        }
        let codec = Codec(role)
        for _ in 0..<3 { #expect(try codec.text(payload) == "Hello") }
    }

    // D-7.2.2-2, D-6-3
    @Test func `the window is kept from message to message`() throws {
        let codec = Codec(.client)
        #expect(try codec.text(hex("f2 48 cd c9 c9 07 00")) == "Hello")
        #expect(try codec.text(hex("f2 00 11 00 00")) == "Hello")
        let alone = Codec(.client) { $0.serverNoContextTakeover = true }
        #expect(try alone.text(hex("f2 48 cd c9 c9 07 00")) == "Hello")
        #expect(throws: CompressionError(code: "Z_DATA_ERROR", message: "invalid distance too far back")) {
            try alone.decompress(hex("f2 00 11 00 00"))
        }
    }

    // D-7.2.2-4, B-PMDZ-012
    @Test func `what follows a final block is read, with the window of what came before`() throws {
        let codec = Codec(.client)
        let digits = hex("33 34 32 36 31 35 33 b7 00 00 00")
        #expect(try codec.text(digits) == "12345678")
        #expect(try codec.text(digits) == "12345678")
        // A second final block in the same message, and one that refers back across a final block.
        let final = hex("f3 48 cd c9 c9 07 00")
        #expect(try codec.text(final + final + [0]) == "HelloHello")
        #expect(try codec.text(hex("f2 00 11 00 00")) == "Hello")
        #expect(try codec.decompress((final + final + [0]).map { [$0] }) == Array("HelloHello".utf8))
    }

    // D-7.1.2-3
    @Test func `where nothing was agreed the window is 32 KiB`() throws {
        let sender = Codec(.server)
        var message = corpus(32_768 - 300, seed: 1)
        message += message[..<200]
        let payload = try sender.compress(message)
        var reader = DeflateReader()
        try reader.read(payload + [0, 0, 0xFF, 0xFF])
        #expect(reader.maxDistance > 32_000)
        // In pieces, so that the match reaches into the window and not into the output.
        let isSame = try Codec(.client).decompress(payload.map { [$0] }) == message
        #expect(isSame)
    }

    // D-7.2.2-5, D-7.2.2-6
    @Test(arguments: [
        "", "f2 48 cd c9 c9 07", "f3 48 cd c9 c9 07 00", "f2 48 cd c9 c9", "00 05 00 fa ff 48 65 6c 6c 6f",
        "f2 48 cd c9 c9 07 00 00 00 ff ff", "f2 48 cd c9 c9 07 00 00", "00 05 00",
    ])
    func `a message that leaves the stream inside a block fails at once`(payload: String) throws {
        let codec = Codec(.client)
        #expect(throws: CompressionError.self) { try codec.decompress(hex(payload)) }
        let inPieces = Codec(.client)
        #expect(throws: CompressionError.self) { try inPieces.decompress(hex(payload).map { [$0] } + [[]]) }
    }

    // D-7.2.2-7, B-PMDZ-008, Z-4
    @Test func `what is no deflate is a data error`() throws {
        let error = #expect(throws: CompressionError.self) {
            try Codec(.client).decompress(Array("something invalid".utf8))
        }
        #expect(error?.code == "Z_DATA_ERROR")
        #expect(error?.message.isEmpty == false)
    }

    // D-7.2.2-7, Z-4
    @Test(arguments: vectors)
    func `any flipped bit gives another message or an error, as an independent reader says`(vector: String) {
        let payload = hex(vector)
        for bit in 0..<payload.count * 8 {
            var flipped = payload
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            let ours = try? Codec(.client).decompress(flipped)
            var reader = DeflateReader()
            let isRight = (try? reader.read(flipped + [0, 0, 0xFF, 0xFF])) != nil
            #expect(ours == (isRight ? reader.output : nil), "bit \(bit)")
        }
    }

    // D-7.2.2-8, B-PMDZ-009, B-PMDZ-010, Z-1
    @Test func `a bomb is stopped at the piece that is too much`() throws {
        let bomb = try Codec(.server).compress([UInt8](repeating: 0x41, count: 1 << 20))
        #expect(bomb.count < 1_100)
        #expect(try Codec(.client).decompress([bomb], limit: 25).count <= 64 * 1024)
        var options = PerMessageDeflateOptions()
        options.zlibInflateOptions.chunkSize = 100
        #expect(try Codec(.client, options).decompress([bomb], limit: 25).count == 100)
        #expect(try Codec(.client).decompress(bomb).count == 1 << 20)
    }

    // D-zlib-2
    @Test func `a window of 8 bits can be received`() throws {
        let codec = Codec(.client) { $0.serverMaxWindowBits = 8 }
        #expect(try codec.text(hex("f2 48 cd c9 c9 07 00")) == "Hello")
        #expect(try codec.text(hex("f2 00 11 00 00")) == "Hello")
    }
}
