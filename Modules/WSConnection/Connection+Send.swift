import WSFrame

// Wishes of the application: messages, pings and pongs.
extension Connection {
    /// Sends a message, or a fragment of one (RFC 6455 §6.1, §5.4).
    ///
    /// The bytes are in the output when the call returns; large ones by reference where that saves a copy. Bytes sent as
    /// text must be UTF-8 (§8.1), to which the caller sees: those of a received text are, and ``send(text:isFinal:compress:now:)``
    /// sends no others.
    ///
    /// - Parameters:
    ///   - isBinary: the type of the message. Only that of its first fragment counts. Bytes sent as text must be UTF-8
    ///     (§5.6): that is the caller's to see to, as a second look at what is passed on would cost as much as the first.
    ///   - isFinal: whether the message ends here. While it does not, the next call continues it.
    ///   - compress: whether the message may be compressed, if that was agreed. Only the first fragment's counts.
    /// - Returns: whether the queue is still below ``Limits/highWaterMark``. False is advice: wait for `drained`.
    @discardableResult
    public mutating func send(
        _ payload: Bytes, isBinary: Bool, isFinal: Bool = true, compress: Bool = true, now: Duration
    ) throws(SendError) -> Bool {
        if let journal {
            let call = ConnectionCall.send(payload, isBinary: isBinary, isFinal: isFinal, compress: compress)
            journal.note(.called(call), now: now)
        }
        try checkSending()
        if compression.isAgreed || !isFinal || !outgoing.isNone {
            return try sendFragment(payload, isBinary: isBinary, isFinal: isFinal, compress: compress, now: now)
        }
        appendFrame(isBinary ? .binary : .text, payload: payload)
        return checkQueue(now: now)
    }

    /// Sends a text message, or a fragment of one. A Swift string is always valid UTF-8 (§8.1).
    ///
    /// - Returns: as ``send(_:isBinary:isFinal:compress:now:)``.
    @discardableResult
    public mutating func send(
        text: String, isFinal: Bool = true, compress: Bool = true, now: Duration
    ) throws(SendError) -> Bool {
        if let journal {
            let call = ConnectionCall.send(Bytes(utf8: text), isBinary: false, isFinal: isFinal, compress: compress)
            journal.note(.called(call), now: now)
        }
        try checkSending()
        if !compression.isAgreed, isFinal, outgoing.isNone {
            var text = text
            text.withUTF8 { utf8 in
                unsafe appendFrame(.text, copying: UnsafeRawBufferPointer(utf8))
            }
            return checkQueue(now: now)
        }
        return try sendFragment(
            Bytes(utf8: text), isBinary: false, isFinal: isFinal, compress: compress, now: now)
    }

    /// Sends a frame that was encoded before, for one of many receivers.
    ///
    /// A client cannot share frames, as each has a key of its own: there the message is framed anew.
    ///
    /// - Returns: as ``send(_:isBinary:isFinal:compress:now:)``.
    @discardableResult
    public mutating func send(_ prepared: PreparedMessage, now: Duration) throws(SendError) -> Bool {
        guard role == .server, outgoing.isNone, let frame = prepared.frame(for: compression.terms) else {
            return try send(prepared.message.bytes, isBinary: prepared.message.isBinary, now: now)
        }
        journal?.note(.called(.sendPrepared(prepared.message)), now: now)
        try checkSending()
        if frame.count >= shared.values.referenceThreshold {
            _ = unsafe appendOutput(0)
            outputBuffer?.append(referring: frame)
        } else {
            unsafe frame.withUnsafeBytes { unsafe appendRaw($0) }
        }
        return checkQueue(now: now)
    }

    /// Sends a ping (§5.5.2).
    ///
    /// - Parameter payload: at most 125 bytes.
    @discardableResult
    public mutating func sendPing(_ payload: Bytes = Bytes(), now: Duration) throws(SendError) -> Bool {
        try sendControl(.ping, payload, now: now)
    }

    /// Sends a pong that no ping asked for (§5.5.3).
    ///
    /// - Parameter payload: at most 125 bytes.
    @discardableResult
    public mutating func sendPong(_ payload: Bytes = Bytes(), now: Duration) throws(SendError) -> Bool {
        try sendControl(.pong, payload, now: now)
    }

    private mutating func sendControl(_ opcode: Opcode, _ payload: Bytes, now: Duration) throws(SendError) -> Bool {
        journal?.note(.called(opcode == .ping ? .ping(payload) : .pong(payload)), now: now)
        try checkSending()
        guard payload.count <= ClosePayload.maxControlPayload else {
            throw .controlPayloadTooLong(byteCount: payload.count)
        }
        appendFrame(opcode, payload: payload)
        return checkQueue(now: now)
    }

