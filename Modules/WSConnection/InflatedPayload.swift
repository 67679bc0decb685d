/// The payload of a compressed message that came in more than one piece.
///
/// Pieces are copied into chunks, each about as large as all before it, and joined when the message is complete. So
/// every byte is copied twice at most, and while a message grows towards its limit no more memory is touched than it has
/// bytes.
final class InflatedPayload {
    private var chunks: [Bytes] = []
    private var last = ByteStorage.empty
    private var lastCount = 0
    private var count = 0

    /// Adds a piece.
    func append(_ piece: Bytes) {
        var rest = piece
        while !rest.isEmpty {
            if lastCount == last.capacity || last === ByteStorage.empty { beginChunk(for: rest.count) }
            let fitting = min(rest.count, last.capacity - lastCount)
            unsafe last.write(rest.storage.base + rest.lower, count: fitting, at: lastCount)
            lastCount += fitting
            count += fitting
            rest = rest.slice(fitting..<rest.count)
        }
    }

    private func beginChunk(for byteCount: Int) {
        if lastCount > 0 { chunks.append(Bytes(last, 0..<lastCount)) }
        last = ByteStorage(capacity: max(byteCount, count, Self.smallestChunk))
        lastCount = 0
    }

    /// All pieces as one run. Each chunk goes as soon as it is copied.
    func join() -> Bytes {
        guard !chunks.isEmpty else { return Bytes(last, 0..<lastCount) }
        chunks.append(Bytes(last, 0..<lastCount))
        last = .empty
        let whole = ByteStorage(capacity: count)
        var end = 0
        for index in chunks.indices {
            let chunk = chunks[index]
            unsafe whole.write(chunk.storage.base + chunk.lower, count: chunk.count, at: end)
            end += chunk.count
            chunks[index] = Bytes()
        }
        return Bytes(whole, 0..<end)
    }

    private static let smallestChunk = 256
}
