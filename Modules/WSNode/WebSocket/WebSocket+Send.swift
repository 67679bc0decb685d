public import WSConnection

// Sending. The forms follow Node: text and numbers go as text messages, bytes as binary ones, unless `binary` says
// otherwise.
extension WebSocket {
    /// What is called when the bytes have left the process, in the order of sending, or with an error if they never will.
    public typealias Completion = (WebSocketError?) -> Void

    /// Sends text.
    ///
    /// - Parameters:
    ///   - binary: sends its UTF-8 as a binary message instead.
    ///   - compress: whether to compress it, if compression was agreed.
    ///   - fin: whether the message ends with it. The next send continues an unfinished message, whose type is that of
    ///     its first fragment.
    ///   - completion: see ``Completion``. On a socket that is not open it gets the error.
    /// - Returns: false when nothing was sent, or when so much is queued that the sender should wait for `drain`.
    @discardableResult
    public func send(
        _ text: String, binary: Bool = false, compress: Bool = true, fin: Bool = true, completion: Completion? = nil
    ) -> Bool {
        if binary { return send(Bytes(utf8: text), compress: compress, fin: fin, completion: completion) }
        driver.prepareToSend()
        do throws(SendError) {
            let hasRoom = try driver.connection.send(
                text: text, isFinal: fin, compress: compress, now: driver.loop.now)
            return sent(hasRoom, completion)
        } catch {
            return unsent(text.utf8.count, error, completion)
        }
    }

    /// Sends bytes. They are not copied if they are many.
    ///
    /// - Parameter binary: false sends them as text; they must then be UTF-8, which the peer checks.
    /// - Returns: as ``send(_:binary:compress:fin:completion:)-(String,_,_,_,_)``.
    @discardableResult
    public func send(
        _ bytes: Bytes, binary: Bool = true, compress: Bool = true, fin: Bool = true, completion: Completion? = nil
    ) -> Bool {
        driver.prepareToSend()
        do throws(SendError) {
            let hasRoom = try driver.connection.send(
                bytes, isBinary: binary, isFinal: fin, compress: compress, now: driver.loop.now)
            return sent(hasRoom, completion)
        } catch {
            return unsent(bytes.count, error, completion)
        }
    }

    /// Sends a message as it was received, or as the other kind.
    @discardableResult
    public func send(
        _ message: Message, binary: Bool? = nil, compress: Bool = true, fin: Bool = true, completion: Completion? = nil
    ) -> Bool {
        send(message.bytes, binary: binary ?? message.isBinary, compress: compress, fin: fin, completion: completion)
    }

    /// Sends a collection of bytes.
    @discardableResult
    public func send(
        _ bytes: some Collection<UInt8>, binary: Bool = true, compress: Bool = true, fin: Bool = true,
        completion: Completion? = nil
    ) -> Bool {
        send(Bytes(bytes), binary: binary, compress: compress, fin: fin, completion: completion)
    }

    /// Sends the memory of numbers, such as floats, as a binary message.
    @discardableResult
    public func send<Element: BitwiseCopyable>(
        values: [Element], compress: Bool = true, fin: Bool = true, completion: Completion? = nil
    ) -> Bool {
        let bytes = unsafe values.withUnsafeBytes { unsafe Bytes(Array($0)) }
        return send(bytes, binary: true, compress: compress, fin: fin, completion: completion)
    }

    /// Sends a number as text.
    @discardableResult
    public func send(
        _ number: some Numeric & CustomStringConvertible, compress: Bool = true, fin: Bool = true,
        completion: Completion? = nil
    ) -> Bool {
        send(number.description, compress: compress, fin: fin, completion: completion)
    }

    /// Sends the bytes of a blob.
    @discardableResult
    public func send(_ blob: Blob, compress: Bool = true, fin: Bool = true, completion: Completion? = nil) -> Bool {
        send(blob.bytes(), compress: compress, fin: fin, completion: completion)
    }

    /// Sends an empty binary message.
    @discardableResult
    public func send(completion: Completion? = nil) -> Bool {
        send(Bytes(), completion: completion)
    }

