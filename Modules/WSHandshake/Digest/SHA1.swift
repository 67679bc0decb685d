/// SHA-1 (FIPS 180-4, RFC 3174), which RFC 6455 §4.2.2 uses to show that a server has read the key.
///
/// Nothing here depends on its strength: the digest is no secret and no signature. It works without heap memory.
struct SHA1 {
    private var state: Words = (0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0)
    /// The block being filled, 16 big-endian words.
    private var block = InlineArray<16, UInt32>(repeating: 0)
    private var filled = 0
    private var byteCount: UInt64 = 0

    /// Takes the next octets of the message.
    mutating func update(_ octets: Span<UInt8>) {
        for index in octets.indices { append(octets[index]) }
        byteCount &+= UInt64(octets.count)
    }

    /// Pads the message and returns its digest, 20 octets.
    mutating func finish() -> InlineArray<20, UInt8> {
        let bitCount = byteCount &* 8
        append(0x80)
        while filled != 56 { append(0) }
        block[14] = UInt32(truncatingIfNeeded: bitCount >> 32)
        block[15] = UInt32(truncatingIfNeeded: bitCount)
        Self.compress(block, into: &state)
        let words: InlineArray<5, UInt32> = [state.0, state.1, state.2, state.3, state.4]
        return InlineArray { index in
            UInt8(truncatingIfNeeded: words[index / 4] >> UInt32(24 - index % 4 * 8))
        }
    }

    private mutating func append(_ octet: UInt8) {
        block[filled / 4] = block[filled / 4] << 8 | UInt32(octet)
        filled += 1
        if filled == 64 {
            Self.compress(block, into: &state)
            filled = 0
        }
    }
}

extension SHA1 {
    private typealias Words = (UInt32, UInt32, UInt32, UInt32, UInt32)

    /// Mixes one block into the state (FIPS 180-4 §6.1.2). The four quarters are written out: a function passed in
    /// for each is several times slower.
    private static func compress(_ block: InlineArray<16, UInt32>, into state: inout Words) {
        var schedule = InlineArray<80, UInt32>(repeating: 0)
        for step in 0..<16 { schedule[step] = block[step] }
        for step in 16..<80 {
            let word = schedule[step - 3] ^ schedule[step - 8] ^ schedule[step - 14] ^ schedule[step - 16]
            schedule[step] = word.rotatedLeft(by: 1)
        }
        var (a, b, c, d, e) = state
        for step in 0..<20 {
            let next = a.rotatedLeft(by: 5) &+ (b & c | ~b & d) &+ e &+ 0x5A82_7999 &+ schedule[step]
            (a, b, c, d, e) = (next, a, b.rotatedLeft(by: 30), c, d)
        }
        for step in 20..<40 {
            let next = a.rotatedLeft(by: 5) &+ (b ^ c ^ d) &+ e &+ 0x6ED9_EBA1 &+ schedule[step]
            (a, b, c, d, e) = (next, a, b.rotatedLeft(by: 30), c, d)
        }
        for step in 40..<60 {
            let next = a.rotatedLeft(by: 5) &+ (b & c | b & d | c & d) &+ e &+ 0x8F1B_BCDC &+ schedule[step]
            (a, b, c, d, e) = (next, a, b.rotatedLeft(by: 30), c, d)
        }
        for step in 60..<80 {
            let next = a.rotatedLeft(by: 5) &+ (b ^ c ^ d) &+ e &+ 0xCA62_C1D6 &+ schedule[step]
            (a, b, c, d, e) = (next, a, b.rotatedLeft(by: 30), c, d)
        }
        state.0 &+= a
        state.1 &+= b
        state.2 &+= c
        state.3 &+= d
        state.4 &+= e
    }
}

extension UInt32 {
    @inline(__always)
    fileprivate func rotatedLeft(by count: UInt32) -> UInt32 { self &<< count | self &>> (32 &- count) }
}
