/// Memory for one piece of a stream at a time, placed so that it ends where the memory ends: under the address sanitizer
/// one byte too far is a finding.
struct Scratch {
    private let memory: UnsafeMutableRawPointer
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    /// A copy of `bytes`, at most `capacity` of them, at the end of the memory.
    func place(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawBufferPointer {
        let start = memory + (capacity - bytes.count)
        if let source = bytes.baseAddress { start.copyMemory(from: source, byteCount: bytes.count) }
        return UnsafeMutableRawBufferPointer(start: start, count: bytes.count)
    }
}

/// A growing copy of bytes in memory that is used again for every input.
struct Transcript: ~Copyable {
    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    mutating func removeAll() { count = 0 }

    /// Copies bytes behind what is there; what does not fit is a fault of the harness.
    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        check(bytes.count <= capacity - count, "the transcript is large enough")
        if let source = bytes.baseAddress { (memory + count).copyMemory(from: source, byteCount: bytes.count) }
        count += bytes.count
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }
}

/// Whether two runs of bytes are equal, found out without a branch for each byte, which would each be counted as a thing
/// worth exploring.
@inline(__always)
func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let start = left.baseAddress, let other = right.baseAddress else { return left.isEmpty }
    var difference: UInt64 = 0
    var offset = 0
    while offset + 8 <= left.count {
        let one = start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        difference |= one ^ other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        offset += 8
    }
    while offset < left.count {
        let one = start.load(fromByteOffset: offset, as: UInt8.self)
        difference |= UInt64(one ^ other.load(fromByteOffset: offset, as: UInt8.self))
        offset += 1
    }
    return difference == 0
}
