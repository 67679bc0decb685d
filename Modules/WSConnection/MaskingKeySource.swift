public import WSFrame

/// Where a client's masking keys come from, one for each frame (RFC 6455 §5.3).
///
/// In production they must be unpredictable: ``PooledMaskingKeys`` over the system's generator. Tests and replays use
/// ``SeededMaskingKeys``.
public protocol MaskingKeySource: AnyObject {
    /// A key that no frame has had.
    func nextKey() -> MaskingKey
}

/// Keys cut from a pool of random bytes that is refilled when it is used up: one call of the generator for 2048 frames.
@safe public final class PooledMaskingKeys: MaskingKeySource {
    private let fill: (UnsafeMutableRawBufferPointer) -> Void
    private let pool: ByteStorage
    private var position: Int

    /// - Parameter fill: overwrites the whole buffer with bytes of a cryptographic generator.
    public init(fill: @escaping (UnsafeMutableRawBufferPointer) -> Void) {
        unsafe self.fill = fill
        pool = ByteStorage(capacity: 8192)
        position = pool.capacity
    }

    /// The next four bytes of the pool, which are erased there.
    public func nextKey() -> MaskingKey {
        if position >= pool.capacity {
            unsafe fill(UnsafeMutableRawBufferPointer(start: pool.base, count: pool.capacity))
            position = 0
        }
        let bits = unsafe pool.base.load(fromByteOffset: position, as: UInt32.self)
        unsafe pool.base.storeBytes(of: 0, toByteOffset: position, as: UInt32.self)
        position += 4
        return MaskingKey(bits: bits)
    }

    /// Throws the rest of the pool away; a process does this after `fork`, so that parent and child share no key.
    public func discard() {
        unsafe UnsafeMutableRawBufferPointer(start: pool.base, count: pool.capacity)
            .initializeMemory(as: UInt8.self, repeating: 0)
        position = pool.capacity
    }
}

/// The same keys on every run: SplitMix64 from a seed. For tests, replays and simulations only.
public final class SeededMaskingKeys: MaskingKeySource {
    private var state: UInt64

    /// - Parameter seed: equal seeds give equal keys.
    public init(seed: UInt64) {
        state = seed
    }

    /// The next key of the sequence.
    public func nextKey() -> MaskingKey {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return MaskingKey(bits: UInt32(truncatingIfNeeded: mixed ^ (mixed >> 31)))
    }
}

/// The key 0 for every frame, which leaves payloads readable on the wire. For tests only.
public final class ZeroMaskingKeys: MaskingKeySource {
    /// Makes the source.
    public init() {}

    /// Always the key 0.
    public func nextKey() -> MaskingKey { .zero }
}
