import WSConnection
import WSHandshake

extension ConnectionCall {
    /// Makes the call again.
    ///
    /// - Parameter request: the one that waits for an answer.
    func perform(on connection: inout Connection, answering request: UpgradeRequest?, now: Duration) -> CallOutcome {
        do {
            var hasRoom = true
            switch self {
            case .accept(let response, let agreement):
                guard let response = try response ?? request?.response(to: agreement) else {
                    return .refused("nothingToAccept")
                }
                try connection.accept(response, agreement: agreement, now: now)
            case .refuse(let refusal):
                connection.refuse(refusal, now: now)
            case .send(let bytes, let isBinary, let isFinal, let compress):
                hasRoom = try connection.send(
                    bytes, isBinary: isBinary, isFinal: isFinal, compress: compress, now: now)
            case .sendPrepared(let message):
                hasRoom = try connection.send(PreparedMessage(message), now: now)
            case .ping(let bytes):
                hasRoom = try connection.sendPing(bytes, now: now)
            case .pong(let bytes):
                hasRoom = try connection.sendPong(bytes, now: now)
            case .close(let code, let reason):
                try connection.close(code: code, reason: reason, now: now)
            case .abort:
                connection.abort(now: now)
            case .pause(let isPaused):
                connection.isPaused = isPaused
            case .discardOutput:
                connection.discardOutput()
            }
            return hasRoom ? .done : .full
        } catch {
            return .refused(Self.name(of: error))
        }
    }

    /// The name of an error's case.
    private static func name(of error: any Error) -> String {
        Mirror(reflecting: error).children.first?.label ?? "\(error)"
    }
}

extension UpgradeRequest {
    /// The answer that says no more than what was agreed.
    func response(to agreement: Agreement) throws(HandshakeMisuse) -> ResponseHead {
        try response(
            subprotocol: agreement.subprotocol.isEmpty ? nil : agreement.subprotocol, extensions: agreement.extensions)
    }
}
