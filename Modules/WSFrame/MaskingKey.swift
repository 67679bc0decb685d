/// The four bytes a client XORs over a frame's payload (RFC 6455 §5.3).
///
/// A client needs a fresh key from a strong random source for every frame. This module has no random source: keys are
/// handed in.
public struct MaskingKey: Equatable, Sendable {
    /// The four bytes as they lie in memory: the first byte on the wire is at the lowest address, whatever the
    /// machine's byte order.
    public var bits: UInt32

    /// Creates a key from its bytes in memory order, such as four random bytes or a header read with one load.
    @inlinable
    public init(bits: UInt32) {
        self.bits = bits
    }

    /// Creates a key from its bytes in the order they appear on the wire.
    @inlinable
    public init(_ b0: UInt8, _ b1: UInt8, _ b2: UInt8, _ b3: UInt8) {
        let wireOrder = UInt32(b0) << 24 | UInt32(b1) << 16 | UInt32(b2) << 8 | UInt32(b3)
        bits = UInt32(bigEndian: wireOrder)
    }

    /// The key that changes nothing. Legal on the wire (§5.3 does not exclude it), useful in tests.
    @inlinable
    public static var zero: MaskingKey { MaskingKey(bits: 0) }

    /// The byte that masks every fourth payload byte, starting with the one at `position`.
    @inlinable
    subscript(position: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: UInt32(bigEndian: bits) >> (24 - 8 * UInt32(truncatingIfNeeded: position & 3)))
    }

    /// The key as it applies from the payload byte at `phase` on: byte `phase & 3` comes first.
    @inlinable
    @inline(__always)
    func rotated(by phase: Int) -> MaskingKey {
        let shift = 8 * UInt32(truncatingIfNeeded: phase & 3)
        let wireOrder = UInt32(bigEndian: bits)
        return MaskingKey(bits: UInt32(bigEndian: wireOrder << shift | wireOrder >> ((32 - shift) & 31)))
    }
}
