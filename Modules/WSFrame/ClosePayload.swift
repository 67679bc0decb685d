/// The body of a close frame (RFC 6455 §5.5.1): nothing, or a code and perhaps a reason.
public struct ClosePayload: Equatable, Sendable {
    /// The longest payload of any control frame (§5.5).
    @inlinable
    public static var maxControlPayload: Int { 125 }

    /// The longest reason, in bytes of UTF-8: what the two bytes of the code leave free.
    @inlinable
    public static var maxReasonByteCount: Int { maxControlPayload - 2 }

    /// The code; nil when the body is empty, which is reported as 1005 (§7.1.5).
    public var code: CloseCode?

    /// Where the reason is, in the body.
    public var reason: Range<Int>

    /// Reads a body that has arrived whole and unmasked.
    ///
    /// - Parameters:
    ///   - body: The payload of a close frame. `FrameDecoder` has seen to its length.
    ///   - validatesReason: Whether the reason must be UTF-8, as the RFC demands. Off only where the peer is trusted.
    public init(parsing body: RawSpan, validatesReason: Bool = true) throws(ClosePayloadError) {
        let byteCount = body.byteCount
        guard byteCount > 0 else {
            code = nil
            reason = 0..<0
            return
        }
        guard byteCount > 1 else { throw .truncatedCode }
        let first = unsafe body.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
        let second = unsafe body.unsafeLoad(fromByteOffset: 1, as: UInt8.self)
        let code = CloseCode(UInt16(first) << 8 | UInt16(second))
        guard code.mayAppearOnTheWire else { throw .invalidCode(code.rawValue) }
        if validatesReason {
            var validator = UTF8Validator()
            if let offset = validator.validate(body.extracting(2...)) { throw .invalidReason(offset: 2 + offset) }
            guard validator.isComplete else { throw .invalidReason(offset: byteCount) }
        }
        self.code = code
        reason = 2..<byteCount
    }
}
