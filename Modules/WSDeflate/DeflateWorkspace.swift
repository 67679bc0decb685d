import WSConnection

/// What the connections of one loop share for compressing: memory for output, and contexts that nobody uses just now.
///
/// A connection that compresses each message on its own has a context for the time of a message only. So ten thousand of
/// them need no more memory than those that are in the middle of one. A workspace belongs to one thread.
public final class DeflateWorkspace {
    let deflated = DeflateOutput()
    let inflated = InflateArena()
    private var deflaters: [DeflateContext] = []
    private var inflaters: [InflateContext] = []

    /// An empty workspace. It takes memory when it is used.
    public init() {}

    /// How many contexts wait for use: compressors and decompressors.
    package var idleContextCount: (deflaters: Int, inflaters: Int) { (deflaters.count, inflaters.count) }

    /// A compressor that knows nothing.
    func deflater(_ settings: DeflateSettings) throws(CompressionError) -> DeflateContext {
        guard let index = deflaters.lastIndex(where: { $0.settings == settings }) else {
            return try DeflateContext(settings)
        }
        let context = deflaters.remove(at: index)
        context.reset()
        return context
    }

    /// A decompressor that knows nothing.
    func inflater(windowBits: Int32) throws(CompressionError) -> InflateContext {
        guard let index = inflaters.lastIndex(where: { $0.windowBits == windowBits }) else {
            return try InflateContext(windowBits: windowBits)
        }
        let context = inflaters.remove(at: index)
        context.reset()
        return context
    }

    /// Takes a compressor back.
    ///
    /// - Parameter limit: how many are kept; 0 for any number. The one that waits longest goes first.
    func keep(_ context: DeflateContext, limit: Int) {
        deflaters.append(context)
        if limit > 0, deflaters.count > limit { deflaters.removeFirst() }
    }

    /// Takes a decompressor back.
    func keep(_ context: InflateContext, limit: Int) {
        inflaters.append(context)
        if limit > 0, inflaters.count > limit { inflaters.removeFirst() }
    }
}
