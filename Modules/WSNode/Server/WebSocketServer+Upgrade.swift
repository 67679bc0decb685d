public import WSConnection
import WSHandshake

// From an upgrade request to a socket, in Node's order: what the request says, the path, the client, the server's state,
// the subprotocol, the answer.
extension WebSocketServer {
    /// Does the opening handshake on a socket: the one of an HTTP server's `upgrade`, or one made of a byte stream of the
    /// application's own. The socket is ours from then on.
    ///
    /// - Parameters:
    ///   - request: the client's request.
    ///   - socket: where it came from.
    ///   - head: what was read behind the request.
    ///   - completion: called with the open socket, at once unless ``ServerOptions/verifyClient`` takes its time; not
    ///     called if the client is refused. It is for the caller to emit `connection`.
    /// - Throws: an Error if the socket is being upgraded already.
    public func handleUpgrade(
        _ request: IncomingMessage, _ socket: Socket, _ head: Bytes,
        _ completion: @escaping (WebSocket, IncomingMessage) -> Void
    ) throws(WebSocketError) {
        guard !socket.isBeingUpgraded else {
            throw WebSocketError(
                "server.handleUpgrade() was called more than once with the same socket, possibly due to a "
                    + "misconfiguration")
        }
        upgrade(request, socket, head, completion)
    }

    /// Does the handshake of a request that an HTTP server has found to be ours.
    func upgrade(_ request: IncomingMessage, _ socket: Socket, _ head: Bytes) {
        upgrade(request, socket, head) { self.connected($0, $1, nil) }
    }

    private func upgrade(
        _ message: IncomingMessage, _ socket: Socket, _ head: Bytes,
        _ completion: @escaping (WebSocket, IncomingMessage) -> Void
    ) {
        socket.isBeingUpgraded = true
        // Errors of the transport are nobody's business until there is a WebSocket.
        let request: UpgradeRequest
        switch ServerHandshake.validate(message.head) {
        case .success(let valid): request = valid
        case .failure(let refusal):
            if case .subprotocols = refusal.reason, !shouldHandle(message) {
                return socket.refuse(HandshakeRefusal(.path))
            }
            return turnAway(refusal, message, socket)
        }
        guard shouldHandle(message) else { return socket.refuse(HandshakeRefusal(.path)) }
        let compression: NegotiatedCompression?
        do throws(HandshakeRefusal.Reason) {
            compression = try negotiator?.choose(request)
        } catch {
            return turnAway(HandshakeRefusal(error), message, socket)
        }
        let question = UpgradeQuestion(message: message, request: request, compression: compression)
        guard let verification = options.verifyClient else {
            return decided(.accept, question, socket, head, completion)
        }
        verify(question, verification, socket, head, completion)
    }

    /// The client's fault: the application's to answer if it wants to.
    private func turnAway(_ refusal: HandshakeRefusal, _ request: IncomingMessage, _ socket: Socket) {
        guard refusal.reason.isClientFault, !clientErrorListeners.isEmpty else { return socket.refuse(refusal) }
        let error = WebSocketError(refusal)
        for listener in clientErrorListeners.due() { listener(error, socket, request) }
    }

    private func verify(
        _ question: UpgradeQuestion, _ verification: ClientVerification, _ socket: Socket, _ head: Bytes,
        _ completion: @escaping (WebSocket, IncomingMessage) -> Void
    ) {
        let request = question.message
        switch verification {
        case .sync(let verify):
            let info = ClientInfo(origin: question.request.origin, secure: socket.encrypted, req: request)
            decided(ClientVerdict(verify(info)), question, socket, head, completion)
        case .completion(let verify):
            let pending = PendingUpgrade(question, socket, head, of: self, completion)
            pending.wait()
            verify(ClientInfo(origin: question.request.origin, secure: socket.encrypted, req: request)) {
                pending.decide($0)
            }
        case .async(let verify):
            let pending = PendingUpgrade(question, socket, head, of: self, completion)
            pending.wait()
            let client = ClientRequest(
                origin: question.request.origin, secure: socket.encrypted, head: request.head,
                remoteAddress: socket.remoteAddress)
            let waiting = LoopBound(pending, on: loop)
            // Somebody waits for it, and on the loop's thread nothing of it runs.
            Task.detached(priority: .high) {
                let verdict = await verify(client)
                waiting.post { $0.decide(verdict) }
            }
        }
    }

    /// What the application thinks of the client is known.
    func decided(
        _ verdict: ClientVerdict, _ question: UpgradeQuestion, _ socket: Socket, _ head: Bytes,
        _ completion: (WebSocket, IncomingMessage) -> Void
    ) {
        if case .reject(let refusal) = verdict { return socket.refuse(refusal) }
        guard socket.isWhole else { return socket.destroy() }
        guard isRunning else { return socket.refuse(HandshakeRefusal(.unavailable)) }
        let (request, message) = (question.request, question.message)
        var subprotocol = request.subprotocols.first
        if let choose = options.handleProtocols, !request.subprotocols.isEmpty {
            subprotocol = choose(request.subprotocols, message)
            if subprotocol?.isEmpty == true { subprotocol = nil }
        }
        let extensions = question.compression.map { [$0.answer] } ?? []
        let agreement = Agreement(subprotocol: subprotocol ?? "", extensions: extensions)
        var connection: Connection
        do {
            var response = try request.response(subprotocol: subprotocol, extensions: extensions)
            if !headersListeners.isEmpty { response = try announce(response, to: message) }
            connection = try Connection(
                accepting: response, configuration: configuration, compression: question.compression?.terms,
                output: loop.smallOutput(), now: loop.now)
            if let journal = options.recording?() {
                connection.keepJournal(
                    journal, accepting: request, with: response, agreement: agreement, now: loop.now)
            }
        } catch {
            // Only the application can be at fault here: a name it may not choose, or a line that is no field.
            emit(WebSocketError("The answer to the handshake cannot be written: \(error)", name: .type))
            return socket.refuse(HandshakeRefusal(.application))
        }
        open(connection, agreement, message, socket, head, completion)
    }

    private func open(
        _ connection: consuming Connection, _ agreement: Agreement, _ request: IncomingMessage, _ stream: Socket,
        _ head: Bytes, _ completion: (WebSocket, IncomingMessage) -> Void
    ) {
        guard let transport = stream.handOver() else { return }
        let driver = ConnectionDriver(loop: loop, transport: transport, isConnected: true, connection: connection)
        driver.spreadsEvents = !options.allowSynchronousEvents
        // Also to be delivered if the socket is given up in the completion.
        if !head.isEmpty { driver.connection.receive(head, now: loop.now) }
        let socket = WebSocket(accepted: driver, agreement, at: home(of: stream))
        add(socket)
        completion(socket, request)
        stream.follow(driver)
    }

    /// Lets the `headers` listeners see the answer, and takes over what they change.
    private func announce(_ response: ResponseHead, to request: IncomingMessage) throws -> ResponseHead {
        var lines = ["HTTP/1.1 \(response.status) \(response.reason)"]
        lines += response.fields.map { "\($0.name): \($0.value)" }
        for listener in headersListeners.due() { listener(&lines, request) }
        var changed = response
        changed.fields = HeaderFields()
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else {
                throw HandshakeMisuse.field(.invalidName(line))
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            try changed.fields.append(name: String(line[..<colon]), value: String(value))
        }
        return changed
    }
}
