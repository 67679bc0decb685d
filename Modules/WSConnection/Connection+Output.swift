import WSFrame

// What the caller must do: write, and end the stream.
extension Connection {
    /// What to do with the stream, besides reading and writing.
    public enum StreamAction: Sendable, Equatable {
        /// Nothing.
        case none
        /// Send our end of the stream (`shutdown` of the writing side), and go on reading until the peer's.
        case endWriting
        /// Close the stream at once: it has ended, the application gave it up, or the peer did not keep a deadline.
        case close
    }

    /// What to do with the stream now. To be asked after the output was written as far as possible.
    public var nextStreamAction: StreamAction {
        @inline(__always) get {
            if isAborted { return .close }
            switch phase {
            case .handshaking, .awaitingAnswer, .readingBody: return .none
            case .open: return !hasOutput && closeHandshake.endsStream(as: role) ? .endWriting : .none
            case .discarding: return hasOutput ? .none : .endWriting
            case .ended: return .close
            }
        }
    }

    /// All that has to be asked when a turn of the connection is over, in one answer.
    package struct Duties {
        /// There is something to write.
        package var hasOutput: Bool
        /// See ``Connection/hasPostponedInput``.
        package var hasPostponedInput: Bool
        /// See ``Connection/wantsToRead``.
        package var wantsToRead: Bool
        /// See ``Connection/nextStreamAction``.
        package var streamAction: StreamAction
        /// See ``Connection/nextDeadline``.
        package var deadline: Duration?
    }

    // The following change nothing. As mutating methods they are not given a copy of the connection, which the compiler
    // makes for a getter of something stored in a class.

    /// What the caller must do next.
    @inline(never)
    package mutating func takeStock() -> Duties {
        Duties(
            hasOutput: hasOutput, hasPostponedInput: hasPostponedInput, wantsToRead: wantsToRead,
            streamAction: nextStreamAction, deadline: nextDeadline)
    }

    /// Whether there are events to take.
    package mutating func owesEvents() -> Bool {
        !queuedEvents.isEmpty || input != nil || handshake != nil || (inputHasEnded && phase != .ended)
    }

    /// See ``hasOutput``.
    package mutating func owesOutput() -> Bool { hasOutput }

    /// See ``wantsToRead``.
    package mutating func asksForInput() -> Bool { wantsToRead }

    /// Whether what the peer still sends is read for its end only: its last frame has come, or the connection has failed.
    package mutating func discardsInput() -> Bool { phase == .open && !closeHandshake.allowsReceiving }

    /// Whether there is something to write.
    public var hasOutput: Bool {
        @inline(__always) get { !(outputBuffer?.isEmpty ?? true) }
    }

    /// Queued output, in bytes, frame headers included.
    public var bufferedAmount: Int { outputBuffer?.byteCount ?? 0 }

    /// Lends the next bytes to write, in at most two pieces, and forgets as many as were written.
    ///
    /// - Parameter write: writes from the first piece, then from the second, and answers how many bytes it wrote.
    /// - Returns: whether there is more to write.
    @discardableResult
    public mutating func withNextOutput(
        _ write: (_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int
    ) -> Bool {
        guard let buffer = outputBuffer, !buffer.isEmpty else { return false }
        if journal != nil { return unsafe withNextOutput(of: buffer, noting: write) }
        let (count, lent) = unsafe buffer.withNext { first, second in
            unsafe (max(0, write(first, second)), first.count + second.count)
        }
        consume(count, of: buffer, lent: lent)
        return hasOutput
    }

    @inline(never)
    private mutating func withNextOutput(
        of buffer: OutputBuffer,
        noting write: (_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int
    ) -> Bool {
        let (written, lent) = unsafe buffer.withNext { first, second in
            let count = unsafe max(0, write(first, second))
            return unsafe (
                Array(first.prefix(count)) + Array(second.prefix(max(0, count - first.count))),
                first.count + second.count
            )
        }
        journal?.note(.wrote(written), now: nil)
        consume(written.count, of: buffer, lent: lent)
        return hasOutput
    }

    @inline(__always)
    private mutating func consume(_ count: Int, of buffer: OutputBuffer, lent: Int) {
        buffer.consume(count)
        if count < lent { buffer.detach() }
        // There was no room before, so the peer has read: it lives, even while we do not listen.
        if isChoked, wasRefused, count > 0 { heard() }
        wasRefused = count < lent
        if let pongs { wrote(count, pongs) }
        settleOutput()
    }

    /// Takes all output, as a copy.
    public mutating func takeOutput() -> [UInt8] {
        var all: [UInt8] = []
        while hasOutput {
            unsafe withNextOutput { first, second in
                unsafe all.append(contentsOf: first)
                unsafe all.append(contentsOf: second)
                return first.count + second.count
            }
        }
        return all
    }

    /// Forgets all output: the stream takes no more.
    public mutating func discardOutput() {
        if hasOutput { journal?.note(.called(.discardOutput), now: nil) }
        forgetOutput()
    }

    mutating func forgetOutput() {
        outputBuffer?.removeAll()
        pongs = nil
        settleOutput()
    }

    /// Lends a buffer to write the output into, if the connection has none.
    public mutating func lend(_ buffer: inout OutputBuffer?) {
        guard outputBuffer == nil else { return }
        outputBuffer = buffer
        buffer = nil
    }

    /// Lends a buffer to write the output into, which is asked for only if the connection has none.
    @inline(__always)
    package mutating func lend(_ buffer: () -> OutputBuffer?) {
        if outputBuffer == nil { outputBuffer = buffer() }
    }

    /// Takes the output buffer back, if it is empty. An idle connection should own none.
    public mutating func reclaimOutputBuffer() -> OutputBuffer? {
        guard let buffer = outputBuffer, buffer.isEmpty else { return nil }
        outputBuffer = nil
        return buffer
    }

    /// What follows from output having been written.
    @inline(__always)
    private mutating func settleOutput() {
        if let outputBuffer, !outputBuffer.isEmpty {
            if outputBuffer.byteCount > shared.values.limits.highWaterMark { isChoked = true }
            return
        }
        guard isChoked else { return }
        isChoked = false
        if state == .open { queuedEvents.append(.drained) }
    }

    /// What follows for the pongs from output having been written.
    private mutating func wrote(_ count: Int, _ pongs: PendingPongs) {
        pongs.byteCount -= count
        guard pongs.byteCount <= 0 else { return }
        self.pongs = nil
        if let latest = pongs.latest { answer(ping: latest) }
    }

    /// Whether the queue is below the high-water mark; past its end, the connection fails.
    @inline(__always)
    mutating func checkQueue(now: Duration) -> Bool {
        let queued = bufferedAmount
        let limits = shared.values.limits
        if limits.maxQueuedBytes > 0, queued > limits.maxQueuedBytes {
            queuedEvents.append(fail(.tooMuchQueued(limit: limits.maxQueuedBytes), now: now))
            return false
        }
        guard queued > limits.highWaterMark else { return true }
        // Whoever is told to wait for `drained` gets it, however much of the queue the next write takes.
        isChoked = true
        return false
    }
}
