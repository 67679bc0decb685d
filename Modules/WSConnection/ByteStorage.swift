/// Memory that any number of ``Bytes`` share.
///
/// Who fills a storage writes only where no `Bytes` has been handed out yet, or when nobody else refers to it (the
/// receive chunk is used again only while it is uniquely referenced). Under that rule the bytes behind a `Bytes` never
/// change, which is what makes it safe to send to another thread.
@safe public final class ByteStorage: @unchecked Sendable {
    /// The first byte; valid as long as the storage lives.
    @usableFromInline package let base: UnsafeMutableRawPointer

    /// How many bytes fit.
    public let capacity: Int

    /// Reserves memory without touching it.
    ///
    /// - Parameter capacity: bytes; at least one is reserved.
    public init(capacity: Int) {
        self.capacity = max(capacity, 1)
        unsafe base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit {
        unsafe base.deallocate()
    }

    /// What every empty ``Bytes`` refers to.
    @usableFromInline package static let empty = ByteStorage(capacity: 1)

    /// Copies `count` bytes from `source` to `offset`.
    @inline(__always)
    package func write(_ source: UnsafeRawPointer, count: Int, at offset: Int) {
        unsafe (base + offset).copyMemory(from: source, byteCount: count)
    }
}
