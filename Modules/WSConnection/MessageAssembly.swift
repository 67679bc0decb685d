/// The payload of a message that has not wholly arrived.
///
/// While all of it lies in the receive chunk it is a slice of that chunk: fragments are moved together over the
/// headers between them, so a message that arrives in one read never costs an allocation. Only what is unfinished when
/// the chunk has been read through is copied out, into memory that grows with the bytes that arrived, not with the
/// length that was declared (RFC 6455 §10.4).
struct MessageAssembly {
    /// Where the payload lies: the receive chunk, memory of our own, or nowhere yet.
    private(set) var storage: ByteStorage?
    private(set) var start = 0
    private(set) var count = 0

    /// The payload so far.
    var bytes: Bytes {
        guard let storage else { return Bytes() }
        return Bytes(storage, start..<start + count)
    }

    /// Forgets the payload.
    mutating func removeAll() {
        storage = nil
        start = 0
        count = 0
    }

    /// Whether the payload is a slice of `chunk`.
    func lies(in chunk: ByteStorage) -> Bool { storage === chunk }

    /// Adds a piece of the receive chunk.
    ///
    /// - Parameters:
    ///   - remaining: bytes of the current frame that are still to come.
    ///   - isLastFrame: whether the message ends with this frame.
    mutating func append(_ range: Range<Int>, of chunk: ByteStorage, remaining: Int, isLastFrame: Bool) {
        guard !range.isEmpty else { return }
        guard let storage else {
            self.storage = chunk
            start = range.lowerBound
            count = range.count
            return
        }
        if storage === chunk {
            if start + count != range.lowerBound {
                unsafe (chunk.base + start + count).copyMemory(
                    from: chunk.base + range.lowerBound, byteCount: range.count)
            }
        } else {
            reserve(range.count, remaining: remaining, isLastFrame: isLastFrame)
            unsafe self.storage?.write(chunk.base + range.lowerBound, count: range.count, at: start + count)
        }
        count += range.count
    }

    /// Copies the payload out of the chunk, which is about to be used for something else.
    mutating func leave(_ chunk: ByteStorage, remaining: Int, isLastFrame: Bool) {
        guard let storage, storage === chunk else { return }
        let own = ByteStorage(capacity: Self.capacity(count, remaining: remaining, isLastFrame: isLastFrame))
        unsafe own.write(storage.base + start, count: count, at: 0)
        self.storage = own
        start = 0
    }

    /// Room of the assembly's own into which the next `wanted` payload bytes can be read, if there is some.
    ///
    /// - Parameter spare: gives memory that is there already and has at least so many bytes, or nil.
    mutating func room(
        for wanted: Int, isLastFrame: Bool, spare: (_ byteCount: Int) -> ByteStorage?
    ) -> (storage: ByteStorage, range: Range<Int>)? {
        guard let present = storage else { return nil }
        let free = present.capacity - start - count
        if isLastFrame, free < wanted, let whole = spare(count + wanted) {
            move(to: whole)
        } else if free < min(wanted, count) {
            grow(to: Self.capacity(count, remaining: wanted, isLastFrame: isLastFrame))
        }
        return freeRoom.map { ($0.storage, $0.range.prefix(wanted)) }
    }

    /// The room there is behind the payload.
    var freeRoom: (storage: ByteStorage, range: Range<Int>)? {
        guard let storage else { return nil }
        return (storage, start + count..<storage.capacity)
    }

    /// Counts bytes that were read into ``room(for:isLastFrame:)``.
    mutating func appended(_ byteCount: Int) {
        count += byteCount
    }

    private mutating func reserve(_ extra: Int, remaining: Int, isLastFrame: Bool) {
        let needed = count + extra
        if let storage, storage.capacity - start >= needed { return }
        grow(to: Self.capacity(needed, remaining: remaining, isLastFrame: isLastFrame))
    }

    private mutating func grow(to capacity: Int) {
        move(to: ByteStorage(capacity: capacity))
    }

    private mutating func move(to larger: ByteStorage) {
        if let storage { unsafe larger.write(storage.base + start, count: count, at: 0) }
        storage = larger
        start = 0
    }

    /// How much memory to take for bytes that have arrived: at most four times as much, so that memory follows what
    /// was received and not what was announced, and not more than the message needs where its end is known.
    private static func capacity(_ arrived: Int, remaining: Int, isLastFrame: Bool) -> Int {
        let generous = max(4 * arrived, 256)
        return isLastFrame ? min(generous, arrived + remaining) : generous / 2
    }
}
