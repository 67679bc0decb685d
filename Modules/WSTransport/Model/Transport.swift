/// A byte stream to one peer: a socket, or one end of an in-memory pipe.
///
/// A transport belongs to the thread of its backend and is not Sendable. It lives until `close()` or `reset()`: while
/// open, its backend keeps it, and it keeps its handler. "Would block", "ended" and "failed" are values, so that
/// nothing a peer does throws or traps.
public protocol Transport: AnyObject {
    /// Who is told about readiness. Held strongly; `close()` lets go of it.
    var handler: (any TransportHandler)? { get set }

    /// The address of our end, asked of the system at each use; nil while connecting and after the end.
    var localAddress: SocketAddress? { get }

    /// The address of the peer, asked of the system at each use; nil while connecting and once the peer is gone.
    var remoteAddress: SocketAddress? { get }

    /// Reads what has arrived into the free capacity at the end of `buffer`, and appends it there.
    func read(into buffer: inout OutputRawSpan) -> ReadOutcome

    /// Reads up to `capacity` bytes to `base`, which must have room for them.
    func read(into base: UnsafeMutableRawPointer, capacity: Int) -> ReadOutcome

    /// Writes `first`, then `second`, as one; either may be empty. Whatever is not taken, the caller offers again.
    func write(_ first: RawSpan, _ second: RawSpan) -> WriteOutcome

    /// Writes `first`, then `second`, as one; either may be empty. Whatever is not taken, the caller offers again.
    func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> WriteOutcome

    /// Says which readiness to report; at first none. Level-triggered: while bytes wait to be read and `reading` is
    /// set, each wait reports it. Costs nothing when nothing changes, and may be called while connecting.
    func setInterest(reading: Bool, writing: Bool)

    /// Whether bytes that `write` took have not been handed to the system, so that `close()` would lose them: a layer in
    /// between keeps them. They follow by themselves, the end of our side behind them.
    var hasUnsent: Bool { get }

    /// Ends our side of the stream: the peer reads the end after all that was written before. Reading goes on.
    /// Idempotent.
    func endWriting()

    /// Releases the connection, or abandons the attempt to connect. The handler is let go and not called again. What
    /// was handed to the system still goes out, unless bytes of the peer wait unread: the system then resets the connection.
    /// Idempotent.
    func close()

    /// Closes in the hardest way: unsent bytes are dropped and the peer's next read fails with ECONNRESET.
    func reset()
}

extension Transport {
    /// Nothing is kept, unless the transport says otherwise.
    public var hasUnsent: Bool { false }

    /// Reads what has arrived into the free capacity at the end of `buffer`, and appends it there.
    public func read(into buffer: inout OutputRawSpan) -> ReadOutcome {
        unsafe buffer.withUnsafeMutableBytes { bytes, initializedCount in
            guard let base = bytes.baseAddress else { return .bytes(0) }
            let outcome = unsafe read(into: base + initializedCount, capacity: bytes.count - initializedCount)
            if case .bytes(let count) = outcome { initializedCount += count }
            return outcome
        }
    }

    /// Writes `first`, then `second`, as one; either may be empty. Whatever is not taken, the caller offers again.
    public func write(_ first: RawSpan, _ second: RawSpan) -> WriteOutcome {
        unsafe first.withUnsafeBytes { first in
            unsafe second.withUnsafeBytes { second in
                unsafe write(first, second)
            }
        }
    }
}
