public import WSConnection

/// permessage-deflate for one connection (RFC 7692 §7).
///
/// Contexts are made when the first message needs them. One that may not refer to earlier messages is given back at the
/// end of each; one that may is kept until the connection ends. A connection that is idle from the start has none.
public final class PerMessageDeflate: MessageCompression {
    /// The extension's registered name.
    public static let extensionName = "permessage-deflate"

    private let ownTerms: Terms
    private var deflater: DeflateContext?
    private var inflater: InflateContext?
    /// Whether any byte of the message that is being received has come.
    private var hasReceived = false

    /// What was agreed.
    public var terms: any CompressionTerms { ownTerms }

    /// Compression for one connection.
    public init(_ terms: Terms) {
        ownTerms = terms
    }

    deinit {
        let (deflater, inflater) = (deflater, inflater)
        if let deflater { ownTerms.workspace.keep(deflater, limit: ownTerms.contextLimit) }
        if let inflater { ownTerms.workspace.keep(inflater, limit: ownTerms.contextLimit) }
    }

    // MARK: Sending

    /// Compresses a fragment: its end is flushed, so that the peer can read all of it; of the last one's flush the tail
    /// is cut off (§7.2.1).
    public func compress(
        _ payload: RawSpan, isFinal: Bool, output: (UnsafeRawBufferPointer) -> Void
    ) throws(CompressionError) {
        guard payload.byteCount > 0 else {
            // A second flush without input gives nothing at all in zlib; an empty block less its tail is one zero byte
            // (§7.2.3.6).
            unsafe withUnsafeBytes(of: UInt8(0)) {
                unsafe output(UnsafeRawBufferPointer(rebasing: $0.prefix(isFinal ? 1 : 0)))
            }
            if isFinal { releaseDeflater() }
            return
        }
        let context: DeflateContext
        if let deflater {
            context = deflater
        } else {
            context = try ownTerms.workspace.deflater(ownTerms.deflate)
            deflater = context
        }
        let deflated = ownTerms.workspace.deflated
        deflated.begin(capacity: ownTerms.deflateChunkSize)
        defer { deflated.end() }
        try unsafe payload.withUnsafeBytes { bytes throws(CompressionError) in
            try unsafe context.compress(bytes, into: deflated)
        }
        if isFinal { deflated.removeLast(Self.tail.count) }
        unsafe output(deflated.bytes)
        if isFinal { releaseDeflater() }
    }

    private func releaseDeflater() {
        guard !ownTerms.keepsDeflater, let context = deflater else { return }
        deflater = nil
        ownTerms.workspace.keep(context, limit: ownTerms.contextLimit)
    }

    // MARK: Receiving

    /// Decompresses bytes as they come. At the end of a message the tail that was cut off is added, upon which the stream
    /// must stand between two blocks: a message that leaves it elsewhere would spoil the next one (§7.2.2).
    public func decompress(
        _ payload: RawSpan, isFinal: Bool, output: (Bytes) -> Bool
    ) throws(CompressionError) {
        let context: InflateContext
        if let inflater {
            context = inflater
        } else {
            context = try ownTerms.workspace.inflater(windowBits: ownTerms.inflateBits)
            inflater = context
        }
        let inflated = ownTerms.workspace.inflated
        inflated.begin()
        if payload.byteCount > 0 {
            hasReceived = true
            let isTaken = try unsafe payload.withUnsafeBytes { bytes throws(CompressionError) in
                try unsafe context.decompress(bytes, into: inflated, chunkSize: ownTerms.inflateChunkSize, take: output)
            }
            guard isTaken else { return }
        }
        guard isFinal else { return }
        // Not even an empty message is empty.
        guard hasReceived else { throw .truncated }
        hasReceived = false
        let isTaken = try unsafe Self.tail.withUnsafeBytes { bytes throws(CompressionError) in
            try unsafe context.decompress(bytes, into: inflated, chunkSize: ownTerms.inflateChunkSize, take: output)
        }
        guard isTaken else { return }
        guard context.isAtBoundary else { throw .truncated }
        guard !ownTerms.keepsInflater else { return }
        inflater = nil
        ownTerms.workspace.keep(context, limit: ownTerms.contextLimit)
    }

    /// The end of the empty stored block with which every message ends, and which is not sent.
    private static let tail: Bytes = [0x00, 0x00, 0xFF, 0xFF]
}
