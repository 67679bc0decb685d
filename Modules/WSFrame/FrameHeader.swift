/// The part of a frame before its payload (RFC 6455 §5.2).
///
/// There is no place for RSV2 and RSV3: no extension this library knows gives them a meaning, so a header that sets
/// them is refused before it becomes a value.
public struct FrameHeader: Equatable, Sendable {
    // The stored order packs the header into 16 bytes; decoders are kept per connection.

    /// How many payload bytes follow the header. The wire allows at most 2⁶³ − 1.
    public var payloadLength: UInt64
    /// The key that masks the payload; nil when the frame is not masked. Present exactly in frames from a client (§5.1).
    public var maskingKey: MaskingKey?
    /// Whether this frame ends its message (FIN). Always set in control frames.
    public var isFinal: Bool
    /// The reserved bit that permessage-deflate uses to mark a compressed message (RFC 7692 §6).
    public var rsv1: Bool
    /// What the frame carries.
    public var opcode: Opcode

    /// Creates a header.
    @inlinable
    public init(
        isFinal: Bool = true,
        rsv1: Bool = false,
        opcode: Opcode,
        maskingKey: MaskingKey? = nil,
        payloadLength: UInt64
    ) {
        self.isFinal = isFinal
        self.rsv1 = rsv1
        self.opcode = opcode
        self.maskingKey = maskingKey
        self.payloadLength = payloadLength
    }

    /// The longest header there is: two bytes, a 64-bit length and a key.
    @inlinable
    public static var maxEncodedByteCount: Int { 14 }

    /// How many bytes `encode` writes: 2 to 14.
    @inlinable
    public var encodedByteCount: Int {
        let lengthBytes =
            switch payloadLength {
            case ...125: 0
            case ...0xFFFF: 2
            default: 8
            }
        return 2 + lengthBytes + (maskingKey == nil ? 0 : 4)
    }

    /// Appends the header as it goes on the wire, with the shortest form of the length, as §5.2 requires of a sender.
    ///
    /// - Precondition: `output` has room for `encodedByteCount` bytes.
    @inlinable
    public func encode(into output: inout OutputRawSpan) {
        let count = encodedByteCount
        precondition(output.freeCapacity >= count, "no room for the frame header")
        unsafe output.withUnsafeMutableBytes { buffer, initializedCount in
            if let base = buffer.baseAddress {
                unsafe encode(to: base + initializedCount)
                initializedCount += count
            }
        }
    }

    /// Writes the header as it goes on the wire, with the shortest form of the length.
    ///
    /// - Parameter destination: At least `encodedByteCount` writable bytes; nothing is checked.
    @unsafe
    @inlinable
    @inline(__always)
    public func encode(to destination: UnsafeMutableRawPointer) {
        let first: UInt8 = (isFinal ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode.rawValue
        let mask: UInt8 = maskingKey == nil ? 0 : 0x80
        unsafe destination.storeBytes(of: first, as: UInt8.self)

        var keyOffset = 2
        if payloadLength <= 125 {
            let second = UInt8(truncatingIfNeeded: payloadLength) | mask
            unsafe destination.storeBytes(of: second, toByteOffset: 1, as: UInt8.self)
        } else if payloadLength <= 0xFFFF {
            let length = UInt16(truncatingIfNeeded: payloadLength)
            unsafe destination.storeBytes(of: 126 | mask, toByteOffset: 1, as: UInt8.self)
            unsafe destination.storeBytes(of: length.bigEndian, toByteOffset: 2, as: UInt16.self)
            keyOffset = 4
        } else {
            unsafe destination.storeBytes(of: 127 | mask, toByteOffset: 1, as: UInt8.self)
            unsafe destination.storeBytes(of: payloadLength.bigEndian, toByteOffset: 2, as: UInt64.self)
            keyOffset = 10
        }
        if let maskingKey {
            unsafe destination.storeBytes(of: maskingKey.bits, toByteOffset: keyOffset, as: UInt32.self)
        }
    }
}
