/// Bytes in the order they came. Taking from the front moves no bytes until half of the storage is spent.
struct ByteQueue {
    private var storage: [UInt8] = []
    private var head = 0

    var count: Int {
        storage.count - head
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        unsafe storage.append(contentsOf: bytes)
    }

    /// Moves the first bytes to `base`, which has room for them; `count` is at most what there is.
    mutating func take(_ count: Int, into base: UnsafeMutableRawPointer) {
        unsafe storage.withUnsafeBytes { bytes in
            guard let source = bytes.baseAddress else { return }
            unsafe base.copyMemory(from: source + head, byteCount: count)
        }
        drop(count)
    }

    /// Forgets the first bytes.
    mutating func drop(_ count: Int) {
        head += min(count, self.count)
        if head == storage.count {
            // What is small is kept: a stream that is written and read by turns needs it again at once.
            storage.removeAll(keepingCapacity: storage.capacity <= Self.keptCapacity)
            head = 0
        } else if head > storage.count / 2 {
            storage.removeSubrange(..<head)
            head = 0
        }
    }

    private static let keptCapacity = 16 * 1024

    /// Forgets the last bytes.
    mutating func dropLast(_ count: Int) {
        storage.removeLast(min(count, self.count))
    }
}
