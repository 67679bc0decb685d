import WSFrame

/// The payload of a control frame that was cut by the network, as far as it has arrived.
final class PartialControl {
    private let storage = ByteStorage(capacity: ClosePayload.maxControlPayload)
    private var count = 0

    /// Adds what has arrived. The decoder has seen to it that there is room.
    func append(_ range: Range<Int>, of chunk: ByteStorage) {
        unsafe storage.write(chunk.base + range.lowerBound, count: range.count, at: count)
        count += range.count
    }

    /// The payload so far.
    var bytes: Bytes { Bytes(storage, 0..<count) }
}
