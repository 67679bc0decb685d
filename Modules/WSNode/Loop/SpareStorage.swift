import WSConnection

/// The memory of the last long message, kept for the next: to take tens of megabytes from the system, touch them and
/// give them back costs more than to read and write as many.
struct SpareStorage {
    private var storage: ByteStorage?

    /// When to let go of it.
    private(set) var expiry: Duration?

    /// What is kept, in bytes: from where it is worth it, to where it would be too much to hold on to.
    private static let sizes = 1 << 20...16 << 20

    /// How long it is kept after its last use.
    private static let lifetime = Duration.seconds(5)

    /// Keeps a storage in place of the one before, unless its size forbids it.
    mutating func keep(_ storage: ByteStorage, now: Duration) {
        guard Self.sizes.contains(storage.capacity) else { return }
        if self.storage !== storage { self.storage = storage }
        expiry = now + Self.lifetime
    }

    /// The storage, if it has room for so many bytes, is not much too large for them, and nobody refers to it.
    mutating func take(atLeast byteCount: Int) -> ByteStorage? {
        guard isKnownUniquelyReferenced(&storage), let storage,
            (storage.capacity / 2...storage.capacity).contains(byteCount)
        else { return nil }
        return storage
    }

    /// Lets go of a storage whose time is up.
    mutating func expire(now: Duration) {
        guard let expiry, expiry <= now else { return }
        storage = nil
        self.expiry = nil
    }
}
