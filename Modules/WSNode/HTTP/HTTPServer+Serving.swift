import WSConnection
import WSHandshake

// From a connection's requests to those who serve them.
extension HTTPServer {
    func serve(_ request: IncomingMessage, _ response: ServerResponse, expectsContinue: Bool) {
        let listeners: [RequestListener]
        if expectsContinue, !checkContinueListeners.isEmpty {
            listeners = checkContinueListeners.due()
        } else {
            if expectsContinue { response.writeContinue() }
            let answer = plainAnswers[String(request.url.prefix { $0 != "?" })]
            listeners = answer.map { [$0] } ?? requestListeners.due()
        }
        guard !listeners.isEmpty else {
            response.statusCode = 404
            return response.end(HTTPStatus.reasonPhrase(for: 404))
        }
        for listener in listeners {
            do {
                try listener(request, response)
            } catch {
                response.failed(error)
            }
        }
    }

    /// Whether there is anybody to upgrade a connection.
    var takesUpgrades: Bool { !webSocketServers.isEmpty || !upgradeListeners.isEmpty }

    /// The WebSocket server of the path takes the request; what none of them wants is for the listeners of `upgrade`, and
    /// without those refused as the first of them would.
    func upgrade(_ request: IncomingMessage, _ socket: Socket, _ head: Bytes) {
        if let sockets = webSocketServers.first(where: { $0.shouldHandle(request) }) {
            return sockets.upgrade(request, socket, head)
        }
        guard upgradeListeners.isEmpty else {
            // A listener may keep it, and must not keep the memory it arrived in.
            let head = Bytes(copying: head)
            for listener in upgradeListeners.due() { listener(request, socket, head) }
            return
        }
        if let answerToUnknownUpgrade { return socket.refuse(answerToUnknownUpgrade) }
        if let sockets = webSocketServers.first { sockets.upgrade(request, socket, head) } else { socket.destroy() }
    }
}