    @inline(__always)
    private func checkSending() throws(SendError) {
        guard phase == .open else {
            throw phase == .ended || phase == .discarding || isAborted ? .closing : .notOpen
        }
        guard closeHandshake.allowsSending, !isAborted else { throw .closing }
    }

    private mutating func sendFragment(
        _ payload: Bytes, isBinary: Bool, isFinal: Bool, compress: Bool, now: Duration
    ) throws(SendError) -> Bool {
        var opcode: Opcode = isBinary ? .binary : .text
        var isCompressed = false
        switch outgoing {
        case .none:
            if compress, let terms = compression.terms {
                isCompressed = terms.shouldCompress(byteCount: payload.count, isFinal: isFinal)
            }
        case .unfinished(let wasCompressed):
            opcode = .continuation
            isCompressed = wasCompressed
        }
        if isCompressed, let active = compression.use() {
            try appendCompressed(payload, by: active.compression, opcode, isFinal: isFinal)
        } else {
            appendFrame(opcode, payload: payload, isFinal: isFinal)
        }
        outgoing = isFinal ? .none : .unfinished(isCompressed: isCompressed)
        return checkQueue(now: now)
    }

    // MARK: Framing

    /// Adds a frame to the output: large payloads by reference, unless they have to be masked.
    @inline(__always)
    mutating func appendFrame(_ opcode: Opcode, payload: Bytes, isFinal: Bool = true) {
        if payload.count >= shared.values.referenceThreshold, maskingKeys == nil {
            let header = FrameHeader(isFinal: isFinal, opcode: opcode, payloadLength: UInt64(payload.count))
            let count = header.encodedByteCount
            unsafe header.encode(to: appendOutput(count))
            outputBuffer?.append(referring: payload)
        } else {
            // Whoever called us keeps the payload alive, so its memory needs no lease of its own.
            let bytes = unsafe UnsafeRawBufferPointer(start: payload.storage.base + payload.lower, count: payload.count)
            unsafe appendFrame(opcode, copying: bytes, isFinal: isFinal)
        }
    }

    /// Adds a frame with a copy of the payload, masked if we are the client.
    @inline(__always)
    mutating func appendFrame(
        _ opcode: Opcode, copying payload: UnsafeRawBufferPointer, isFinal: Bool = true, rsv1: Bool = false
    ) {
        let key = maskingKeys?.nextKey()
        let header = FrameHeader(
            isFinal: isFinal, rsv1: rsv1, opcode: opcode, maskingKey: key, payloadLength: UInt64(payload.count))
        let headerCount = header.encodedByteCount
        let place = unsafe appendOutput(headerCount + payload.count)
        unsafe header.encode(to: place)
        guard let source = payload.baseAddress, payload.count > 0 else { return }
        if let key {
            unsafe Masking.copy(source, to: place + headerCount, count: payload.count, key: key, phase: 0)
        } else {
            unsafe (place + headerCount).copyMemory(from: source, byteCount: payload.count)
        }
    }

    /// Adds the close frame, the last one we send (§5.5.1).
    mutating func appendClose(_ frame: CloseFrame) {
        var body: [UInt8] = []
        if let code = frame.code {
            body = [UInt8(truncatingIfNeeded: code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
            body.append(contentsOf: frame.reason)
        }
        unsafe body.withUnsafeBytes { unsafe appendFrame(.close, copying: $0) }
    }

    /// Adds bytes that are no frame, or a finished one.
    mutating func appendRaw(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.baseAddress, bytes.count > 0 else { return }
        unsafe appendOutput(bytes.count).copyMemory(from: first, byteCount: bytes.count)
    }

    /// Room for `count` more bytes of output, to be filled at once. A buffer of the size needed is made where none was lent.
    @inline(__always)
    private mutating func appendOutput(_ count: Int) -> UnsafeMutableRawPointer {
        if outputBuffer == nil { outputBuffer = OutputBuffer(capacity: max(count, 64)) }
        // The buffer cannot go away inside the call, so it is used without being retained for each frame.
        return unsafe Unmanaged.passUnretained(outputBuffer.unsafelyUnwrapped)._withUnsafeGuaranteedRef {
            unsafe $0.append(count: count)
        }
    }
}

extension Connection.OutgoingMessage {
    var isNone: Bool {
        switch self {
        case .none: true
        case .unfinished: false
        }
    }
}
