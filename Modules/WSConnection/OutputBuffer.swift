/// Bytes a connection owes its peer, in order, not yet taken by the transport.
///
/// Small frames are written one behind the other; a large payload stays where it is and is referred to. So what one turn
/// sends leaves in one write, and nothing large is copied.
///
/// An idle connection owns none of these. Who drives many connections on one thread lends each the same buffer while
/// it handles that connection's input (``Connection/lend(_:)``) and takes it back once it was written out.
public final class OutputBuffer {
    // Every method is done with the queue when it returns, and calls nothing that could come back to it but the closure
    // of `withNext`, which has only pointers. So the run-time check of that, several times a message, is off.
    @exclusivity(unchecked) private var queue: OutputQueue

    /// Makes an empty buffer.
    ///
    /// - Parameter capacity: bytes of memory to begin with; it grows as needed.
    public init(capacity: Int = 64 * 1024) {
        unsafe queue = OutputQueue(capacity: capacity)
    }

    /// The number of bytes not yet written.
    public var byteCount: Int {
        @inline(__always) get { unsafe queue.byteCount }
    }

    /// Whether all has been written.
    public var isEmpty: Bool {
        @inline(__always) get { unsafe queue.byteCount == 0 }
    }

    /// How much memory the buffer holds, in bytes, without what it refers to.
    public var capacity: Int { unsafe queue.capacity }

    /// Whether the memory is of a size to take in what one connection sends while it is read: neither so small that it
    /// would grow at once, nor so large that one large message would be paid for ever after.
    package var isLarge: Bool { (16 * 1024...OutputQueue.mostKept).contains(capacity) }

    /// Whether the memory is of a size to be kept by the hundred.
    package var isSmall: Bool { capacity <= 1024 }

    /// Makes room for `count` bytes and gives their place, to be filled before the next call.
    @inline(__always)
    package func append(count: Int) -> UnsafeMutableRawPointer {
        unsafe queue.append(count: count)
    }

    /// Copies bytes behind what is there.
    package func append(copying source: UnsafeRawPointer, count: Int) {
        unsafe append(count: count).copyMemory(from: source, byteCount: count)
    }

    /// Refers to bytes behind what is there.
    package func append(referring bytes: Bytes) {
        unsafe queue.append(referring: bytes)
    }

    /// Lends the next bytes to write: a run of the buffer's memory and the payload that follows it. Either may be
    /// empty. Call ``consume(_:)`` with what was written.
    public func withNext<Result>(
        _ body: (_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Result
    ) -> Result {
        unsafe queue.withNext(body)
    }

    /// Copies the payloads that are small parts of large memories, which they would keep whole while they wait.
    ///
    /// To be called when the transport has no room. A payload referred to may be a slice of a receive chunk many times
    /// its size; a peer that reads slowly could otherwise make us hold a chunk for each message sent to it.
    package func detach() {
        unsafe queue.detach()
    }

    /// Forgets the first `count` bytes.
    ///
    /// - Parameter count: at most what ``withNext(_:)`` lent.
    public func consume(_ count: Int) {
        unsafe queue.consume(count)
    }

    /// Forgets everything, and keeps the memory unless it is much.
    public func removeAll() {
        unsafe queue.removeAll()
    }
}
