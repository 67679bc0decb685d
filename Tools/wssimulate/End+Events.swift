import WSNode

// What the socket tells, and whether that may be so.
extension End {
    func opened() {
        note(.opens)
        if !isClient || hasOpened || hasFailed || hasClosed { violate(.state, "an open that was not due") }
        hasOpened = true
        guard let socket else { return }
        if socket.readyState != .open { violate(.state, "open in state \(socket.readyState)") }
        lastState = .open
        beginFrames(on: socket)
        onOpen()
        misbehave()
        misbehaveNowAndThen()
    }

    /// The handshake is behind: what is queued or written now is not ours.
    func beginFrames(on socket: WebSocket) {
        hasOpened = true
        handshakeBytes = socket.bufferedAmount + (streams?.outgoing.writtenBytes ?? 0)
        signOfLife()
    }

    func received(_ message: Message) {
        note(.receives, message.bytes.count, message.isBinary ? 1 : 0)
        checkHasOpened("a message")
        var record = Record(message.bytes, isBinary: message.isBinary)
        switch world.lie() {
        case .loss: return
        case .duplicate: match(record)
        case .alteration: record = Record([], isBinary: !message.isBinary)
        case .code, .drain, .state, nil: break
        }
        match(record)
        onMessage(message)
        misbehave()
    }

    func match(_ record: Record) {
        guard let peer = conversation.peer(of: self) else {
            return violate(.order, "a message from nobody")
        }
        guard let sent = peer.underWay.popFirst() else {
            return violate(.order, "a message of \(record.byteCount) bytes that was not sent, or not once")
        }
        if sent != record {
            violate(
                .order,
                "message \(peer.underWay.taken) was sent as \(sent.byteCount) bytes "
                    + "(\(sent.isBinary ? "binary" : "text")), and received as \(record.byteCount)")
        }
    }

    func pinged(_ bytes: Bytes) {
        note(.pings, bytes.count, 1)
        checkHasOpened("a ping")
        possibleBytes += frameSize(bytes.count)
        misbehave()
    }

    func ponged(_ bytes: Bytes) {
        note(.pongs, bytes.count)
        checkHasOpened("a pong")
        if bytes.count == 0, limits.keepAliveInterval != nil { return }
        let number = bytes.withUnsafeBytes { $0.count < 2 ? -1 : Int($0[0]) << 8 | Int($0[1]) }
        guard let index = pings.firstIndex(of: number) else { return violate(.order, "a pong nobody asked for") }
        // Only who has many answers waiting, of which a few may be to keep-alive, may leave out some.
        let hasWaited = conversation.peer(of: self)?.hasQueued ?? true
        let isPressed = hasWaited || pingPeak + 2 > Limits.standard.maxPendingPongs
        if index > 0, !isPressed {
            violate(.loss, "\(index) pings before number \(number) were not answered")
        }
        pings.removeFirst(index + 1)
        if pings.isEmpty { pingPeak = 0 }
    }

    func drained() {
        note(.drains)
        checkHasOpened("a drain")
        if world.lie() == .drain { return }
        waitsForDrain = false
        onDrain()
        misbehave()
    }

    func checkHasOpened(_ event: String) {
        if !hasOpened || hasFailed || hasClosed { violate(.state, "\(event) before open or after the end") }
        switch socket?.readyState {
        case .open, .closing: break
        case let state: violate(.state, "\(event) in state \(String(describing: state))")
        }
    }

    func failed(_ error: WebSocketError) {
        note(.fails, text: error.code ?? error.message)
        if hasFailed || hasClosed { violate(.state, "a second error, or one after close: \(error)") }
        hasFailed = true
        if let text = judge(error) { violate(.cause, "\(error) \(error.code ?? ""): \(text)") }
        if error.code == "WS_ERR_TOO_MANY_BUFFERED_PARTS" || error.message.hasPrefix("The message was not") {
            failureCode = .policyViolation
        }
        conversation.causes.insert(.failed)
    }

