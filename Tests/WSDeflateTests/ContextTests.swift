import Testing
import WSConnection
import WSDeflate
import WSFrame

@Suite("RFC 7692 §7.2: contexts and their memory")
struct ContextTests {
    // D-zlib-3, Z-3
    @Test func `contexts are made for a message, and given back if they may not be kept`() throws {
        let workspace = DeflateWorkspace()
        let kept = Codec(.server, workspace: workspace)
        let alone = Codec(.server, workspace: workspace) {
            $0.serverNoContextTakeover = true
            $0.clientNoContextTakeover = true
        }
        #expect(workspace.idleContextCount == (0, 0))
        _ = try kept.decompress(kept.compress("Hello"))
        #expect(workspace.idleContextCount == (0, 0))
        let pieces = [try alone.compress("Hel", isFinal: false), try alone.compress("lo")]
        #expect(workspace.idleContextCount == (1, 0))
        _ = try alone.decompress(pieces)
        #expect(workspace.idleContextCount == (1, 1))
        for _ in 0..<5 { _ = try alone.decompress(alone.compress("Hello")) }
        #expect(workspace.idleContextCount == (1, 1))
    }

    @Test func `a connection that ends leaves its contexts to others, who find nothing in them`() throws {
        let workspace = DeflateWorkspace()
        do {
            let codec = Codec(.server, workspace: workspace)
            _ = try codec.decompress(codec.compress("Hello"))
            // In the middle of a message, too.
            _ = try codec.compress("Hel", isFinal: false)
        }
        #expect(workspace.idleContextCount == (1, 1))
        let next = Codec(.server, workspace: workspace)
        #expect(try next.compress("Hello") == hex("f2 48 cd c9 c9 07 00"))
        #expect(throws: CompressionError.self) { try next.decompress(hex("f2 00 11 00 00")) }
        #expect(workspace.idleContextCount == (0, 0))
    }

    // B-LIM-001
    @Test func `no more contexts wait than the limit says`() throws {
        for limit in [0, 1, 3] {
            let workspace = DeflateWorkspace()
            let options = PerMessageDeflateOptions { $0.concurrencyLimit = limit }
            do {
                let codecs = (0..<5).map { _ in Codec(.server, options, workspace: workspace) }
                for codec in codecs { _ = try codec.decompress(codec.compress("Hello")) }
            }
            let expected = limit == 0 ? 5 : limit
            #expect(workspace.idleContextCount == (expected, expected))
        }
    }

    @Test func `contexts of other settings are not mixed up`() throws {
        let workspace = DeflateWorkspace()
        for bits in [9, 15, 12, 15, 9, 12] {
            let codec = Codec(.server, workspace: workspace) {
                $0.serverMaxWindowBits = bits
                $0.clientMaxWindowBits = bits
                $0.serverNoContextTakeover = true
            }
            var reader = DeflateReader()
            try reader.read(codec.compress(corpus(50_000, seed: 3)) + [0, 0, 0xFF, 0xFF])
            #expect(reader.maxDistance <= 1 << bits)
            let isSame = reader.output == corpus(50_000, seed: 3)
            #expect(isSame)
        }
        #expect(workspace.idleContextCount == (3, 0))
    }

    // What a listener keeps is not written over.
    @Test func `messages that are kept stay what they were`() throws {
        let workspace = DeflateWorkspace()
        let sender = Codec(.server)
        let receiver = Codec(.client, workspace: workspace)
        var kept: [(Bytes, [UInt8])] = []
        for seed in 0..<60 {
            let message = corpus(1 + seed * 700, seed: UInt64(seed))
            let payload = try sender.compress(message)
            var whole: [Bytes] = []
            try Bytes(payload).withSpan { span throws(CompressionError) in
                try receiver.compression.decompress(span, isFinal: true) { piece in
                    whole.append(piece)
                    return true
                }
            }
            if seed % 3 != 0 {
                kept.append((Bytes(whole.flatMap(Array.init)), message))
                whole.removeAll()
            } else {
                for piece in whole { kept.append((piece, Array(piece))) }
            }
        }
        for (bytes, expected) in kept {
            let isSame = Array(bytes) == expected
            #expect(isSame)
        }
    }

    // Z-7
    @Test func `only messages that stand alone have a variant that can be shared`() {
        func variant(_ role: Role, level: Int = -1, _ change: (inout PerMessageDeflateParameters) -> Void)
            -> CompressionVariant?
        {
            Codec(role, PerMessageDeflateOptions { $0.zlibDeflateOptions.level = level }, change).terms
                .sharedVariant
        }
        #expect(variant(.server) { _ in } == nil)
        #expect(variant(.server) { $0.clientNoContextTakeover = true } == nil)
        let alone = variant(.server) { $0.serverNoContextTakeover = true }
        #expect(alone != nil)
        #expect(
            alone
                == variant(.server) {
                    $0.serverNoContextTakeover = true; $0.clientMaxWindowBits = 9
                })
        #expect(
            alone
                != variant(.server) {
                    $0.serverNoContextTakeover = true; $0.serverMaxWindowBits = 9
                })
        #expect(alone != variant(.server, level: 1) { $0.serverNoContextTakeover = true })
    }
}
