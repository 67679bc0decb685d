import WSFrame
import WSHandshake

// Facts from the network, and the events that follow from them.
extension Connection {
    /// Takes bytes the network delivered. They may be changed in place (unmasked), and slices of them are handed on
    /// in events, so the caller uses their memory again only when nobody else refers to it.
    public mutating func receive(_ bytes: consuming Bytes, now: Duration) {
        guard bytes.count > 0, takesInput else { return }
        beginTurn()
        journal?.note(.received(bytes), now: now)
        if keepAlive != .heard { heard() }
        if let held = input {
            // Left from before: a handshake that waited for its answer, or a caller that stopped pulling events.
            leaveChunk()
            let joined = ByteStorage(capacity: inputEnd - inputStart + bytes.count)
            unsafe joined.write(held.base + inputStart, count: inputEnd - inputStart, at: 0)
            unsafe joined.write(bytes.storage.base + bytes.lower, count: bytes.count, at: inputEnd - inputStart)
            inputEnd = inputEnd - inputStart + bytes.count
            inputStart = 0
            input = joined
            ownsInput = true
        } else {
            input = bytes.storage
            inputStart = bytes.lower
            inputEnd = bytes.upper
        }
    }

    /// Takes a copy of bytes the network delivered.
    public mutating func receive(copying span: RawSpan, now: Duration) {
        receive(Bytes(copying: span), now: now)
    }

    /// The stream has ended: the peer sends nothing more, or the connection was lost.
    public mutating func receiveEnd(now: Duration) {
        if !inputHasEnded { journal?.note(.receivedEnd, now: now) }
        inputHasEnded = true
    }

    /// Copies out of the caller's memory what could not be used yet, so that the caller has its memory for itself.
    /// To be called when events are pulled no further for now.
    public mutating func releaseInput() {
        guard let held = input, !ownsInput || inputStart == inputEnd else { return }
        if inputStart < inputEnd {
            let own = ByteStorage(capacity: inputEnd - inputStart)
            unsafe own.write(held.base + inputStart, count: inputEnd - inputStart, at: 0)
            leaveChunk()
            input = own
            ownsInput = true
            inputEnd -= inputStart
            inputStart = 0
        } else {
            finishInput()
        }
    }

    private var takesInput: Bool {
        switch phase {
        case .handshaking, .awaitingAnswer, .readingBody: !inputHasEnded
        case .open: !inputHasEnded && closeHandshake.allowsReceiving
        case .discarding, .ended: false
        }
    }

    // MARK: Events

    /// The next event, or nil when the bytes received so far give no more.
    public mutating func nextEvent(now: Duration) -> ConnectionEvent? {
        guard let journal else { return takeEvent(now: now) }
        let event = takeEvent(now: now)
        if let event { journal.note(.told(event), now: now) }
        return event
    }

    private mutating func takeEvent(now: Duration) -> ConnectionEvent? {
        // First, or a failure that came before anybody asked would precede the opening.
        if phase == .open, handshake != nil { return takeAgreement() }
        if !queuedEvents.isEmpty { return nextQueuedEvent() }
        if input != nil || phase == .handshaking {
            let event: ConnectionEvent?
            switch phase {
            case .open: event = nextFrameEvent(now: now)
            case .handshaking: event = nextHandshakeEvent(now: now)
            case .readingBody: event = nextBodyEvent()
            // Its input waits for the answer; the others have none, as it was dropped and no more is taken.
            case .awaitingAnswer, .discarding, .ended: event = nil
            }
            if let event { return event }
        }
        return inputHasEnded && phase != .ended && !hasPostponedInput ? endEvent() : nil
    }

    private mutating func nextQueuedEvent() -> ConnectionEvent {
        let event = queuedEvents.removeFirst()
        // The memory goes with the last one: most connections never queue another.
        if queuedEvents.isEmpty { queuedEvents = [] }
        return event
    }

    /// All that arrived has been used, and nothing more will come.
    private mutating func endEvent() -> ConnectionEvent {
        // The failure is told in the state closing, the end in the state closed, as always.
        if phase == .handshaking, role == .client, !isAborted { return failHandshake(.endedBeforeOpen) }
        end()
        return closedEvent()
    }

    /// Frames, until one of them gives an event.
    private mutating func nextFrameEvent(now: Duration) -> ConnectionEvent? {
        while let base = unsafe input?.base, inputStart < inputEnd {
            var end = inputEnd
            if compression.isAgreed {
                if hasPostponedInput { return nil }
                end = min(end, inputStart + Self.compressedStep)
            }
            let part: FramePart?
            do throws(FrameError) {
                part = try unsafe decoder.next(in: base, offset: &inputStart, end: end)
            } catch {
                return fail(.frame(error), now: now)
            }
            guard let part, let chunk = input else { continue }
            if part.header.opcode.isControl {
                if let event = take(control: part, in: chunk, now: now) { return event }
            } else {
                if let event = take(data: part, in: chunk, now: now) { return event }
            }
        }
        finishInput()
        if message.isUnfinished, messageDeadline == .never, let timeout = limits.messageTimeout {
            messageDeadline = Deadline(now + timeout)
        }
        return nil
    }