    /// What is wrong with an error, if something is.
    func judge(_ error: WebSocketError) -> String? {
        let causes = conversation.causes
        // TLS has words of its own for a link that breaks.
        if conversation.host.isSecure, conversation.explainsLoss(at: now) { return nil }
        if !hasOpened, !isClient { return "a server's end reports nothing before it is open" }
        if !hasOpened {
            switch error.code ?? error.message {
            case "ECONNREFUSED", "EAI_AGAIN":
                return causes.contains(.connecting) || causes.contains(.shutDown) ? nil : "nobody refused"
            case "Opening handshake has timed out":
                guard let timeout = limits.handshakeTimeout else { return "there is no timeout" }
                return now >= started + timeout ? nil : "too early"
            case "WebSocket was closed before the connection was established":
                return causes.contains(.terminated) ? nil : "nobody closed it"
            case "Unexpected server response: 503":
                // Or the application has not decided in time.
                let isLate = conversation.hasKeptServerWaiting(at: now)
                return causes.contains(.shutDown) || isLate ? nil : "the server was running, and had time"
            case "Unexpected server response: 408":
                return conversation.hasKeptServerWaiting(at: now) ? nil : "too early"
            case "ECONNRESET", "EPIPE":
                return conversation.explainsLoss(at: now) ? nil : "nothing explains it"
            default:
                return "no peer of ours causes it"
            }
        }
        switch error.message {
        case "The peer did not answer a keep-alive ping":
            guard limits.keepAliveInterval != nil else { return "there is no keep-alive" }
            if let calm = world.calmSince, now >= calm + World.settling, !conversation.isCut {
                return "the network works"
            }
            noteArrivals()
            // Who does not read cannot know, nor who has a part of a TLS record: they are long, and a link may be slow.
            let cannotKnow = isChoked || conversation.host.isSecure
            return cannotKnow || now >= lastArrival + limits.keepAliveTimeout ? nil : "something arrived since"
        case "The message was not completed in time":
            return limits.messageTimeout == nil ? "there is no timeout" : nil
        case "Too much queued output":
            return limits.maxQueuedBytes == 0 ? "there is no limit" : nil
        default:
            return "no peer of ours causes it"
        }
    }

    func closed(_ code: CloseCode, _ reason: Bytes) {
        var code = code
        let lie = world.lie(rarely: false)
        if lie == .code { code = code == .normalClosure ? .goingAway : .normalClosure }
        note(.closed, Int(code.rawValue), reason.count)
        if hasClosed { violate(.state, "a second close") }
        hasClosed = true
        if socket?.readyState != .closed { violate(.state, "close in state \(String(describing: socket?.readyState))") }
        lastState = .closed
        if calledCompletions != issuedCompletions {
            violate(.completion, "\(issuedCompletions - calledCompletions) completions were not called")
        }
        if let closingSince, now >= closingSince + limits.closeTimeout { conversation.causes.insert(.timedOut) }
        judge(code)
        onClosed()
        // They refer to this end.
        onOpen = {}
        onMessage = { _ in }
        onDrain = {}
        onClosed = {}
        kept = nil
        world.ended(self)
        if lie == .state { closed(code, reason) }
    }

    func judge(_ code: CloseCode) {
        if isClient, !hasOpened {
            if !hasFailed { violate(.state, "close without open and without error") }
            if code != .abnormalClosure { violate(.cause, "close with \(code.rawValue) before open") }
            return
        }
        guard code != .abnormalClosure else {
            if !conversation.explainsLoss(at: now) { violate(.cause, "closed with 1006, and nothing explains it") }
            return
        }
        guard let peer = conversation.peer(of: self) else { return violate(.cause, "closed by nobody") }
        // The peer's own code, that of its failure, or ours, which it sent back.
        let possible = peer.closeCodes + closeCodes + [peer.failureCode].compactMap { $0 }
        if !possible.contains(code) {
            violate(.cause, "closed with \(code.rawValue), but what was sent is \(possible.map(\.rawValue))")
        }
        if peer.underWay.count > 0 {
            violate(.loss, "closed with \(code.rawValue), and \(peer.underWay.count) messages before that are missing")
        }
    }
}
