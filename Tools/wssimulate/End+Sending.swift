import WSNode

// What the application sends and asks for, and what is remembered of it.
extension End {
    /// Sends a message, whole or in fragments. Answers whether there is room for more.
    @discardableResult
    func send(_ payload: Payload, fragmentCount: Int = 1) -> Bool {
        // What would be sent now would belong to the message that is not finished.
        guard let socket, !isFragmenting else { return false }
        let state = socket.readyState
        note(.sends, payload.bytes.count, payload.isBinary ? 1 : 0)
        if state == .open { underWay.append(Record(payload.bytes, isBinary: payload.isBinary)) }
        var hasRoom = true
        for index in 0..<fragmentCount { hasRoom = send(fragment: index, of: fragmentCount, payload, on: socket) }
        if state == .open, !hasRoom { waitsForDrain = true }
        return hasRoom
    }

    /// Sends a message in fragments, with time between them.
    func sendSlowly(_ payload: Payload, fragmentCount: Int) {
        guard !isFragmenting else { return }
        isFragmenting = true
        sendFragment(0, of: fragmentCount, payload)
    }

    func sendFragment(_ index: Int, of count: Int, _ payload: Payload) {
        guard let socket else { return }
        note(.sends, payload.bytes.count, index)
        let isLast = index == count - 1
        if isLast {
            isFragmenting = false
            underWay.append(Record(payload.bytes, isBinary: payload.isBinary))
        }
        if !send(fragment: index, of: count, payload, on: socket) { waitsForDrain = true }
        if !isLast { later(.zero...(.seconds(20))) { $0.sendFragment(index + 1, of: count, payload) } }
    }

    func send(fragment index: Int, of count: Int, _ payload: Payload, on socket: WebSocket) -> Bool {
        let start = payload.bytes.count * index / count
        let end = payload.bytes.count * (index + 1) / count
        // Half of the sends ask for a completion.
        let completion = random.happens(0.5) ? makeCompletion(isAccepted: socket.readyState == .open) : nil
        self.count(payload: end - start, of: socket)
        defer { noteQueue(socket.bufferedAmount) }
        return socket.send(
            payload.bytes.slice(start..<end), binary: payload.isBinary, fin: index == count - 1, completion: completion)
    }

    /// The server has sent something to all of its clients.
    func wasBroadcast(_ payload: Payload) {
        guard let socket else { return }
        underWay.append(Record(payload.bytes, isBinary: payload.isBinary))
        count(payload: payload.bytes.count, of: socket)
        note(.sends, payload.bytes.count, payload.isBinary ? 1 : 0)
    }

    func count(payload byteCount: Int, of socket: WebSocket) {
        if socket.readyState == .open { frameBytes += frameSize(byteCount) }
    }

    func frameSize(_ byteCount: Int) -> Int {
        2 + (byteCount > 65_535 ? 8 : byteCount > 125 ? 2 : 0) + (isClient ? 4 : 0) + byteCount
    }

    func makeCompletion(isAccepted: Bool) -> WebSocket.Completion {
        guard isAccepted else {
            rejectedCompletions += 1
            return { error in
                self.rejectedCompletions -= 1
                if error == nil { self.violate(.completion, "a send on a socket that was not open succeeded") }
                if self.rejectedCompletions < 0 { self.violate(.completion, "a completion was called twice") }
            }
        }
        let number = issuedCompletions
        issuedCompletions += 1
        return { error in self.completed(number, error) }
    }

    func completed(_ number: Int, _ error: WebSocketError?) {
        if number != calledCompletions {
            violate(.completion, "completion \(number) was called when \(calledCompletions) was due")
        }
        calledCompletions = number + 1
        if error != nil { areCompletionsFailing = true }
        if error == nil, areCompletionsFailing {
            violate(.completion, "a completion succeeded after one had failed")
        }
    }

    // MARK: Wishes of the application

    func ping(_ byteCount: Int) {
        guard let socket else { return }
        lastPing = (lastPing + 1) & 0xFFFF
        if socket.readyState == .open {
            frameBytes += frameSize(byteCount)
            pings.append(lastPing)
            pingPeak = max(pingPeak, pings.count)
        }
        note(.pings, byteCount)
        // Pings of keep-alive are empty; the application's have a number.
        let number = [UInt8(lastPing >> 8), UInt8(lastPing & 0xFF)]
        try? socket.ping(number + [UInt8](repeating: 0x70, count: byteCount - number.count))
        noteQueue(socket.bufferedAmount)
    }

    func close(_ code: CloseCode?, _ reason: String) {
        guard let socket else { return }
        note(.closes, Int(code?.rawValue ?? 1005), reason.utf8.count)
        switch socket.readyState {
        case .connecting: conversation.causes.insert(.terminated)
        case .open: closeCodes.append(code ?? .noStatusReceived)
        case .closing, .closed: break
        }
        guard let code else { return socket.close() }
        do {
            try socket.close(code, reason)
        } catch {
            violate(.state, "close threw \(error)")
        }
    }

    func terminate() {
        note(.terminates)
        conversation.causes.insert(.terminated)
        socket?.terminate()
    }

    func pause() {
        note(.pauses)
        socket?.pause()
    }

    func resume() {
        note(.resumes)
        signOfLife()
        socket?.resume()
    }
}
