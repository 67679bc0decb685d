import WSConnection
import WSFrame
import WSHandshake
import WSTransport

// From the connection's events to listeners.
extension WebSocket: ConnectionDriverDelegate {
    func takeEvents(of driver: ConnectionDriver) {
        while !driver.isHoldingEvents {
            // A message is taken out of its event at once: as the general event it would be copied and destroyed by calls.
            guard let event = driver.connection.nextEvent(now: driver.loop.now) else { return }
            switch consume event {
            case .message(let message): received(message)
            case let event: take(event)
            }
        }
    }

    @inline(__always)
    private func received(_ message: Message) {
        if let listener = messageListeners.only {
            listener(message)
        } else {
            for listener in messageListeners.due() { listener(message) }
        }
        driver.emittedEvent()
    }

    private func take(_ event: consuming ConnectionEvent) {
        switch event {
        case .message(let message): received(message)
        case .ping(let bytes):
            emit(\.ping, bytes)
            driver.emittedEvent()
        case .pong(let bytes):
            emit(\.pong, bytes)
            driver.emittedEvent()
        case .drained: emit(\.drain)
        case .upgradeResponse(let head):
            guard rareListeners != nil else { return }
            emit(\.upgrade, IncomingResponse(head, of: self))
        case .opened(let agreement): opened(agreement)
        case .unexpectedResponse(let head): answered(head)
        case .responseBody(let bytes): receivedBody(bytes)
        case .failed(let failure): failed(failure)
        case .closed(let report): closed(report)
        case .closing, .messagePart, .upgradeRequested, .plainRequest, .refused: break
        }
    }

    private func opened(_ agreement: Agreement) {
        // A server's socket is open before anybody can listen.
        guard let clientFacts else { return }
        clientFacts.forgetPlan()
        if agreement != Agreement() { self.agreement = AgreementBox(agreement) }
        emit(\.open)
        // What happens only before this is heard no more.
        rareListeners?.forgetHandshake()
    }

    private func failed(_ failure: ConnectionFailure) {
        // Before open, what became of the transport or of the answer says more than that the attempt has ended.
        let hasEndedBeforeOpen = failure == .endedBeforeOpen || failure == .closedBeforeOpen
        if let failure = clientFacts?.failure {
            emit(failure)
        } else if hasEndedBeforeOpen, let transportError = driver.transportError {
            emit(WebSocketError(transport: transportError))
        } else {
            emit(WebSocketError(failure))
        }
    }

    func emit(_ error: WebSocketError) {
        guard !errorListeners.isEmpty else {
            driver.loop.report("\(error)")
            return
        }
        for listener in errorListeners.due() { listener(error) }
    }

    private func closed(_ report: CloseReport) {
        let home = home
        self.home = nil
        home?.server.remove(self)
        home?.http?.connectionEnded()
        hasClosedCleanly = report.wasClean
        isFinishing = true
        driver.finishOutput()
        isFinishing = false
        responseEnded()
        clientFacts?.forgetPlan()
        for listener in closeListeners.due() { listener(report.code, report.reason) }
        // There are no more events. Listeners nearly always refer to their socket, which would keep it for ever.
        let removed = (messageListeners.takeAll(), closeListeners.takeAll(), errorListeners.takeAll(), rareListeners)
        rareListeners = nil
        withExtendedLifetime(removed) {}
    }

    // MARK: An answer that is no upgrade

    private func answered(_ head: ResponseHead) {
        if follow(head) { return }
        guard !unexpectedResponseListeners.isEmpty, let request = clientFacts?.request else {
            giveUp(with: WebSocketError("Unexpected server response: \(head.status)"))
            return
        }
        let response = IncomingResponse(head, of: self)
        clientFacts?.response = response
        emit(\.unexpectedResponse, (request, response))
        receivedBody(Bytes())
    }

    private func receivedBody(_ bytes: Bytes) {
        guard let response = clientFacts?.response, response.receive(bytes) else { return }
        responseEnded()
    }

    /// The answer's body is not read any further: that is the end of the attempt.
    func responseEnded() {
        guard let response = clientFacts?.response else { return }
        clientFacts?.response = nil
        response.end()
        driver.connection.receiveEnd(now: driver.loop.now)
        driver.needsSettling()
    }
}
