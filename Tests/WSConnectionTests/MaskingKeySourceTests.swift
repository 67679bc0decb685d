import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §5.3: where masking keys come from")
struct MaskingKeySourceTests {
    /// A source over a seeded generator, and how many bytes it was asked for.
    private final class Filling {
        var random: SplitMix64
        var fills: [Int] = []

        init(seed: UInt64) { random = SplitMix64(seed: seed) }

        var keys: PooledMaskingKeys {
            PooledMaskingKeys { buffer in
                self.fills.append(buffer.count)
                for index in buffer.indices { buffer[index] = UInt8(truncatingIfNeeded: self.random.next() >> 32) }
            }
        }
    }

    // R-5.3-1, F-6: what the pool hands out is what the generator made, every byte once.
    @Test func `a million pooled keys look as random as their source`() {
        let count = 1 << 20
        var random = SplitMix64(seed: 2)
        let keys = PooledMaskingKeys { buffer in
            for offset in stride(from: 0, to: buffer.count, by: 8) {
                buffer.storeBytes(of: random.next(), toByteOffset: offset, as: UInt64.self)
            }
        }
        var seen = Set<UInt32>(minimumCapacity: count)
        var ones = 0
        var sameBits = 0
        var previous: UInt32 = 0
        for _ in 0..<count {
            let bits = keys.nextKey().bits
            ones += bits.nonzeroBitCount
            sameBits += (~(bits ^ previous)).nonzeroBitCount
            seen.insert(bits)
            previous = bits
        }
        // Half of 32 · 2²⁰ bits with a standard deviation of 2896; equally many should agree with the key before.
        let half = 16 * count
        #expect(abs(ones - half) < 6 * 2_896)
        #expect(abs(sameBits - half) < 6 * 2_896)
        // 2²⁰ draws out of 2³² have 128 repetitions on average, with a standard deviation of 11.
        #expect(abs((count - seen.count) - 128) < 6 * 12)
    }

    // F-6
    @Test func `keys are the bytes of the pool in order, and a pool lasts for 2048 of them`() {
        var next: UInt8 = 0
        var fills = 0
        let keys = PooledMaskingKeys { buffer in
            fills += 1
            for index in buffer.indices {
                buffer[index] = next
                next &+= 1
            }
        }
        #expect(fills == 0)
        #expect(keys.nextKey() == MaskingKey(0, 1, 2, 3))
        #expect(keys.nextKey() == MaskingKey(4, 5, 6, 7))
        for _ in 2..<2048 { _ = keys.nextKey() }
        #expect(fills == 1)
        _ = keys.nextKey()
        #expect(fills == 2)
    }

    // F-6: memory that leaks later shows no key that was used.
    @Test func `used keys are erased from the pool, and so is a pool thrown away`() {
        var pool: UnsafeMutableRawBufferPointer?
        var fills = 0
        let keys = PooledMaskingKeys { buffer in
            pool = buffer
            fills += 1
            buffer.initializeMemory(as: UInt8.self, repeating: 0xAB)
        }
        for _ in 0..<10 { _ = keys.nextKey() }
        #expect(pool?.prefix(40).allSatisfy { $0 == 0 } == true)
        #expect(pool?.dropFirst(40).allSatisfy { $0 == 0xAB } == true)
        keys.discard()
        #expect(pool?.allSatisfy { $0 == 0 } == true)
        #expect(fills == 1)
        _ = keys.nextKey()
        #expect(fills == 2)
    }

    // N-11: after a fork parent and child draw from pools of their own.
    @Test func `discarding makes two copies of a pool go separate ways`() {
        let parent = Filling(seed: 1).keys
        let child = Filling(seed: 1)
        let childKeys = child.keys
        #expect((0..<100).allSatisfy { _ in parent.nextKey() == childKeys.nextKey() })
        child.random = SplitMix64(seed: 99)
        childKeys.discard()
        #expect((0..<100).allSatisfy { _ in parent.nextKey() != childKeys.nextKey() })
        #expect(child.fills == [8192, 8192])
    }

    @Test func `seeded keys are the same on every run and differ from frame to frame`() {
        let first = SeededMaskingKeys(seed: 42)
        let second = SeededMaskingKeys(seed: 42)
        let keys = (0..<10_000).map { _ in first.nextKey().bits }
        #expect(keys == (0..<10_000).map { _ in second.nextKey().bits })
        #expect(Set(keys).count > 9_990)
        #expect(SeededMaskingKeys(seed: 43).nextKey() != SeededMaskingKeys(seed: 42).nextKey())
        // The first value of SplitMix64 for the seed 42, so that recorded streams stay valid.
        #expect(
            SeededMaskingKeys(seed: 42).nextKey().bits == UInt32(truncatingIfNeeded: 0xBDD7_3226_2FEB_6E95 as UInt64))
        #expect(ZeroMaskingKeys().nextKey() == .zero)
    }
}
