/// Bytes in memory of their own, put in at the end and taken from the front. The memory is there from the first byte on.
///
/// Whoever drives many filters on one thread lends them one of these: ``TLSFilter/lend(_:)``.
@safe public struct TLSBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private(set) var capacity = 0
    private var start = 0
    private var end = 0

    /// An empty buffer, without memory.
    public init() {
        unsafe base = nil
    }

    deinit {
        unsafe base?.deallocate()
    }

    /// How many bytes are in it.
    public var count: Int { end - start }

    /// Whether there are none.
    public var isEmpty: Bool { start == end }

    /// The bytes.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard let base = unsafe base else { return unsafe body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return unsafe body(UnsafeRawBufferPointer(start: base + start, count: count))
    }

    /// Puts bytes in.
    mutating func append(_ source: UnsafeRawPointer, count added: Int) {
        if capacity - end < added { makeRoom(for: added) }
        guard let base = unsafe base else { return }
        unsafe (base + end).copyMemory(from: source, byteCount: added)
        end += added
    }

    /// Takes bytes out; at most as many as there are.
    mutating func drop(_ dropped: Int) {
        start += min(max(dropped, 0), count)
        if isEmpty {
            start = 0
            end = 0
        }
    }

    /// A copy in memory no larger than needed.
    func trimmed() -> TLSBuffer {
        var copy = TLSBuffer()
        copy.reserve(count)
        unsafe withBytes { bytes in
            if let source = bytes.baseAddress { unsafe copy.append(source, count: bytes.count) }
        }
        return copy
    }

    private mutating func makeRoom(for added: Int) {
        let needed = count + added
        if needed <= capacity / 2, let base = unsafe base {
            unsafe base.copyMemory(from: base + start, byteCount: count)
            end = count
            start = 0
        } else {
            reserve(max(needed, 2 * capacity, 1024))
        }
    }

    private mutating func reserve(_ capacity: Int) {
        guard capacity > self.capacity else { return }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        if let base = unsafe base {
            unsafe memory.copyMemory(from: base + start, byteCount: count)
            unsafe base.deallocate()
        }
        unsafe base = memory
        self.capacity = capacity
        end = count
        start = 0
    }
}
