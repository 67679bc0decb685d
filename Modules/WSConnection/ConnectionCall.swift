public import WSFrame
public import WSHandshake

/// A wish of the application as a value: what a recording keeps of it, and a replay repeats.
public enum ConnectionCall: Sendable {
    /// ``Connection/accept(_:agreement:compression:now:)``; without a response, with the one the request and the agreement
    /// amount to.
    case accept(ResponseHead?, Agreement)
    /// ``Connection/refuse(_:now:)``.
    case refuse(HandshakeRefusal)
    /// ``Connection/send(_:isBinary:isFinal:compress:now:)``, or that of a text.
    case send(Bytes, isBinary: Bool, isFinal: Bool, compress: Bool)
    /// ``Connection/send(_:now:)``.
    case sendPrepared(Message)
    /// ``Connection/sendPing(_:now:)``.
    case ping(Bytes)
    /// ``Connection/sendPong(_:now:)``.
    case pong(Bytes)
    /// ``Connection/close(code:reason:now:)``.
    case close(CloseCode?, reason: String)
    /// ``Connection/abort(now:)``.
    case abort
    /// ``Connection/isPaused``.
    case pause(Bool)
    /// ``Connection/discardOutput()``.
    case discardOutput
}
