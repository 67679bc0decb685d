/// Finds the frames in a byte stream, judges their headers and unmasks their payload (RFC 6455 §5, §6.2).
///
/// Hand it the bytes in the order they arrive, cut anywhere, and call `next` until it returns nil:
///
///     while let part = try decoder.next(in: &bytes, at: &offset) {
///         // part.header, and bytes[part.payload]
///     }
///
/// It keeps no payload. Each part names the positions of its payload in the bytes given, where it has been unmasked in
/// place; a header cut short, at most 13 bytes, is kept inside the decoder. So an idle connection owns nothing but these
/// few bytes.
///
/// A header is judged at the first byte that shows its fault, before anything follows from its length. An error is final:
/// whatever comes after it, the same error is thrown again (§7.1.7).
public struct FrameDecoder: Sendable {
    /// The header of the current frame, valid as far as `headerByteCount` says; whole while `remaining` is not 0.
    @usableFromInline var header = FrameHeader(opcode: .continuation, payloadLength: 0)

    /// How many payload bytes of the current frame are still to come. 0 also between frames and inside a header.
    @usableFromInline var remaining: UInt64 = 0

    /// The fault that ended the stream.
    @usableFromInline var failure: FrameError?

    /// What the next header is judged by.
    @usableFromInline var rules: FrameRules

    /// How many bytes of an unfinished header have been taken. Not 0 after a failure, which keeps it off the fast path.
    @usableFromInline var headerByteCount: UInt8 = 0

    /// The low seven bits of the unfinished header's second byte.
    @usableFromInline var lengthCode: UInt8 = 0

    /// Creates a decoder at the beginning of a stream.
    ///
    /// - Parameters:
    ///   - role: Which end we are.
    ///   - allowsRSV1: Whether an agreed extension uses RSV1.
    @inlinable
    public init(role: Role, allowsRSV1: Bool = false) {
        rules = FrameRules(role: role, allowsRSV1: allowsRSV1)
    }

    /// Whether an agreed extension gives RSV1 a meaning on the first frame of a message (§5.2; RFC 7692 §6).
    @inlinable
    public var allowsRSV1: Bool {
        get { rules.allowsRSV1 }
        set { rules.allowsRSV1 = newValue }
    }

    /// Whether the last data frame header was not final, so that the next data frame has to be a continuation (§5.4).
    @inlinable
    public var isInsideMessage: Bool { rules.insideMessage }

    /// Whether the next byte begins a frame. False inside a header or a payload, and after a failure.
    @inlinable
    public var isBetweenFrames: Bool { headerByteCount == 0 && remaining == 0 }

    /// Takes the next part of a frame out of `bytes`, beginning at `offset`, and unmasks its payload in place.
    ///
    /// A part comes as soon as a header is whole, with as much payload as is there, even none; then one with each further
    /// piece of payload.
    ///
    /// - Parameters:
    ///   - bytes: The bytes received.
    ///   - offset: Where to begin; moved past what was taken. After an error it is behind the byte that showed the fault.
    /// - Returns: The part, or nil when everything was taken and more bytes are needed.
    /// - Precondition: `offset` is a position in `bytes`, or its end.
    @inlinable
    public mutating func next(
        in bytes: inout MutableRawSpan, at offset: inout Int
    ) throws(FrameError) -> FramePart? {
        precondition(offset >= 0 && offset <= bytes.byteCount, "offset lies outside the bytes")
        return try unsafe bytes.withUnsafeMutableBytes { buffer throws(FrameError) in
            guard let base = buffer.baseAddress else {
                if let failure { throw failure }
                return nil
            }
            return try unsafe next(in: base, offset: &offset, end: buffer.count)
        }
    }

    /// Takes the next part of a frame out of the bytes at `base`, as `next(in:at:)` does, without checking positions.
    ///
    /// - Parameters:
    ///   - base: The bytes received; readable and writable from `offset` up to `end`.
    ///   - offset: Where to begin, relative to `base`; moved past what was taken.
    ///   - end: Where the bytes end, relative to `base`; not before `offset`.
    @unsafe
    @inlinable
    public mutating func next(
        in base: UnsafeMutableRawPointer, offset: inout Int, end: Int
    ) throws(FrameError) -> FramePart? {
        guard isBetweenFrames,
            let (header, byteCount) = unsafe wholeHeader(at: base + offset, count: end - offset)
        else {
            return try unsafe nextOfCutFrame(in: base, offset: &offset, end: end)
        }
        offset += byteCount
        if !header.opcode.isControl { rules.insideMessage = !header.isFinal }
        guard header.payloadLength <= UInt64(truncatingIfNeeded: end - offset) else {
            self.header = header
            remaining = header.payloadLength
            return unsafe takePayload(in: base, offset: &offset, end: end, beginsFrame: true)
        }
        // The whole frame is here, as nearly always: nothing to remember.
        let start = offset
        let count = Int(truncatingIfNeeded: header.payloadLength)
        offset += count
        if let key = header.maskingKey { unsafe Masking.apply(key, phase: 0, to: base + start, count: count) }
        return FramePart(header: header, payload: start..<offset, beginsFrame: true, endsFrame: true)
    }

