public import WSFrame

/// What happened to a socket, as an object: what browsers call `Event`. (``Event`` is here the typed name of an event.)
public class SocketEvent {
    /// `open`, `message`, `close` or `error`.
    public let type: String
    /// The socket it happened to; nil for an event made by hand.
    public internal(set) weak var target: WebSocket?

    /// An event of a type.
    public init(_ type: String) {
        self.type = type
    }
}

/// A message has arrived.
public final class MessageEvent: SocketEvent {
    /// The message: a string if it is text, else in the form that the socket's ``WebSocket/binaryType`` asks for.
    public let data: MessageData?

    /// An event made by hand.
    public init(_ type: String, data: MessageData? = nil) {
        self.data = data
        super.init(type)
    }
}

/// The connection has ended.
public final class CloseEvent: SocketEvent {
    /// The code of the peer's close frame; 1005 if it had none, 1006 if no close frame came.
    public let code: CloseCode
    /// The reason in that frame.
    public let reason: String
    /// Whether both ends had sent a close frame.
    public let wasClean: Bool

    /// An event made by hand.
    public init(_ type: String, code: CloseCode = CloseCode(rawValue: 0), reason: String = "", wasClean: Bool = false) {
        self.code = code
        self.reason = reason
        self.wasClean = wasClean
        super.init(type)
    }
}

/// Something went wrong.
public final class ErrorEvent: SocketEvent {
    /// The error.
    public let error: WebSocketError?
    /// What happened, in Node's words.
    public let message: String

    /// An event made by hand.
    public init(_ type: String, error: WebSocketError? = nil, message: String = "") {
        self.error = error
        self.message = message
        super.init(type)
    }
}
