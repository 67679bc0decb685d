import WSConnection

extension Duplex {
    /// Whether ``pause()`` was called last, rather than ``resume()``.
    public var isPaused: Bool { flow == .paused }

    /// Stops `data`. What arrives is kept, up to the high-water mark; then the source is held up.
    public func pause() {
        flow = .paused
        engine.rest()
    }

    /// Starts `data`, or starts it again.
    public func resume() {
        guard flow != .flowing else { return }
        flow = .flowing
        loop.nextTick { [self] in run() }
    }

    // MARK: From the engine

    /// Takes what was read.
    ///
    /// - Returns: whether there is room for more.
    func push(_ chunk: Message) -> Bool {
        guard !destroyed, !sourceHasEnded else { return false }
        guard let chunk = whole(chunk) else { return hasRoom }
        if flow == .flowing, unread.isEmpty, !isFlowing {
            emit(chunk)
        } else {
            // A copy: what arrived is a slice of a chunk that may be much larger, and would be kept with it.
            unread.append(Message(bytes: Bytes(copying: chunk.bytes), isBinary: chunk.isBinary))
            readableLength += size(of: chunk)
        }
        return hasRoom
    }

    /// There is nothing more to read.
    func pushEnd() {
        guard !destroyed, !sourceHasEnded else { return }
        sourceHasEnded = true
        if !dividedCharacter.isEmpty {
            unread.append(Message(bytes: Bytes(dividedCharacter), isBinary: false))
            dividedCharacter = []
        }
        if flow == .flowing { run() }
    }

    // MARK: Flowing

    private var hasRoom: Bool {
        readableLength < options.readableHighWaterMark ?? (options.readableObjectMode ? 16 : 64 * 1024)
    }

    private func size(of chunk: Message) -> Int {
        options.readableObjectMode ? 1 : chunk.bytes.count
    }

    /// Emits what was read ahead, asks for more, and tells the end.
    private func run() {
        guard !isFlowing else { return }
        isFlowing = true
        while flow == .flowing, !destroyed, let chunk = unread.popFirst() {
            readableLength -= size(of: chunk)
            emit(chunk)
        }
        isFlowing = false
        guard flow == .flowing, !destroyed, !readableEnded else { return }
        if !sourceHasEnded {
            engine.read(into: self)
        } else if unread.isEmpty {
            readableEnded = true
            for listener in endListeners.due() { listener() }
            if !options.allowHalfOpen { end() }
            closeIfOver()
        }
    }

    private func emit(_ chunk: Message) {
        for listener in dataListeners.due() { listener(chunk) }
    }

    /// The chunk as it is to be emitted: with the rest of a character before it and without the beginning of one behind it,
    /// where that is asked for; nil if nothing is left.
    private func whole(_ chunk: Message) -> Message? {
        guard options.encoding == .utf8, chunk.isBinary || !dividedCharacter.isEmpty else {
            return chunk.bytes.isEmpty && !options.readableObjectMode ? nil : chunk
        }
        let bytes = dividedCharacter + Array(chunk.bytes)
        let end = Self.endOfWholeCharacters(in: bytes)
        dividedCharacter = Array(bytes[end...])
        return end == 0 ? nil : Message(bytes: Bytes(bytes[..<end]), isBinary: false)
    }

    /// Where a character begins that is not complete; the end, where none is.
    private static func endOfWholeCharacters(in bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let index = bytes.count - back
            let length =
                switch bytes[index] {
                case 0xC0...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF7: 4
                default: 1
                }
            if length > back { return index }
            if bytes[index] & 0xC0 != 0x80 { break }
        }
        return bytes.count
    }
}