    /// Decodes a faultless header that lies whole in the bytes: nearly every header there is.
    ///
    /// - Returns: The header and how many bytes it takes; nil when it is cut short or has a fault. The byte-wise path then
    ///   finds out which, so that the two cannot report differently.
    @inlinable
    @inline(__always)
    func wholeHeader(at base: UnsafeMutableRawPointer, count: Int) -> (header: FrameHeader, byteCount: Int)? {
        guard count >= 2 else { return nil }
        let first = unsafe base.load(as: UInt8.self)
        let second = unsafe base.load(fromByteOffset: 1, as: UInt8.self)
        guard let opcode = try? rules.opcode(ofFirstByte: first),
            let lengthCode = try? rules.lengthCode(ofSecondByte: second, opcode: opcode)
        else { return nil }

        var byteCount = 2
        var length = UInt64(lengthCode)
        if lengthCode == 126 {
            byteCount += 2
            guard count >= byteCount else { return nil }
            length = UInt64(UInt16(bigEndian: unsafe base.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            guard length > 125 else { return nil }
        } else if lengthCode == 127 {
            byteCount += 8
            guard count >= byteCount else { return nil }
            length = UInt64(bigEndian: unsafe base.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard length > 0xFFFF, length <= FrameRules.maxPayloadLength else { return nil }
        }
        var key: MaskingKey?
        if second & 0x80 != 0 {
            guard count >= byteCount + 4 else { return nil }
            key = MaskingKey(bits: unsafe base.loadUnaligned(fromByteOffset: byteCount, as: UInt32.self))
            byteCount += 4
        }
        let header = FrameHeader(
            isFinal: first & 0x80 != 0, rsv1: first & 0x40 != 0, opcode: opcode, maskingKey: key, payloadLength: length)
        return (header, byteCount)
    }

    /// Goes on in a frame whose header or payload was cut, or ends at a fault.
    @usableFromInline
    mutating func nextOfCutFrame(
        in base: UnsafeMutableRawPointer, offset: inout Int, end: Int
    ) throws(FrameError) -> FramePart? {
        if remaining > 0 {
            guard offset < end else { return nil }
            return unsafe takePayload(in: base, offset: &offset, end: end, beginsFrame: false)
        }
        guard try unsafe takeHeaderBytes(at: base, offset: &offset, end: end) else { return nil }
        return unsafe takePayload(in: base, offset: &offset, end: end, beginsFrame: true)
    }

    /// Takes header bytes one at a time, judging each.
    ///
    /// - Returns: Whether the header is now whole.
    private mutating func takeHeaderBytes(
        at base: UnsafeMutableRawPointer, offset: inout Int, end: Int
    ) throws(FrameError) -> Bool {
        if let failure { throw failure }
        while offset < end {
            let byte = unsafe base.load(fromByteOffset: offset, as: UInt8.self)
            offset += 1
            do throws(FrameError) {
                guard try takeHeaderByte(byte) else { continue }
            } catch {
                failure = error
                throw error
            }
            headerByteCount = 0
            remaining = header.payloadLength
            if !header.opcode.isControl { rules.insideMessage = !header.isFinal }
            return true
        }
        return false
    }

    /// Adds one byte to the unfinished header.
    ///
    /// - Returns: Whether it was the last one.
    private mutating func takeHeaderByte(_ byte: UInt8) throws(FrameError) -> Bool {
        headerByteCount += 1
        if headerByteCount == 1 {
            let opcode = try rules.opcode(ofFirstByte: byte)
            header = FrameHeader(
                isFinal: byte & 0x80 != 0, rsv1: byte & 0x40 != 0, opcode: opcode, payloadLength: 0)
            return false
        }
        if headerByteCount == 2 {
            lengthCode = try rules.lengthCode(ofSecondByte: byte, opcode: header.opcode)
            if byte & 0x80 != 0 { header.maskingKey = .zero }
            if lengthCode <= 125 { header.payloadLength = UInt64(lengthCode) }
            return lengthCode <= 125 && header.maskingKey == nil
        }
        let lengthWidth = lengthCode <= 125 ? 0 : lengthCode == 126 ? 2 : 8
        let extensionByteCount = Int(headerByteCount) - 2
        if extensionByteCount <= lengthWidth {
            header.payloadLength = header.payloadLength << 8 | UInt64(byte)
            try FrameRules.check(length: header.payloadLength, byteCount: extensionByteCount, width: lengthWidth)
            return extensionByteCount == lengthWidth && header.maskingKey == nil
        }
        guard let key = header.maskingKey else { return true }
        // Each byte enters at the end of the key and moves towards its beginning.
        header.maskingKey = MaskingKey(key[1], key[2], key[3], byte)
        return extensionByteCount == lengthWidth + 4
    }

    /// Takes the payload of the current frame as far as it is there.
    @usableFromInline
    mutating func takePayload(
        in base: UnsafeMutableRawPointer, offset: inout Int, end: Int, beginsFrame: Bool
    ) -> FramePart {
        let available = UInt64(truncatingIfNeeded: end - offset)
        let count = Int(truncatingIfNeeded: min(available, remaining))
        let start = offset
        if let key = header.maskingKey, count > 0 {
            let position = Int(truncatingIfNeeded: header.payloadLength - remaining)
            unsafe Masking.apply(key, phase: position, to: base + start, count: count)
        }
        offset += count
        remaining -= UInt64(truncatingIfNeeded: count)
        return FramePart(
            header: header, payload: start..<offset, beginsFrame: beginsFrame, endsFrame: remaining == 0)
    }
}
