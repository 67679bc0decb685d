import Testing
import WSFrame

@Suite("RFC 6455 §5.3: masking")
struct MaskingTests {
    private let keyBytes: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    // R-5.3-2
    @Test func `the kernel does what the byte loop does, at every length, alignment and phase`() {
        let text = (0..<232).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
        let key = MaskingKey(keyBytes)
        // The whole text masked at each phase, by the definition.
        let expected = (0..<4).map { masked(text, keyBytes, phase: $0) }
        var wrong: [String] = []
        for length in 0...200 {
            for alignment in 0..<16 {
                for phase in 0..<4 {
                    var bytes = text
                    bytes.withUnsafeMutableBytes { buffer in
                        guard let base = buffer.baseAddress else { return }
                        Masking.apply(key, phase: phase, to: base + alignment, count: length)
                    }
                    // The byte at `alignment` has the phase that was asked for, and nothing around is touched.
                    let end = alignment + length
                    let source = expected[(phase + 16 - alignment) % 4]
                    if bytes[..<alignment] != text[..<alignment] || bytes[end...] != text[end...]
                        || bytes[alignment..<end] != source[alignment..<end]
                    {
                        wrong.append("\(length) bytes at \(alignment), phase \(phase)")
                    }
                }
            }
        }
        #expect(wrong == [])
    }

    // R-5.3-2, B-SNDR-001
    @Test func `masking while copying leaves the source alone`() {
        let source = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
        let key = MaskingKey(keyBytes)
        var wrong: [String] = []
        for length in 0...140 {
            for (from, to) in [(0, 0), (1, 0), (0, 3), (5, 9), (13, 2)] {
                var destination = [UInt8](repeating: 0xEE, count: 300)
                let phase = length % 4
                source.withUnsafeBytes { source in
                    destination.withUnsafeMutableBytes { destination in
                        guard let read = source.baseAddress, let write = destination.baseAddress else { return }
                        Masking.copy(read + from, to: write + to, count: length, key: key, phase: phase)
                    }
                }
                let expected = masked(Array(source[from..<from + length]), keyBytes, phase: phase)
                if Array(destination[to..<to + length]) != expected
                    || destination.indices.contains(where: { !(to..<to + length ~= $0) && destination[$0] != 0xEE })
                {
                    wrong.append("\(length) bytes from \(from) to \(to)")
                }
            }
        }
        #expect(wrong == [])
        #expect(source == (0..<300).map { UInt8(truncatingIfNeeded: $0) })
    }

    // R-5.3-2
    @Test(arguments: [0, 1, 63, 64, 65, 4096, 65537])
    func `the span form masks all of its bytes, and twice is nothing`(count: Int) {
        let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        var bytes = text
        mask(&bytes, phase: 3)
        #expect(bytes == masked(text, keyBytes, phase: 3))
        mask(&bytes, phase: 3)
        #expect(bytes == text)
    }

    // R-5.3-2
    @Test func `a payload masked in two pieces is masked as one`() {
        let text = (0..<100).map { UInt8($0) }
        for cut in 0...100 {
            var first = Array(text[..<cut])
            var second = Array(text[cut...])
            mask(&first, phase: 0)
            mask(&second, phase: cut)
            #expect(first + second == masked(text, keyBytes))
        }
    }

    // R-5.3-3, B-SNDR-023
    @Test func `the key may be zero`() {
        var bytes: [UInt8] = [1, 2, 3, 4, 5]
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        Masking.apply(.zero, to: &raw)
        #expect(bytes == [1, 2, 3, 4, 5])
    }

    @Test func `a key is its four bytes in memory order`() {
        let key = MaskingKey(0x01, 0x02, 0x03, 0x04)
        withUnsafeBytes(of: key.bits) { #expect(Array($0) == [1, 2, 3, 4]) }
        #expect(MaskingKey(bits: key.bits) == key)
        #expect(MaskingKey.zero == MaskingKey(0, 0, 0, 0))
    }

    private func mask(_ bytes: inout [UInt8], phase: Int) {
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        Masking.apply(MaskingKey(keyBytes), phase: phase, to: &raw)
    }
}
