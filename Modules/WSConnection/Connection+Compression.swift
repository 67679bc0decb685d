import WSFrame

// Compressed messages, in both directions (RFC 7692 §6).
extension Connection {
    // MARK: Receiving

    /// Compressed bytes of a message, unmasked. Its payload is judged piece by piece while it is made, so that neither a
    /// limit nor impossible text is found out only when the memory was spent (RFC 7692 §8).
    mutating func takeCompressed(_ bytes: Bytes, isEnd: Bool, now: Duration) -> ConnectionEvent? {
        guard !bytes.isEmpty || isEnd else { return nil }
        guard let active = compression.use() else { return fail(.frame(.unexpectedRSV1), now: now) }
        let limit = limits.maxPayload > 0 ? limits.maxPayload : Int.max / 8
        let before = message.byteCount
        var run = Bytes()
        var failure: ConnectionFailure?
        do throws(CompressionError) {
            try bytes.withSpan { span throws(CompressionError) in
                try active.compression.decompress(span, isFinal: isEnd) { piece in
                    failure = takeInflated(piece, limit: limit)
                    if failure == nil { active.keep(piece, in: &run) }
                    return failure == nil
                }
            }
        } catch {
            failure = .compression(error)
        }
        if failure == nil, isEnd { failure = judgeEnd() }
        if let failure { return fail(failure, now: now) }
        active.workInTurn += max(message.byteCount - before, bytes.count * Self.inputWeight)
        if shared.values.deliversMessagesInParts { return part(active.takeAll(run), isEnd: isEnd) }
        if isEnd { return finishMessage(active.takeAll(run)) }
        if !run.isEmpty { active.keepApart(run) }
        return nil
    }

    /// Whether one more piece may belong to the message.
    private mutating func takeInflated(_ piece: Bytes, limit: Int) -> ConnectionFailure? {
        guard piece.count <= limit - message.byteCount else { return .messageTooBig(limit: limits.maxPayload) }
        if !message.isBinary, shared.values.validatesUTF8 { return judge(text: piece, isEnd: false) }
        message.byteCount += piece.count
        return nil
    }

    /// Text must not end inside a character (RFC 6455 §8.1).
    private func judgeEnd() -> ConnectionFailure? {
        guard !message.isBinary, shared.values.validatesUTF8, !message.validator.isComplete else { return nil }
        return .invalidUTF8(offset: message.byteCount)
    }

    // MARK: Turns

    /// Whether input is left for later, since what was received would otherwise take too long to decompress in one go
    /// (``ConnectionConfiguration/maxInflatedPerTurn``). Call ``beginTurn()`` when others had theirs.
    public var hasPostponedInput: Bool {
        guard let active = compression.active, input != nil else { return false }
        let limit = shared.values.maxInflatedPerTurn
        return limit > 0 && active.workInTurn >= limit
    }

    /// Lets input be decompressed that was left; then take events. Receiving more has the same effect.
    public mutating func beginTurn() {
        compression.active?.workInTurn = 0
    }

    /// The most bytes to receive at a time: less where they may have to wait for the next turn, as what waits is copied.
    package var inputLimit: Int {
        @inline(__always) get { compression.isAgreed ? 2 * Self.compressedStep : .max }
    }

    /// Input counts as work even if hardly anything comes of it: a table of codes costs more than the text behind it.
    private static var inputWeight: Int { 8 }

    /// Compressed bytes are taken in steps of so many, which become at most a thousand times as many (deflate cannot do
    /// better than 1:1032): a few milliseconds of work after which a turn can end.
    static var compressedStep: Int { 16 * 1024 }

    // MARK: Sending

    /// Compresses a fragment into the output.
    mutating func appendCompressed(
        _ payload: Bytes, by compression: any MessageCompression, _ opcode: Opcode, isFinal: Bool
    ) throws(SendError) {
        do throws(CompressionError) {
            try payload.withSpan { span throws(CompressionError) in
                try unsafe compression.compress(span, isFinal: isFinal) { bytes in
                    unsafe appendFrame(opcode, copying: bytes, isFinal: isFinal, rsv1: opcode != .continuation)
                }
            }
        } catch {
            throw .compression(error)
        }
    }
}

extension ActiveCompression {
    /// Keeps a piece: where it lies as long as the pieces are one run, then in memory of the message's own.
    fileprivate func keep(_ piece: Bytes, in run: inout Bytes) {
        if inflated == nil {
            if run.isEmpty {
                run = piece
                return
            }
            if run.storage === piece.storage, run.upper == piece.lower {
                run = Bytes(run.storage, run.lower..<piece.upper)
                return
            }
            keepApart(run)
            run = Bytes()
        }
        keepApart(piece)
    }

    fileprivate func keepApart(_ bytes: Bytes) {
        let inflated = inflated ?? InflatedPayload()
        self.inflated = inflated
        inflated.append(bytes)
    }

    /// All there is of the message so far.
    fileprivate func takeAll(_ run: Bytes) -> Bytes {
        guard let inflated else { return run }
        self.inflated = nil
        return inflated.join()
    }
}
