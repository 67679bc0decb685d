import WSNode

// What must hold between turns.
extension End {
    /// Checks what must hold between turns.
    ///
    /// - Parameter previous: a time since which timers have run: what was due by then has been done.
    func check(previous: Duration) {
        guard !hasClosed, let socket = kept ?? socket else { return }
        let state = socket.readyState
        if state.rawValue < lastState.rawValue { violate(.state, "from \(lastState) back to \(state)") }
        lastState = state
        switch state {
        case .connecting:
            if let timeout = limits.handshakeTimeout, started + timeout <= previous {
                violate(.deadline, "still connecting after \(now - started)")
            }
        case .open: checkOpen(socket, previous)
        case .closing:
            let since = closingSince ?? now
            if closingSince == nil { leaptAtClosing = world.leapt }
            closingSince = since
            if since + limits.closeTimeout + (world.leapt - leaptAtClosing) <= previous {
                violate(.deadline, "still closing after \(now - since)")
            }
        case .closed: break
        }
    }

    func checkOpen(_ socket: WebSocket, _ previous: Duration) {
        let buffered = socket.bufferedAmount
        noteQueue(buffered)
        if buffered > 0 { hasQueued = true }
        defer { lastBuffered = buffered }
        if waitsForDrain, buffered == 0, conversation.peer(of: self)?.hasClosed != true, !conversation.isCut {
            violate(.drain, "nothing is queued, and there was no drain")
        }
        guard let streams else { return }
        let expected = handshakeBytes + frameBytes - streams.outgoing.writtenBytes
        // Once the other end or the network has broken the link, what was queued is discarded.
        let isWhole =
            !conversation.isCut && !conversation.host.hidesSizes && conversation.peer(of: self)?.hasClosed == false
        if isWhole, limits.keepAliveInterval == nil, !(expected...expected + possibleBytes).contains(buffered) {
            violate(.buffered, "bufferedAmount is \(buffered) and should be \(expected) (+ \(possibleBytes) of pongs)")
        }
        guard let interval = limits.keepAliveInterval else { return }
        noteArrivals()
        // A leap puts off the ping, but not by more than that.
        let patience = interval * 2 + limits.keepAliveTimeout + (world.leapt - leaptAtSign)
        if !socket.isPaused, lastSign + patience <= previous {
            violate(
                .deadline,
                "still open \(now - lastSign) after the last sign of life, with keep-alive after \(interval) "
                    + "and \(limits.keepAliveTimeout)")
        }
    }

    /// A server's end that has passed the high-water mark reads nothing until all of that was written.
    func noteQueue(_ byteCount: Int) {
        if byteCount > limits.highWaterMark { isChoked = !isClient }
        if byteCount == 0 { isChoked = false }
    }

    func noteArrivals() {
        guard let (outgoing, incoming) = streams else { return }
        // What was left over is being taken, so the peer reads.
        if lastBuffered > 0, outgoing.writtenBytes != writtenBytes { signOfLife() }
        writtenBytes = outgoing.writtenBytes
        if incoming.deliveredBytes != deliveredBytes {
            deliveredBytes = incoming.deliveredBytes
            lastArrival = now
            signOfLife()
        }
    }

    func signOfLife() {
        lastSign = now
        leaptAtSign = world.leapt
    }

    /// Checks what must hold once the network has worked well for long enough.
    func checkAtRest() {
        guard let socket, !hasClosed else { return }
        if socket.readyState == .connecting { violate(.liveness, "still connecting") }
        guard socket.readyState == .open, let peer = conversation.peer(of: self) else { return }
        if conversation.isCut || peer.hasClosed { return }
        if underWay.count > 0 { violate(.liveness, "\(underWay.count) messages have not arrived") }
        if !pings.isEmpty { violate(.liveness, "\(pings.count) pings were not answered") }
        if socket.bufferedAmount > 0 { violate(.liveness, "\(socket.bufferedAmount) bytes are still queued") }
    }
}
