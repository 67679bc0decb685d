/// A piece of a frame, as far as its bytes have arrived.
///
/// A frame that lies whole in the given bytes is one part with both `beginsFrame` and `endsFrame` set.
public struct FramePart: Equatable, Sendable {
    /// The header of the frame, the same in each of its parts.
    public var header: FrameHeader
    /// Where the payload bytes of this part are, in the bytes given to the decoder, unmasked. Empty when only the header
    /// has arrived, or when the frame has no payload.
    public var payload: Range<Int>
    /// Whether this is the frame's first part.
    public var beginsFrame: Bool
    /// Whether this is the frame's last part.
    public var endsFrame: Bool

    /// Creates a part.
    @inlinable
    public init(header: FrameHeader, payload: Range<Int>, beginsFrame: Bool, endsFrame: Bool) {
        self.header = header
        self.payload = payload
        self.beginsFrame = beginsFrame
        self.endsFrame = endsFrame
    }
}
