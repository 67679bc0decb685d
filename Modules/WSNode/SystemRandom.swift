#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
import Synchronization
import WSConnection
import WSFrame

/// Bytes of the system's cryptographic generator.
enum SystemRandom {
    /// Overwrites the whole buffer.
    static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let base = buffer.baseAddress else { return }
        var filled = 0
        while filled < buffer.count {
            // getentropy gives at most 256 bytes at a time, and then all of them or none.
            let count = min(256, buffer.count - filled)
            if unsafe getentropy(base + filled, count) == 0 {
                filled += count
            } else {
                // Not to be had (a seccomp filter, say): the standard library's generator is as good, only slower.
                var generator = SystemRandomNumberGenerator()
                while filled < buffer.count {
                    unsafe buffer[filled] = generator.next()
                    filled += 1
                }
            }
        }
    }

    /// A few bytes.
    static func bytes(count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe fill(UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }
}

/// Counts the forks of this process, so that a child does not use the masking keys its parent has drawn.
enum ForkCounter {
    private static let count = Atomic<Int>(0)
    private static let registration: Int32 = pthread_atfork(nil, nil) {
        ForkCounter.count.add(1, ordering: .relaxed)
    }

    /// How often this process was forked off one that used the counter.
    static var value: Int {
        _ = registration
        return count.load(ordering: .relaxed)
    }
}

/// The masking keys of a loop's clients: a pool of the system's random bytes, never shared across `fork`.
final class LoopMaskingKeys: MaskingKeySource {
    private let pool = unsafe PooledMaskingKeys { unsafe SystemRandom.fill($0) }
    private var forkCount = ForkCounter.value

    func nextKey() -> MaskingKey {
        let forks = ForkCounter.value
        if forks != forkCount {
            forkCount = forks
            pool.discard()
        }
        return pool.nextKey()
    }
}