    /// Sends what was framed once for many.
    ///
    /// - Returns: as ``send(_:binary:compress:fin:completion:)-(String,_,_,_,_)``.
    @discardableResult
    public func send(_ prepared: PreparedMessage, completion: Completion? = nil) -> Bool {
        driver.prepareToSend()
        do throws(SendError) {
            let hasRoom = try driver.connection.send(prepared, now: driver.loop.now)
            return sent(hasRoom, completion)
        } catch {
            return unsent(prepared.message.bytes.count, error, completion)
        }
    }

    // MARK: Ping and pong

    /// Sends an empty ping.
    public func ping(completion: Completion? = nil) {
        do throws(SendError) {
            _ = sent(try driver.connection.sendPing(now: driver.loop.now), completion)
        } catch {
            _ = unsent(0, error, completion)
        }
    }

    /// Sends a ping.
    ///
    /// - Parameter data: at most 125 bytes.
    /// - Throws: a RangeError for more, if the socket is open; an Error if it is still connecting.
    public func ping(_ data: some Collection<UInt8>, completion: Completion? = nil) throws(WebSocketError) {
        do throws(SendError) {
            _ = sent(try driver.connection.sendPing(Bytes(data), now: driver.loop.now), completion)
        } catch {
            try control(data.count, error, completion)
        }
    }

    /// Sends a ping with text, of at most 125 bytes.
    public func ping(_ text: String, completion: Completion? = nil) throws(WebSocketError) {
        try ping(text.utf8, completion: completion)
    }

    /// Sends a ping with a number as text.
    public func ping(
        _ number: some Numeric & CustomStringConvertible, completion: Completion? = nil
    ) throws(WebSocketError) {
        try ping(number.description.utf8, completion: completion)
    }

    /// Sends an empty pong.
    public func pong(completion: Completion? = nil) {
        do throws(SendError) {
            _ = sent(try driver.connection.sendPong(now: driver.loop.now), completion)
        } catch {
            _ = unsent(0, error, completion)
        }
    }

    /// Sends a pong nobody asked for.
    ///
    /// - Parameter data: at most 125 bytes.
    /// - Throws: a RangeError for more, if the socket is open; an Error if it is still connecting.
    public func pong(_ data: some Collection<UInt8>, completion: Completion? = nil) throws(WebSocketError) {
        do throws(SendError) {
            _ = sent(try driver.connection.sendPong(Bytes(data), now: driver.loop.now), completion)
        } catch {
            try control(data.count, error, completion)
        }
    }

    /// Sends a pong with text, of at most 125 bytes.
    public func pong(_ text: String, completion: Completion? = nil) throws(WebSocketError) {
        try pong(text.utf8, completion: completion)
    }

    /// Sends a pong with a number as text.
    public func pong(
        _ number: some Numeric & CustomStringConvertible, completion: Completion? = nil
    ) throws(WebSocketError) {
        try pong(number.description.utf8, completion: completion)
    }

    // MARK: Outcomes

    @inline(__always)
    private func sent(_ hasRoom: Bool, _ completion: Completion?) -> Bool {
        if let completion { driver.whenWritten(completion) }
        driver.needsSettling()
        return hasRoom
    }

    /// Nothing was sent: the completion is told, after this call; without one, sending before open is reported on
    /// standard error, since it is a mistake of the program that would otherwise go unnoticed.
    private func unsent(_ byteCount: Int, _ error: SendError, _ completion: Completion?) -> Bool {
        let state = readyState
        let error = WebSocketError(error, state: state)
        if state == .closing || state == .closed { countUnsent(byteCount) }
        if let completion {
            driver.loop.nextTick { completion(error) }
        } else if state == .connecting {
            driver.loop.report("send: \(error)")
        }
        return false
    }

    private func control(_ byteCount: Int, _ error: SendError, _ completion: Completion?) throws(WebSocketError) {
        switch error {
        case .controlPayloadTooLong, .notOpen: throw WebSocketError(error, state: readyState)
        case .closing, .invalidCloseCode, .closeReasonTooLong, .closeReasonWithoutCode, .compression:
            _ = unsent(byteCount, error, completion)
        }
    }
}
