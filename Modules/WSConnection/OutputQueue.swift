/// Bytes in the order in which they leave: small ones in memory of the queue's own, large ones by reference.
///
///     memory   [ header, payload, header, payload, header ][ free ]
///                                                        └─ large payload, by reference
struct OutputQueue: ~Copyable {
    /// A payload by reference, and how many of the queue's own bytes come before it.
    private struct Reference {
        var byteCountBefore: Int
        var bytes: Bytes
    }

    private var memory: ByteStorage
    private var start = 0
    private var end = 0
    private var references: [Reference] = []
    private var firstReference = 0
    /// Up to here references were looked at by `detach`.
    private var detachedReferenceCount = 0
    private var referredByteCount = 0
    /// How many of the queue's own bytes come before some reference.
    private var placedByteCount = 0

    init(capacity: Int) {
        memory = ByteStorage(capacity: capacity)
    }

    var capacity: Int { memory.capacity }

    var byteCount: Int {
        @inline(__always) get { end - start + referredByteCount }
    }

    // MARK: Filling

    @inline(__always)
    mutating func append(count: Int) -> UnsafeMutableRawPointer {
        if end + count > memory.capacity { makeRoom(for: count) }
        let place = unsafe memory.base + end
        end += count
        return unsafe place
    }

    mutating func append(referring bytes: Bytes) {
        guard bytes.count > 0 else { return }
        let before = end - start - placedByteCount
        placedByteCount += before
        references.append(Reference(byteCountBefore: before, bytes: bytes))
        referredByteCount += bytes.count
    }

    @inline(never)
    private mutating func makeRoom(for count: Int) {
        let unwritten = end - start
        if unwritten + count > memory.capacity || start < memory.capacity / 2 {
            let larger = ByteStorage(capacity: max(unwritten + count, 2 * memory.capacity))
            unsafe larger.write(memory.base + start, count: unwritten, at: 0)
            memory = larger
        } else {
            unsafe memory.base.copyMemory(from: memory.base + start, byteCount: unwritten)
        }
        start = 0
        end = unwritten
    }

    // MARK: Writing out

    /// The next bytes: a run of the queue's own memory, and the payload that follows it. Either may be empty.
    func withNext<Result>(
        _ body: (_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard firstReference < references.count else {
            return unsafe body(
                UnsafeRawBufferPointer(start: memory.base + start, count: end - start),
                UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let next = references[firstReference]
        return unsafe next.bytes.withUnsafeBytes { payload in
            unsafe body(UnsafeRawBufferPointer(start: memory.base + start, count: next.byteCountBefore), payload)
        }
    }

    mutating func detach() {
        for index in max(firstReference, detachedReferenceCount)..<references.count {
            let bytes = references[index].bytes
            if bytes.storage.capacity / 4 > bytes.count { references[index].bytes = Bytes(copying: bytes) }
        }
        detachedReferenceCount = references.count
    }

    /// Forgets the first `count` bytes, at most what `withNext` lent.
    mutating func consume(_ count: Int) {
        guard count > 0 else { return }
        if firstReference < references.count {
            let own = min(count, references[firstReference].byteCountBefore)
            start += own
            placedByteCount -= own
            references[firstReference].byteCountBefore -= own
            let referred = count - own
            if referred > 0 {
                let bytes = references[firstReference].bytes
                references[firstReference].bytes = bytes.slice(referred..<bytes.count)
                referredByteCount -= min(referred, bytes.count)
                if referred >= bytes.count { dropFirstReference() }
            }
        } else {
            start += min(count, end - start)
        }
        if byteCount == 0 { removeAll() }
    }

    mutating func removeAll() {
        start = 0
        end = 0
        if memory.capacity > Self.mostKept { memory = ByteStorage(capacity: 64 * 1024) }
        guard !references.isEmpty else { return }
        references.removeAll(keepingCapacity: references.count <= 64)
        firstReference = 0
        detachedReferenceCount = 0
        referredByteCount = 0
        placedByteCount = 0
    }

    /// The most memory that is kept once everything was written.
    static let mostKept = 1024 * 1024

    private mutating func dropFirstReference() {
        references[firstReference].bytes = Bytes()
        firstReference += 1
        // The array is moved up only when half of it is spent, so that a long queue stays linear.
        if firstReference * 2 > references.count, firstReference > 16 {
            references.removeFirst(firstReference)
            detachedReferenceCount = max(0, detachedReferenceCount - firstReference)
            firstReference = 0
        }
    }
}
