import WSConnection

extension Duplex {
    /// Is called when a chunk was written out, or with an error if it never will be.
    public typealias Completion = (WebSocketError?) -> Void

    /// Writes bytes.
    ///
    /// - Returns: false when so much is waiting that the writer should wait for `drain`.
    @discardableResult
    public func write(_ bytes: some Collection<UInt8>, completion: Completion? = nil) -> Bool {
        write(Message(bytes: Bytes(bytes), isBinary: true), completion)
    }

    /// Writes text: as bytes, unless ``Options/decodeStrings`` is switched off.
    ///
    /// - Returns: false when so much is waiting that the writer should wait for `drain`.
    @discardableResult
    public func write(_ text: String, completion: Completion? = nil) -> Bool {
        write(Message(bytes: Bytes(utf8: text), isBinary: options.decodeStrings), completion)
    }

    /// Ends writing, when all was written: `finish` tells.
    public func end() {
        guard !writableEnded, !destroyed else { return }
        writableEnded = true
        finishIfWritten()
    }

    /// Writes a last chunk of bytes.
    public func end(_ bytes: some Collection<UInt8>) {
        write(bytes)
        end()
    }

    /// Writes a last chunk of text.
    public func end(_ text: String) {
        write(text)
        end()
    }

    private func write(_ chunk: Message, _ completion: Completion?) -> Bool {
        guard !destroyed, !writableEnded else {
            let error =
                destroyed
                ? WebSocketError(
                    "Cannot call write after a stream was destroyed", code: "ERR_STREAM_DESTROYED")
                : WebSocketError("write after end", code: "ERR_STREAM_WRITE_AFTER_END")
            if let completion { loop.nextTick { completion(error) } }
            destroy(error)
            return false
        }
        let count = chunk.bytes.count
        writableLength += count
        pendingWrites += 1
        engine.write(chunk, of: self) { [self] error in
            pendingWrites -= 1
            writableLength -= count
            completion?(error)
            wrote(error)
        }
        if writableLength >= options.writableHighWaterMark { needsDrain = true }
        return !needsDrain
    }

    private func wrote(_ error: WebSocketError?) {
        if let error { return destroy(error) }
        guard !destroyed else { return }
        if needsDrain, writableLength == 0 {
            needsDrain = false
            if !writableEnded { for listener in drainListeners.due() { listener() } }
        }
        finishIfWritten()
    }

    private func finishIfWritten() {
        guard writableEnded, pendingWrites == 0, !isFinishing, !destroyed else { return }
        isFinishing = true
        engine.finish(self) { [self] in
            guard !destroyed else { return }
            writableFinished = true
            for listener in finishListeners.due() { listener() }
            closeIfOver()
        }
    }
}