    /// The input has been read through.
    private mutating func finishInput() {
        leaveChunk()
        dropInput()
    }

    /// An unfinished message leaves the caller's memory.
    private mutating func leaveChunk() {
        guard message.isUnfinished, let chunk = input else { return }
        message.assembly.leave(chunk, remaining: message.remainingInFrame, isLastFrame: message.isLastFrame)
    }

    mutating func dropInput() {
        input = nil
        ownsInput = false
        inputStart = 0
        inputEnd = 0
    }

    // MARK: Data frames

    private mutating func take(data part: FramePart, in chunk: ByteStorage, now: Duration) -> ConnectionEvent? {
        let values = shared.values
        if part.beginsFrame {
            if let failure = begin(frame: part.header) { return fail(failure, now: now) }
            // The hot path: a whole message in one frame, of which nothing has to be kept.
            if part.endsFrame, part.header.isFinal, message.frameCount == 1, !message.isCompressed,
                !values.deliversMessagesInParts
            {
                let bytes = Bytes(chunk, part.payload)
                if !message.isBinary, values.validatesUTF8, let failure = judge(text: bytes, isEnd: true) {
                    return fail(failure, now: now)
                }
                let isBinary = message.isBinary
                message.frameCount = 0
                message.announcedByteCount = 0
                message.byteCount = 0
                return .message(Message(bytes: bytes, isBinary: isBinary))
            }
        }
        message.remainingInFrame -= part.payload.count
        return take(payload: part.payload, in: chunk, endsFrame: part.endsFrame, now: now)
    }

    /// Payload bytes of a frame, unmasked, wherever they were read into.
    private mutating func take(
        payload range: Range<Int>, in chunk: ByteStorage, endsFrame: Bool, now: Duration
    ) -> ConnectionEvent? {
        let isEnd = endsFrame && message.isLastFrame
        if message.isCompressed {
            return takeCompressed(Bytes(chunk, range), isEnd: isEnd, now: now)
        } else {
            if !message.isBinary, shared.values.validatesUTF8,
                let failure = judge(text: Bytes(chunk, range), isEnd: isEnd)
            {
                return fail(failure, now: now)
            }
            if shared.values.deliversMessagesInParts { return part(Bytes(chunk, range), isEnd: isEnd) }
            message.assembly.append(
                range, of: chunk, remaining: message.remainingInFrame, isLastFrame: message.isLastFrame)
        }
        return isEnd ? finishMessage() : nil
    }

    private mutating func finishMessage() -> ConnectionEvent { finishMessage(message.assembly.bytes) }

    mutating func finishMessage(_ bytes: Bytes) -> ConnectionEvent {
        let whole = Message(bytes: bytes, isBinary: message.isBinary)
        message.finish()
        messageDeadline = .never
        return .message(whole)
    }

    /// The header of a data frame: what it begins or continues, and whether the limits hold. They are judged before
    /// any payload is kept (RFC 6455 §10.4).
    @inline(__always)
    private mutating func begin(frame header: FrameHeader) -> ConnectionFailure? {
        if header.opcode != .continuation {
            message.isBinary = header.opcode == .binary
            message.isCompressed = header.rsv1
        }
        message.isLastFrame = header.isFinal
        // Without a limit a peer may send as many fragments as it likes: the count stands still rather than trap.
        if message.frameCount < .max { message.frameCount += 1 }
        let limits = shared.values.limits
        if limits.maxFragments > 0, message.frameCount > limits.maxFragments {
            return .tooManyFragments(limit: limits.maxFragments)
        }
        // The decoder admits at most 2^53 - 1 a frame, so a sum over UInt64 would need 2048 such frames to wrap.
        let (sum, overflow) = message.announcedByteCount.addingReportingOverflow(header.payloadLength)
        if overflow || sum > (limits.maxPayload > 0 ? UInt64(limits.maxPayload) : UInt64(Int.max / 8)) {
            return .messageTooBig(limit: limits.maxPayload)
        }
        message.announcedByteCount = sum
        message.remainingInFrame = Int(header.payloadLength)
        return nil
    }

    /// Judges text as it arrives, so that a message fails at the first impossible byte (§8.1).
    mutating func judge(text: Bytes, isEnd: Bool) -> ConnectionFailure? {
        let bad = unsafe message.validator.validate(text.storage.base + text.lower, count: text.count)
        if let bad { return .invalidUTF8(offset: message.byteCount + bad) }
        message.byteCount += text.count
        if isEnd, !message.validator.isComplete { return .invalidUTF8(offset: message.byteCount) }
        return nil
    }

