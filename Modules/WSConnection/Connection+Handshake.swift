import WSFrame
public import WSHandshake

// The opening handshake (RFC 6455 §4): what arrives goes to the machine of our role, and what it says becomes events.
extension Connection {
    mutating func nextHandshakeEvent(now: Duration) -> ConnectionEvent? {
        guard let handshake else { return nil }
        if let decision = handshake.decision { return settle(decision, now: now) }
        guard let held = input else { return nil }
        let unread = Bytes(held, inputStart..<inputEnd)
        var consumed = 0
        var event: ConnectionEvent?
        if let outcome = unread.withSpan({ handshake.server?.receive($0, consumed: &consumed) }) {
            inputStart += consumed
            event = serverEvent(outcome, now: now)
        } else if let outcome = unread.withSpan({ handshake.client?.receive($0, consumed: &consumed) }) {
            inputStart += consumed
            event = clientEvent(outcome, now: now)
        }
        if event == nil { dropInput() }
        return event
    }

    // MARK: Server

    private mutating func serverEvent(_ outcome: ServerHandshake.Outcome, now: Duration) -> ConnectionEvent? {
        switch outcome {
        case .needsMoreBytes:
            return nil
        case .upgrade(let request):
            phase = .awaitingAnswer
            return .upgradeRequested(request)
        case .plainRequest(let head):
            phase = .awaitingAnswer
            return .plainRequest(head)
        case .refused(let refusal):
            phase = .awaitingAnswer
            turnAway(refusal, now: now)
            return .refused(refusal)
        }
    }

    /// Accepts the upgrade that was asked for (§4.2.2). Frames may be sent at once, and those that came with the request
    /// are read. Does nothing if there is no question to answer, for example because the peer has gone.
    ///
    /// - Parameters:
    ///   - response: made by ``UpgradeRequest/response(subprotocol:extensions:extraFields:)``.
    ///   - agreement: what that response says.
    ///   - compression: what was agreed, if anything was.
    public mutating func accept(
        _ response: ResponseHead, agreement: Agreement, compression: (any CompressionTerms)? = nil, now: Duration
    ) throws(HandshakeMisuse) {
        guard phase == .awaitingAnswer, !isAborted else { return }
        journal?.note(.called(.accept(response, agreement)), now: now)
        let head = try response.serialized()
        unsafe head.withUnsafeBytes { unsafe appendRaw($0) }
        self.compression = CompressionState(compression)
        open(agreement, now: now)
        handshake?.decision = .success(agreement)
    }

    /// Accepts the upgrade that was asked for, with no extension.
    ///
    /// - Parameter subprotocol: one of those the request names, or nil.
    public mutating func accept(
        _ request: UpgradeRequest, subprotocol: String? = nil, now: Duration
    ) throws(HandshakeMisuse) {
        guard phase == .awaitingAnswer, !isAborted else { return }
        let response = try request.response(subprotocol: subprotocol)
        try accept(response, agreement: Agreement(subprotocol: subprotocol ?? "", extensions: []), now: now)
    }

    /// Answers the request with an HTTP error; the connection then ends (§4.2.2). What the peer sent behind its request
    /// is never read, let alone as another request.
    ///
    /// - Parameter refusal: the answer; by default 426, which says that here one has to upgrade.
    public mutating func refuse(_ refusal: HandshakeRefusal = HandshakeRefusal(.upgradeRequired), now: Duration) {
        guard phase == .awaitingAnswer || phase == .handshaking, role == .server, !isAborted else { return }
        journal?.note(.called(.refuse(refusal)), now: now)
        turnAway(refusal, now: now)
    }

    /// Answers the request with an HTTP error, whoever wants that.
    private mutating func turnAway(_ refusal: HandshakeRefusal, now: Duration) {
        let response = refusal.response()
        unsafe response.withUnsafeBytes { unsafe appendRaw($0) }
        phase = .discarding
        handshake = nil
        dropInput()
        armPhase(limits.closeTimeout, now: now)
    }

    // MARK: Client

    /// Sends the request of a client's end that was made without one. Does nothing later.
    ///
    /// - Parameter negotiation: judges the server's answer to the extensions offered.
    public mutating func begin(_ handshake: ClientHandshake, negotiation: CompressionNegotiation? = nil) {
        guard phase == .handshaking, role == .client, self.handshake == nil, !isAborted else { return }
        self.handshake = HandshakeBox(handshake, negotiation)
        let request = handshake.requestBytes()
        unsafe request.withUnsafeBytes { unsafe appendRaw($0) }
    }

    private mutating func clientEvent(_ outcome: ClientHandshake.Outcome, now: Duration) -> ConnectionEvent? {
        switch outcome {
        case .needsMoreBytes:
            return nil
        case .opened(let response):
            handshake?.decide(Agreement(subprotocol: response.subprotocol ?? "", extensions: response.extensions))
            return .upgradeResponse(response.head)
        case .unexpectedResponse(let head):
            phase = .readingBody
            handshake = nil
            // The handshake is decided; what may take its time from here on is the end.
            armPhase(limits.closeTimeout, now: now)
            return .unexpectedResponse(head)
        case .failed(let error, let response):
            guard let response else { return failHandshake(.handshake(error)) }
            handshake?.decision = .failure(.handshake(error))
            return .upgradeResponse(response)
        }
    }

    /// Lets the client's decision take effect.
    private mutating func settle(_ decision: Result<Agreement, ConnectionFailure>, now: Duration) -> ConnectionEvent {
        switch decision {
        case .success(let agreement):
            compression = CompressionState(handshake?.compression)
            handshake = nil
            open(agreement, now: now)
            return .opened(agreement)
        case .failure(let failure):
            return failHandshake(failure)
        }
    }

    /// The raw bytes behind the head of an answer that was not 101.
    mutating func nextBodyEvent() -> ConnectionEvent? {
        guard let held = input else { return nil }
        let bytes = Bytes(held, inputStart..<inputEnd)
        dropInput()
        return bytes.isEmpty ? nil : .responseBody(bytes)
    }

    // MARK: Both

    /// A server tells of the agreement once its caller has accepted and may have sent something already.
    mutating func takeAgreement() -> ConnectionEvent? {
        defer { handshake = nil }
        guard case .success(let agreement) = handshake?.decision else { return nil }
        return .opened(agreement)
    }

    private mutating func open(_ agreement: Agreement, now: Duration) {
        phase = .open
        phaseDeadline = .never
        if agreement.extensions.isEmpty { compression = .none }
        decoder.allowsRSV1 = compression.isAgreed
        armKeepAlive(now: now)
        if inputStart == inputEnd { dropInput() }
    }

    mutating func handshakeTimedOut(now: Duration) {
        switch role {
        // 408 is for a request that did not come whole (RFC 9110 §15.5.9); here it may be the answer that is missing.
        case .server: turnAway(HandshakeRefusal(status: phase == .awaitingAnswer ? 503 : 408), now: now)
        case .client: queuedEvents.append(failHandshake(.handshakeTimedOut))
        }
    }

    mutating func failHandshake(_ failure: ConnectionFailure) -> ConnectionEvent {
        dropInput()
        handshake = nil
        giveUp()
        return .failed(failure)
    }
}
