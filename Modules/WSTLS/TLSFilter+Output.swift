internal import COpenSSL

// What is to be written.
extension TLSFilter {
    /// The most plaintext one ``send(_:_:)`` takes: eight records.
    public static let sendLimit = 8 * recordLimit

    /// The most plaintext of a record (RFC 8446 §5.1).
    private static let recordLimit = 16 * 1024

    /// Encrypts `first`, then `second`, as one, into records as long as they may be.
    ///
    /// - Returns: how many bytes were taken: none before the handshake is complete and after ``close()``, and at most
    ///   ``sendLimit``.
    public func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int {
        guard isEstablished, !hasSentClose, !hasFailed else { return 0 }
        let limit = Self.sendLimit
        if unsafe second.isEmpty || first.count >= limit {
            return unsafe write(UnsafeRawBufferPointer(rebasing: first.prefix(limit)))
        }
        if unsafe first.isEmpty { return unsafe write(UnsafeRawBufferPointer(rebasing: second.prefix(limit))) }

        // Whole records of the first part; then one that begins with the rest of it.
        let whole = first.count / Self.recordLimit * Self.recordLimit
        var count = 0
        if whole > 0 {
            count = unsafe write(UnsafeRawBufferPointer(rebasing: first[..<whole]))
            guard count == whole else { return count }
        }
        let rest = unsafe UnsafeRawBufferPointer(rebasing: first[whole...])
        let added = min(Self.recordLimit - rest.count, second.count)
        count += unsafe withUnsafeTemporaryAllocation(byteCount: rest.count + added, alignment: 16) { record in
            unsafe record.copyMemory(from: rest)
            unsafe UnsafeMutableRawBufferPointer(rebasing: record[rest.count...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: second.prefix(added)))
            return unsafe write(UnsafeRawBufferPointer(record))
        }
        let taken = count - first.count
        guard taken == added, count < limit else { return count }
        let last = unsafe UnsafeRawBufferPointer(rebasing: second[added...].prefix(limit - count))
        return unsafe count + write(last)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let base = bytes.baseAddress, unsafe !bytes.isEmpty else { return 0 }
        ERR_clear_error()
        let written = unsafe SSL_write(ssl, base, Int32(clamping: bytes.count))
        if written > 0 { return Int(written) }
        stopped(with: written)
        return 0
    }

    /// Ends our direction with close_notify; the peer's may go on (RFC 8446 §6.1).
    public func close() {
        guard isEstablished, !hasSentClose, !hasFailed else { return }
        hasSentClose = true
        ERR_clear_error()
        unsafe SSL_shutdown(ssl)
    }

    private var hasFailed: Bool {
        if case .failed = ending { true } else { false }
    }

    // MARK: Ciphertext

    /// Whether there is something to write.
    public var hasOutput: Bool { unsafe !wire.pointee.output.isEmpty }

    /// How many bytes there are to write.
    public var outputByteCount: Int { unsafe wire.pointee.output.count }

    /// Lends the bytes to write, and forgets as many as were written, which the closure answers.
    public func withNextOutput(_ write: (UnsafeRawBufferPointer) -> Int) {
        guard hasOutput else { return }
        let count = unsafe wire.pointee.output.withBytes(write)
        unsafe wire.pointee.output.drop(count)
    }

    /// Forgets what was not written.
    public func discardOutput() {
        unsafe wire.pointee.output = TLSBuffer()
    }

    /// Lends memory to write into, if there is nothing to write yet.
    public func lend(_ buffer: inout TLSBuffer) {
        guard !hasOutput, !isBorrowing else { return }
        isBorrowing = true
        unsafe swap(&wire.pointee.output, &buffer)
    }

    /// Gives memory back, where it was lent. What is left to write moves to memory of its own.
    public func giveBack(_ buffer: inout TLSBuffer) {
        guard isBorrowing else {
            if !hasOutput { discardOutput() }
            return
        }
        isBorrowing = false
        let rest = unsafe wire.pointee.output.trimmed()
        unsafe wire.pointee.output.drop(rest.count)
        unsafe swap(&wire.pointee.output, &buffer)
        unsafe wire.pointee.output = rest
    }
}
