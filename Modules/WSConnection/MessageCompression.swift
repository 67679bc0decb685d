/// The seam for an extension that changes the payload of messages and marks them with RSV1, as permessage-deflate does
/// (RFC 7692). One object belongs to one connection and holds its contexts.
public protocol MessageCompression: AnyObject {
    /// Whether a message that begins with this fragment should be compressed.
    ///
    /// - Parameters:
    ///   - byteCount: bytes of the first fragment.
    ///   - isFinal: whether that fragment is the whole message.
    func shouldCompress(byteCount: Int, isFinal: Bool) -> Bool

    /// Compresses one fragment.
    ///
    /// - Parameter isFinal: whether the message ends with it.
    func compress(_ payload: RawSpan, isFinal: Bool) throws(CompressionError) -> Bytes

    /// Decompresses the next bytes of a message, as they arrive, and hands the output on in pieces.
    ///
    /// - Parameters:
    ///   - isFinal: whether the message ends with them.
    ///   - output: takes a piece; answers false when the message has become too long, upon which the call returns.
    func decompress(
        _ payload: RawSpan, isFinal: Bool, output: (UnsafeRawBufferPointer) -> Bool
    ) throws(CompressionError)
}

/// Why a payload could not be compressed or decompressed.
public struct CompressionError: Error, Equatable, Sendable {
    /// The library's own name of the fault, such as `Z_DATA_ERROR`.
    public var code: String
    /// The library's text.
    public var message: String

    /// Names a fault.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}
