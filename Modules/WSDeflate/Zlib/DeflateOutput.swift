import WSConnection

/// Memory for what becomes of a message; shared by all connections of a loop, one message at a time.
@safe final class DeflateOutput {
    private var storage = ByteStorage(capacity: 1)
    private(set) var count = 0

    /// Begins a message.
    ///
    /// - Parameter capacity: bytes to begin with.
    func begin(capacity: Int) {
        count = 0
        if storage.capacity < capacity { storage = ByteStorage(capacity: capacity) }
    }

    /// Room behind what was written.
    func room() -> UnsafeMutableRawBufferPointer {
        if storage.capacity - count < Self.leastRoom {
            let larger = ByteStorage(capacity: 2 * storage.capacity + Self.leastRoom)
            unsafe larger.write(storage.base, count: count, at: 0)
            storage = larger
        }
        return unsafe UnsafeMutableRawBufferPointer(start: storage.base + count, count: storage.capacity - count)
    }

    /// Counts what was written into ``room()``.
    func wrote(_ byteCount: Int) {
        count += byteCount
    }

    /// Cuts off the end.
    func removeLast(_ byteCount: Int) {
        count = max(0, count - byteCount)
    }

    /// What was written.
    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: storage.base, count: count) }

    /// The message was taken. Memory for an uncommonly large one is not kept.
    func end() {
        count = 0
        if storage.capacity > Self.mostKept { storage = ByteStorage(capacity: 1) }
    }

    /// With six bytes or less zlib might write the end of a flush twice.
    private static let leastRoom = 64
    private static let mostKept = 1024 * 1024
}