    mutating func part(_ bytes: Bytes, isEnd: Bool) -> ConnectionEvent? {
        if bytes.isEmpty, !isEnd { return nil }
        let event = ConnectionEvent.messagePart(
            MessagePart(bytes: bytes, isBinary: message.isBinary, isFirst: !message.hasDelivered, isLast: isEnd))
        message.hasDelivered = true
        message.assembly.removeAll()
        if isEnd {
            message.finish()
            messageDeadline = .never
        }
        return event
    }

    // MARK: Reading straight into a message

    /// Room in an unfinished message for the payload bytes that come next: whoever reads them there saves a copy.
    ///
    /// - Parameters:
    ///   - minimum: bytes; less than that is not worth it and gives nil.
    ///   - spare: gives memory nobody refers to that has at least so many bytes, if the caller has some to spare. The
    ///     rest of a message moves there at once, instead of into memory that grows as it arrives.
    /// - Returns: memory to be filled from its lower bound on, and then reported with ``receivedDirectly(_:now:)``.
    package mutating func directRoom(
        minimum: Int, spare: (_ byteCount: Int) -> ByteStorage?
    ) -> (storage: ByteStorage, range: Range<Int>)? {
        guard message.isUnfinished, message.remainingInFrame >= minimum, input == nil, !message.isCompressed,
            !shared.values.deliversMessagesInParts, !inputHasEnded, closeHandshake.allowsReceiving
        else { return nil }
        return message.assembly.room(for: message.remainingInFrame, isLastFrame: message.isLastFrame, spare: spare)
    }

    /// Payload bytes were read into ``directRoom(minimum:)``.
    package mutating func receivedDirectly(_ count: Int, now: Duration) {
        guard count > 0, let (storage, range) = message.assembly.freeRoom else { return }
        precondition(count <= range.count, "more bytes than there was room for")
        journal?.note(.received(Bytes(storage, range.prefix(count))), now: now)
        if keepAlive != .heard { heard() }
        var offset = range.lowerBound
        guard let part = try? unsafe decoder.next(in: storage.base, offset: &offset, end: range.lowerBound + count)
        else { return }
        message.remainingInFrame -= part.payload.count
        let isEnd = part.endsFrame && message.isLastFrame
        if !message.isBinary, shared.values.validatesUTF8,
            let failure = judge(text: Bytes(storage, part.payload), isEnd: isEnd)
        {
            queuedEvents.append(fail(failure, now: now))
            return
        }
        message.assembly.appended(part.payload.count)
        if isEnd { queuedEvents.append(finishMessage()) }
    }

    // MARK: Control frames

    private mutating func take(control part: FramePart, in chunk: ByteStorage, now: Duration) -> ConnectionEvent? {
        let payload: Bytes
        if part.beginsFrame, part.endsFrame {
            let slice = Bytes(chunk, part.payload)
            // Fragments before and after this frame are moved together over it, so its payload steps aside.
            payload = message.isUnfinished && message.assembly.lies(in: chunk) ? Bytes(copying: slice) : slice
        } else {
            let partial = control ?? PartialControl()
            partial.append(part.payload, of: chunk)
            control = part.endsFrame ? nil : partial
            guard part.endsFrame else { return nil }
            payload = partial.bytes
        }
        switch part.header.opcode {
        case .ping:
            answer(ping: payload)
            return .ping(payload)
        case .pong:
            return .pong(payload)
        case .close:
            return receive(close: payload, now: now)
        case .continuation, .text, .binary: return nil
        }
    }

    /// Answers a ping, unless the close frame was sent: nothing goes after that (§5.5.1, §5.5.2).
    mutating func answer(ping payload: Bytes) {
        guard shared.values.answersPings, closeHandshake.allowsSending, !isAborted else { return }
        let pongs = pongs ?? PendingPongs()
        self.pongs = pongs
        if pongs.count >= max(1, shared.values.limits.maxPendingPongs) {
            pongs.latest = Bytes(copying: payload)
        } else {
            appendFrame(.pong, payload: payload)
            pongs.count += 1
            pongs.byteCount = bufferedAmount
        }
    }

    private mutating func receive(close payload: Bytes, now: Duration) -> ConnectionEvent {
        let frame: CloseFrame
        do throws(ClosePayloadError) {
            let validates = shared.values.validatesUTF8
            let parsed = try payload.withSpan { span throws(ClosePayloadError) in
                try ClosePayload(parsing: span, validatesReason: validates)
            }
            let reason = payload.slice(parsed.reason)
            frame = CloseFrame(code: parsed.code, reason: reason.isEmpty ? Bytes() : Bytes(copying: reason))
        } catch {
            return fail(.closePayload(error), now: now)
        }
        stopReceiving()
        switch closeHandshake.received(frame, canAnswer: !isAborted) {
        case .echo: appendClose(frame)
        case .complete, .ignore: break
        }
        if !isAborted { armClose(now: now) }
        return .closing(frame)
    }
}
