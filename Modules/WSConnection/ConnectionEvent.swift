public import WSFrame
public import WSHandshake

/// What a connection tells whoever drives it, one event at a time (``Connection/nextEvent(now:)``).
public enum ConnectionEvent: Sendable {
    /// A server's peer asks to be upgraded: answer with ``Connection/accept(_:agreement:compression:now:)`` or
    /// ``Connection/refuse(_:now:)``. Nothing else happens until then.
    indirect case upgradeRequested(UpgradeRequest)

    /// A server's peer sent an ordinary HTTP request: answer with ``Connection/refuse(_:now:)``.
    indirect case plainRequest(RequestHead)

    /// A server's peer sent something that is not a valid handshake. The refusal is already in the output.
    indirect case refused(HandshakeRefusal)

    /// A client's server answered 101; the answer has not been judged yet.
    indirect case upgradeResponse(ResponseHead)

    /// A client's server answered something else. What follows is the body of the answer
    /// (``responseBody(_:)``), and nothing is sent any more.
    indirect case unexpectedResponse(ResponseHead)

    /// Raw bytes that follow the head of an unexpected response.
    case responseBody(Bytes)

    /// The opening handshake is complete (RFC 6455 §4.1, §4.2.2).
    indirect case opened(Agreement)

    /// A whole message (§6.2).
    case message(Message)

    /// A piece of a message, where ``ConnectionConfiguration/deliversMessagesInParts`` is set.
    case messagePart(MessagePart)

    /// A ping (§5.5.2); its pong is already in the output.
    case ping(Bytes)

    /// A pong (§5.5.3), asked for or not.
    case pong(Bytes)

    /// The peer's close frame (§5.5.1); the answer is already in the output.
    indirect case closing(CloseFrame)

    /// The connection has failed: a rule or a limit was broken (§7.1.7). At most once.
    indirect case failed(ConnectionFailure)

    /// The output passed ``Limits/highWaterMark``, and all of it has been written now.
    case drained

    /// The stream has ended: the last event (§7.1.4).
    indirect case closed(CloseReport)
}

/// A whole message.
public struct Message: Sendable, Equatable {
    /// The payload. That of a text message is valid UTF-8, unless its validation was switched off.
    public var bytes: Bytes
    /// Whether it came in binary frames.
    public var isBinary: Bool

    /// A message.
    public init(bytes: Bytes, isBinary: Bool) {
        self.bytes = bytes
        self.isBinary = isBinary
    }

    /// The payload as text.
    public var text: String { String(bytes) }
}

/// A piece of a message, as it arrived. Pieces follow the network's cuts, not the frames of the peer.
public struct MessagePart: Sendable, Equatable {
    /// The bytes; may be empty in the last piece. Pieces of text may end inside a character.
    public var bytes: Bytes
    /// Whether the message is binary.
    public var isBinary: Bool
    /// Whether this is the message's first piece.
    public var isFirst: Bool
    /// Whether the message ends here.
    public var isLast: Bool
}

/// What the opening handshake settled.
public struct Agreement: Sendable, Equatable {
    /// The subprotocol in use; empty if there is none.
    public var subprotocol: String
    /// The extensions in use, in the order of their application.
    public var extensions: [ExtensionOffer]

    /// An agreement.
    public init(subprotocol: String = "", extensions: [ExtensionOffer] = []) {
        self.subprotocol = subprotocol
        self.extensions = extensions
    }
}

/// How a connection ended.
public struct CloseReport: Sendable, Equatable {
    /// The code of the peer's close frame; 1005 if it had none, 1006 if no close frame came (§7.1.5).
    public var code: CloseCode
    /// The reason in that frame.
    public var reason: Bytes
    /// Whether both sides had sent a close frame (§7.1.4).
    public var wasClean: Bool
}
