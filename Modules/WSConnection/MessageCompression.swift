public import WSHandshake

/// The seam for an extension that changes the payload of messages and marks them with RSV1, as permessage-deflate does
/// (RFC 7692): what was agreed. Connections with the same agreement may share one object, so that it costs the idle
/// ones nothing.
public protocol CompressionTerms: AnyObject {
    /// What a message is compressed into, if that is the same whatever was sent before: then a frame made for one
    /// connection is good for every other of the same variant. Nil while messages refer to earlier ones.
    var sharedVariant: CompressionVariant? { get }

    /// Whether a message that begins with this fragment should be compressed.
    ///
    /// - Parameters:
    ///   - byteCount: bytes of the first fragment.
    ///   - isFinal: whether that fragment is the whole message.
    func shouldCompress(byteCount: Int, isFinal: Bool) -> Bool

    /// What one connection compresses with. Asked for when its first message is compressed or decompressed.
    func makeCompression() -> any MessageCompression
}

/// The compression of one connection, which holds its contexts.
public protocol MessageCompression: AnyObject {
    /// What was agreed.
    var terms: any CompressionTerms { get }

    /// Compresses one fragment.
    ///
    /// - Parameters:
    ///   - isFinal: whether the message ends with it.
    ///   - output: takes all of what became of it, in one piece that is good for the time of the call. Called once.
    func compress(
        _ payload: RawSpan, isFinal: Bool, output: (UnsafeRawBufferPointer) -> Void
    ) throws(CompressionError)

    /// Decompresses the next bytes of a message, as they arrive, and hands the output on in pieces.
    ///
    /// - Parameters:
    ///   - isFinal: whether the message ends with them.
    ///   - output: takes a piece; answers false when the message must not become longer, upon which the call returns.
    ///     The memory of a piece is written again in the next call only if nobody refers to it then.
    func decompress(_ payload: RawSpan, isFinal: Bool, output: (Bytes) -> Bool) throws(CompressionError)
}

/// How messages are compressed where none depends on another.
public struct CompressionVariant: Hashable, Sendable {
    private let kind: ObjectIdentifier
    private let settings: Int

    /// A variant of one kind of compression.
    ///
    /// - Parameter settings: a number of the kind's own for all that decides about the output.
    public init(_ kind: any CompressionTerms.Type, settings: Int) {
        self.kind = ObjectIdentifier(kind)
        self.settings = settings
    }
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

/// What a client needs to judge the extensions in a server's answer, and to use what was agreed.
///
/// It is given the extensions the answer names, all of which were offered, and throws if their parameters are
/// unacceptable (``ClientHandshakeError/unacceptableExtensionParameters(_:)``).
public typealias CompressionNegotiation =
    (_ answer: [ExtensionOffer]) throws(ClientHandshakeError) -> (any CompressionTerms)?
