import WSTransport

/// An error as Node's `ws` reports it: its kind, its exact text, and a code where Node gives one.
public struct WebSocketError: Error, Sendable, Equatable {
    /// The class of a JavaScript error.
    public enum Name: String, Sendable {
        /// `Error`
        case error = "Error"
        /// `TypeError`
        case type = "TypeError"
        /// `RangeError`
        case range = "RangeError"
        /// `SyntaxError`
        case syntax = "SyntaxError"
    }

    /// The kind of error.
    public var name: Name
    /// What happened, in Node's words.
    public var message: String
    /// `WS_ERR_…` for what a peer did wrong, the system's name (`ECONNREFUSED`) for what a transport did.
    public var code: String?

    /// An error.
    public init(_ message: String, name: Name = .error, code: String? = nil) {
        self.message = message
        self.name = name
        self.code = code
    }

    /// What a transport reports.
    init(transport error: TransportError) {
        self.init(error.description, code: error.code)
    }

    /// The transport has gone before everything was written.
    static let connectionClosed = WebSocketError("The socket was closed before the data was written", code: "EPIPE")

    /// Something was sent on a socket that is not open.
    static func notOpen(_ state: WebSocket.ReadyState) -> WebSocketError {
        WebSocketError("WebSocket is not open: readyState \(state.rawValue) (\(state.name))")
    }
}

extension WebSocketError: CustomStringConvertible {
    /// The kind and the text, as Node prints them.
    public var description: String { "\(name.rawValue): \(message)" }
}
