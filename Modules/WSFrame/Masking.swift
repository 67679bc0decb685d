/// XORs a payload with its masking key (RFC 6455 §5.3): the same operation masks and unmasks.
///
/// `phase` is how many payload bytes of the frame came before: byte i is masked with key byte (phase + i) mod 4, and each
/// frame begins at 0. Only its last two bits count.
///
/// The kernel works on 16-byte vectors at any alignment. Where the count is not a multiple of 16 the last vector overlaps
/// the one before it; it is loaded before anything is stored, so that the bytes both cover are masked once.
public enum Masking {
    /// Masks `bytes` in place.
    @inlinable
    public static func apply(_ key: MaskingKey, phase: Int = 0, to bytes: inout MutableRawSpan) {
        unsafe bytes.withUnsafeMutableBytes { buffer in
            if let base = buffer.baseAddress {
                unsafe apply(key, phase: phase, to: base, count: buffer.count)
            }
        }
    }

    /// Masks `count` bytes at `base` in place, at any alignment.
    @unsafe
    @inlinable
    public static func apply(_ key: MaskingKey, phase: Int, to base: UnsafeMutableRawPointer, count: Int) {
        unsafe copy(base, to: base, count: count, key: key, phase: phase)
    }

    /// Masks `count` bytes while copying them from `source` to `destination`, at any alignment.
    ///
    /// The two are the same address, or do not overlap.
    @unsafe
    @inlinable
    public static func copy(
        _ source: UnsafeRawPointer,
        to destination: UnsafeMutableRawPointer,
        count: Int,
        key: MaskingKey,
        phase: Int
    ) {
        let bits = key.rotated(by: phase).bits
        if count >= 16 {
            unsafe copyVectors(source, to: destination, count: count, bits: bits)
        } else {
            unsafe copyShort(source, to: destination, count: count, bits: bits)
        }
    }

    /// Masks 16 bytes or more.
    @usableFromInline
    static func copyVectors(
        _ source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, count: Int, bits: UInt32
    ) {
        let key = SIMD4<UInt32>(repeating: bits)
        let lastOffset = count - 16
        let lastKey = SIMD4<UInt32>(repeating: MaskingKey(bits: bits).rotated(by: lastOffset).bits)
        let last = unsafe source.loadUnaligned(fromByteOffset: lastOffset, as: SIMD4<UInt32>.self) ^ lastKey

        var offset = 0
        let wideKey = SIMD16<UInt32>(repeating: bits)
        while offset <= count - 64 {
            let block = unsafe source.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt32>.self)
            unsafe destination.storeBytes(of: block ^ wideKey, toByteOffset: offset, as: SIMD16<UInt32>.self)
            offset += 64
        }
        while offset < lastOffset {
            let block = unsafe source.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt32>.self)
            unsafe destination.storeBytes(of: block ^ key, toByteOffset: offset, as: SIMD4<UInt32>.self)
            offset += 16
        }
        unsafe destination.storeBytes(of: last, toByteOffset: lastOffset, as: SIMD4<UInt32>.self)
    }

    /// Masks fewer than 16 bytes, in two words that may overlap or byte by byte.
    @usableFromInline
    static func copyShort(
        _ source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, count: Int, bits: UInt32
    ) {
        if count >= 8 {
            let lastOffset = count - 8
            let lastKey = UInt64(repeating: MaskingKey(bits: bits).rotated(by: lastOffset).bits)
            let last = unsafe source.loadUnaligned(fromByteOffset: lastOffset, as: UInt64.self) ^ lastKey
            let first = unsafe source.loadUnaligned(as: UInt64.self) ^ UInt64(repeating: bits)
            unsafe destination.storeBytes(of: first, as: UInt64.self)
            unsafe destination.storeBytes(of: last, toByteOffset: lastOffset, as: UInt64.self)
        } else if count >= 4 {
            let lastOffset = count - 4
            let lastKey = MaskingKey(bits: bits).rotated(by: lastOffset).bits
            let last = unsafe source.loadUnaligned(fromByteOffset: lastOffset, as: UInt32.self) ^ lastKey
            let first = unsafe source.loadUnaligned(as: UInt32.self) ^ bits
            unsafe destination.storeBytes(of: first, as: UInt32.self)
            unsafe destination.storeBytes(of: last, toByteOffset: lastOffset, as: UInt32.self)
        } else {
            unsafe copyBytes(source, to: destination, count: count, key: MaskingKey(bits: bits), phase: 0)
        }
    }

    /// Masks one byte at a time, as §5.3 words it.
    private static func copyBytes(
        _ source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, count: Int, key: MaskingKey, phase: Int
    ) {
        var offset = 0
        while offset < count {
            let byte = unsafe source.load(fromByteOffset: offset, as: UInt8.self)
            unsafe destination.storeBytes(of: byte ^ key[phase &+ offset], toByteOffset: offset, as: UInt8.self)
            offset += 1
        }
    }
}

extension UInt64 {
    /// Both halves are `half`.
    fileprivate init(repeating half: UInt32) {
        self = UInt64(half) << 32 | UInt64(half)
    }
}
