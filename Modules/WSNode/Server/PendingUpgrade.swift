import WSConnection
import WSHandshake
import WSTransport

/// A server's connection until its handshake is decided.
final class PendingUpgrade: ConnectionDriverDelegate {
    private let server: WebSocketServer

    init(server: WebSocketServer) {
        self.server = server
    }

    func takeEvents(of driver: ConnectionDriver) {
        while driver.delegate === self, let event = driver.connection.nextEvent(now: driver.loop.now) {
            take(event, of: driver)
        }
    }

    private func take(_ event: consuming ConnectionEvent, of driver: ConnectionDriver) {
        switch event {
        case .upgradeRequested(let request): decide(request, driver)
        case .plainRequest: driver.connection.refuse(HandshakeRefusal(.upgradeRequired), now: driver.loop.now)
        case .closed: server.connectionEnded()
        case .refused, .failed, .opened, .message, .messagePart, .ping, .pong, .closing, .drained, .upgradeResponse,
            .unexpectedResponse, .responseBody:
            break
        }
    }

    private func decide(_ request: UpgradeRequest, _ driver: ConnectionDriver) {
        let now = driver.loop.now
        guard server.shouldHandle(request.head.target) else {
            return driver.connection.refuse(HandshakeRefusal(.path), now: now)
        }
        guard server.isRunning else {
            return driver.connection.refuse(HandshakeRefusal(.unavailable), now: now)
        }
        let message = IncomingMessage(head: request.head, over: driver.transport)
        var subprotocol = request.subprotocols.first
        if let choose = server.options.handleProtocols, !request.subprotocols.isEmpty {
            subprotocol = choose(request.subprotocols, message)
            if subprotocol?.isEmpty == true { subprotocol = nil }
        }
        let agreement = Agreement(subprotocol: subprotocol ?? "")
        do {
            var response = try request.response(subprotocol: subprotocol)
            if !server.headersListeners.isEmpty {
                response = try announce(response, to: message)
            }
            try driver.connection.accept(response, agreement: agreement, now: now)
        } catch {
            // Only the application can be at fault here: a name it may not choose, or a line that is no field.
            server.emit(WebSocketError("The answer to the handshake cannot be written: \(error)", name: .type))
            return driver.connection.refuse(HandshakeRefusal(.application), now: now)
        }
        let socket = WebSocket(accepted: driver, agreement, by: server)
        server.add(socket)
        for listener in server.connectionListeners.due() { listener(socket, message) }
    }

    /// Lets the `headers` listeners see the answer, and takes over what they change.
    private func announce(_ response: ResponseHead, to request: IncomingMessage) throws -> ResponseHead {
        var lines = ["HTTP/1.1 \(response.status) \(response.reason)"]
        lines += response.fields.map { "\($0.name): \($0.value)" }
        for listener in server.headersListeners.due() { listener(&lines, request) }
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
