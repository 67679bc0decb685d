import WSConnection

/// Memory into which messages are decompressed; shared by all connections of a loop.
///
/// A message is handed on as a slice of it. What nobody keeps is written over; behind what a listener keeps, the arena is
/// used on, until so little is left that another is taken.
@safe final class InflateArena {
    private var storage = ByteStorage.empty
    private var used = 0

    /// Begins with a message, or with more of one; what was handed out before has been taken or copied.
    func begin() {
        if isKnownUniquelyReferenced(&storage) {
            used = 0
        } else if storage.capacity - used < Self.leastRoom {
            renew()
        }
    }

    /// Room behind what was written: a byte at least.
    func room(atMost byteCount: Int) -> UnsafeMutableRawBufferPointer {
        if used == storage.capacity {
            if isKnownUniquelyReferenced(&storage) { used = 0 } else { renew() }
        }
        return unsafe UnsafeMutableRawBufferPointer(
            start: storage.base + used, count: min(byteCount, storage.capacity - used))
    }

    /// What was written into ``room(atMost:)``.
    func wrote(_ byteCount: Int) -> Bytes {
        let start = used
        used += byteCount
        return Bytes(storage, start..<used)
    }

    private func renew() {
        storage = ByteStorage(capacity: Self.capacity)
        used = 0
    }

    private static let capacity = 256 * 1024
    private static let leastRoom = 64 * 1024
}
