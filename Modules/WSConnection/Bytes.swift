/// An immutable run of bytes, passed on by reference: a slice of the memory it arrived in.
///
/// Keeping a `Bytes` keeps all of that memory, up to the whole receive chunk of the event loop (512 KiB). Who wants to
/// hold a small piece for long makes a copy: `Bytes(copying: bytes)` or `Array(bytes)`.
public struct Bytes: Sendable {
    @usableFromInline package let storage: ByteStorage
    @usableFromInline package let lower: Int
    @usableFromInline package let upper: Int

    /// Wraps bytes that are already there. The caller keeps to the rule stated at ``ByteStorage``.
    @inline(__always)
    package init(_ storage: ByteStorage, _ range: Range<Int>) {
        self.storage = storage
        lower = range.lowerBound
        upper = range.upperBound
    }

    /// No bytes.
    public init() {
        self.init(.empty, 0..<0)
    }

    /// Copies the bytes of a collection.
    public init(_ bytes: some Collection<UInt8>) {
        let storage = ByteStorage(capacity: bytes.count)
        var end = 0
        let copied: Void? = bytes.withContiguousStorageIfAvailable { source in
            if let start = source.baseAddress { unsafe storage.write(start, count: source.count, at: 0) }
            end = source.count
        }
        if copied == nil {
            for byte in bytes where end < storage.capacity {
                unsafe storage.base.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
                end += 1
            }
        }
        self.init(storage, 0..<end)
    }

    /// Copies what a span shows.
    public init(copying span: RawSpan) {
        self = unsafe span.withUnsafeBytes { unsafe Bytes(copying: $0) }
    }

    /// Copies another run, so that the memory it was a slice of can go.
    public init(copying bytes: Bytes) {
        self = unsafe bytes.withUnsafeBytes { unsafe Bytes(copying: $0) }
    }

    /// Bytes that are written straight into fresh memory, as a read from a socket does.
    ///
    /// - Parameters:
    ///   - capacity: the most bytes there is room for.
    ///   - fill: appends any number of them.
    public init<Failure: Error>(
        capacity: Int, filledBy fill: (inout OutputRawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        let storage = ByteStorage(capacity: capacity)
        let memory = unsafe UnsafeMutableRawBufferPointer(start: storage.base, count: storage.capacity)
        var output = unsafe OutputRawSpan(buffer: memory, initializedCount: 0)
        try fill(&output)
        let count = unsafe output.finalize(for: memory)
        self.init(storage, 0..<count)
    }

    package init(copying source: UnsafeRawBufferPointer) {
        let storage = ByteStorage(capacity: source.count)
        if let start = source.baseAddress { unsafe storage.write(start, count: source.count, at: 0) }
        self.init(storage, 0..<source.count)
    }

    /// The UTF-8 of a string.
    public init(utf8 string: String) {
        self.init(string.utf8)
    }

    /// Part of the run, sharing its memory.
    ///
    /// - Parameter range: positions counted from 0; what lies outside the run is cut off.
    public func slice(_ range: Range<Int>) -> Bytes {
        let range = range.clamped(to: 0..<count)
        return Bytes(storage, lower + range.lowerBound..<lower + range.upperBound)
    }

    /// Lends the bytes for the time of a call.
    @inlinable
    public func withSpan<Result, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result
    {
        let span = unsafe RawSpan(_unsafeStart: storage.base + lower, byteCount: upper - lower)
        let result = try body(span)
        withExtendedLifetime(storage) {}
        return result
    }

    /// Lends the bytes as a buffer pointer for the time of a call.
    @inlinable
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result = try unsafe body(UnsafeRawBufferPointer(start: storage.base + lower, count: upper - lower))
        withExtendedLifetime(storage) {}
        return result
    }
}

extension Bytes: RandomAccessCollection {
    /// Always 0.
    @inlinable
    public var startIndex: Int { 0 }

    /// The number of bytes.
    @inlinable
    public var endIndex: Int { upper - lower }

    /// The number of bytes.
    @inlinable
    public var count: Int { upper - lower }

    /// One byte.
    ///
    /// - Parameter position: 0 ..< `count`; anything else is a programming error and traps.
    @inlinable
    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < upper - lower, "position outside the bytes")
        return unsafe storage.base.load(fromByteOffset: lower + position, as: UInt8.self)
    }

    /// Lends the bytes to algorithms of the standard library.
    @inlinable
    public func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result? {
        let start = unsafe UnsafePointer((storage.base + lower).assumingMemoryBound(to: UInt8.self))
        let result = try unsafe body(UnsafeBufferPointer(start: start, count: upper - lower))
        withExtendedLifetime(storage) {}
        return result
    }

    /// Copies the bytes at once where the standard library would go from one to the next, as in `Array(bytes)`.
    @inlinable
    public func _copyContents(
        initializing destination: UnsafeMutableBufferPointer<UInt8>
    ) -> (IndexingIterator<Bytes>, Int) {
        let copied = Swift.min(count, destination.count)
        if let start = destination.baseAddress, copied > 0 {
            unsafe UnsafeMutableRawPointer(start).copyMemory(from: storage.base + lower, byteCount: copied)
        }
        return (IndexingIterator(_elements: self, _position: copied), copied)
    }
}

extension Bytes: Hashable {
    /// Whether both runs hold the same bytes.
    public static func == (left: Bytes, right: Bytes) -> Bool {
        let count = left.count
        guard count == right.count else { return false }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                var offset = 0
                while offset <= count - 8 {
                    let word = unsafe left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    guard unsafe word == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else {
                        return false
                    }
                    offset += 8
                }
                while offset < count {
                    guard unsafe left[offset] == right[offset] else { return false }
                    offset += 1
                }
                return true
            }
        }
    }

    /// Hashes the contents.
    public func hash(into hasher: inout Hasher) {
        unsafe withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
}

extension Bytes: ExpressibleByArrayLiteral, CustomStringConvertible {
    /// Bytes written as a list.
    public init(arrayLiteral elements: UInt8...) {
        self.init(elements)
    }

    /// The bytes in hexadecimal, at most the first 64.
    public var description: String {
        let shown = prefix(64).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        return count > 64 ? "\(shown) … (\(count) bytes)" : shown
    }
}

extension String {
    /// The text of bytes that are UTF-8, as a text message's are; other bytes are replaced by U+FFFD.
    public init(_ bytes: Bytes) {
        self = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
