public import WSFrame

// How a connection ends.
extension Connection {
    /// Starts the closing handshake (RFC 6455 §7.1.2). Nothing is sent after the close frame; what arrives before the
    /// peer's answer is still delivered. Called again, or after the peer's close frame, it does nothing.
    ///
    /// - Parameters:
    ///   - code: 1000–1003, 1007–1014 or 3000–4999; nil sends an empty close frame, which is reported as 1005.
    ///   - reason: at most 123 bytes of UTF-8.
    public mutating func close(
        code: CloseCode? = nil, reason: String = "", now: Duration
    ) throws(SendError) {
        switch phase {
        case .handshaking, .awaitingAnswer, .readingBody:
            abort(now: now)
            return
        case .discarding, .ended:
            return
        case .open:
            guard closeHandshake.allowsSending, !isAborted else { return }
        }
        journal?.note(.called(.close(code, reason: reason)), now: now)
        if let code, !code.mayAppearOnTheWire { throw .invalidCloseCode(code) }
        if code == nil, !reason.isEmpty { throw .closeReasonWithoutCode }
        guard reason.utf8.count <= ClosePayload.maxReasonByteCount else {
            throw .closeReasonTooLong(byteCount: reason.utf8.count)
        }
        closeHandshake.closing()
        appendClose(CloseFrame(code: code, reason: Bytes(utf8: reason)))
        armClose(now: now)
    }

    /// Gives the connection up: the stream is to be destroyed, with no close frame (§7.1.7). Messages that have arrived
    /// are still delivered.
    public mutating func abort(now: Duration) {
        guard !isAborted else { return }
        journal?.note(.called(.abort), now: now)
        giveUp()
        switch phase {
        case .handshaking, .awaitingAnswer, .readingBody:
            dropInput()
            handshake = nil
            if role == .client { queuedEvents.append(.failed(.closedBeforeOpen)) }
        case .open, .discarding, .ended: break
        }
    }

    /// The peer broke a rule or a limit (§7.1.7): a close frame that says so, if there is still someone to tell; then
    /// nothing more is read, and the stream ends.
    mutating func fail(_ failure: ConnectionFailure, now: Duration) -> ConnectionEvent {
        stopReceiving()
        keepAliveDeadline = .never
        let mayTell = closeHandshake.failing()
        if let code = failure.closeCode, !isAborted {
            if mayTell { appendClose(CloseFrame(code: code)) }
            armClose(now: now)
        } else {
            giveUp()
        }
        return .failed(failure)
    }

    /// What else arrives does not matter.
    mutating func stopReceiving() {
        dropInput()
        message.finish()
        messageDeadline = .never
        control = nil
        compression = .none
    }

    /// The stream is to be destroyed: nothing more is written or waited for.
    mutating func giveUp() {
        isAborted = true
        inputHasEnded = true
        forgetOutput()
        disarm()
    }

    /// Nothing more can happen.
    mutating func end() {
        // What was said before is still written if it can be: the peer may have ended its own direction only.
        switch phase {
        case .open, .discarding: break
        case .handshaking, .awaitingAnswer, .readingBody, .ended: forgetOutput()
        }
        phase = .ended
        handshake = nil
        pongs = nil
        stopReceiving()
        disarm()
    }

    /// How the connection ended (§7.1.4 to §7.1.6).
    func closedEvent() -> ConnectionEvent {
        switch closeHandshake {
        case .finished(let frame, let wasAnswered):
            .closed(CloseReport(code: frame.reportedCode, reason: frame.reason, wasClean: wasAnswered))
        case .open, .sent, .failed:
            .closed(CloseReport(code: .abnormalClosure, reason: Bytes(), wasClean: false))
        }
    }
}
