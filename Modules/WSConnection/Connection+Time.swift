import WSFrame

// Time is an argument: an instant of the caller's clock, which only ever goes forward.
extension Connection {
    /// When ``handleTimeout(now:)`` has something to do; nil for never.
    public var nextDeadline: Duration? {
        @inline(__always) get { min(phaseDeadline, min(messageDeadline, keepAliveDeadline)).instant }
    }

    /// Looks which deadlines have passed. Then events, output and stream action are to be asked for, as always.
    public mutating func handleTimeout(now: Duration) {
        let instant = Deadline(now)
        if let journal, let nextDeadline, nextDeadline <= now { journal.note(.timedOut, now: now) }
        if phaseDeadline <= instant {
            phaseDeadline = .never
            phaseTimedOut(now: now)
        }
        if messageDeadline <= instant { messageTimedOut(now: now) }
        if keepAliveDeadline <= instant { keepAliveTimedOut(now: now) }
    }

    private mutating func phaseTimedOut(now: Duration) {
        switch phase {
        case .handshaking, .awaitingAnswer:
            handshakeTimedOut(now: now)
        case .readingBody, .open, .discarding:
            // The peer did not finish closing in time; there is nothing more to say to it.
            giveUp()
        case .ended: break
        }
    }

    private mutating func messageTimedOut(now: Duration) {
        if let timeout = limits.messageTimeout, isPaused || !wantsToRead {
            // Who does not read cannot know whether the message has come.
            messageDeadline = Deadline(now + timeout)
        } else {
            queuedEvents.append(fail(.messageTimedOut, now: now))
        }
    }

    private mutating func keepAliveTimedOut(now: Duration) {
        guard phase == .open, closeHandshake.allowsSending, let interval = limits.keepAliveInterval else {
            keepAliveDeadline = .never
            return
        }
        switch keepAlive {
        case .quiet:
            keepAlive = .waiting
            appendFrame(.ping, payload: Bytes())
            keepAliveDeadline = Deadline(now + limits.keepAliveTimeout)
        case .heard,
            .waiting where isPaused:
            keepAlive = .quiet
            keepAliveDeadline = Deadline(now + interval)
        case .waiting:
            queuedEvents.append(fail(.keepAliveTimedOut, now: now))
        }
    }

    /// Something arrived, so the peer lives (§5.5.3 asks for no more than that).
    mutating func heard() {
        // The next silence begins now, not when the time to answer would have been over: that may be longer than the
        // interval, and then a peer would be asked later than promised.
        if keepAlive == .waiting, let interval = limits.keepAliveInterval, interval < limits.keepAliveTimeout {
            keepAliveDeadline = .passed
        }
        keepAlive = .heard
    }

    mutating func disarm() {
        phaseDeadline = .never
        messageDeadline = .never
        keepAliveDeadline = .never
    }

    mutating func armPhase(_ timeout: Duration?, now: Duration) {
        phaseDeadline = timeout.map { Deadline(now + $0) } ?? .never
    }

    /// Gives an open connection its time to close, counted from what began that. What follows does not renew it, or the
    /// peer could by answering late.
    mutating func armClose(now: Duration) {
        if phaseDeadline == .never { armPhase(limits.closeTimeout, now: now) }
    }

    mutating func armKeepAlive(now: Duration) {
        keepAlive = .quiet
        keepAliveDeadline = limits.keepAliveInterval.map { Deadline(now + $0) } ?? .never
    }
}
