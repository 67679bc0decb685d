import WSNode

/// An error as scripts see it: its class and its message.
public struct WebSocketError: Error, Sendable, Equatable {
    /// The class, such as `TypeError`.
    public let name: String
    /// What happened.
    public let message: String

    /// An error.
    public init(_ message: String, name: String = "Error") {
        self.name = name
        self.message = message
    }

    init(_ error: WSNode.WebSocketError) {
        self.init(error.message, name: error.name.rawValue)
    }

    init(_ error: any Error) {
        switch error {
        case let error as WebSocketError: self = error
        case let error as WSNode.WebSocketError: self.init(error)
        default: self.init(String(describing: error))
        }
    }

    static func type(_ message: String) -> WebSocketError {
        WebSocketError(message, name: "TypeError")
    }
}

extension WebSocketError: CustomStringConvertible {
    /// The class and the message.
    public var description: String { "\(name): \(message)" }
}

/// What scripts call the type of a value.
func scriptType(of value: Any?) -> String {
    switch value {
    case nil: "undefined"
    case is String: "string"
    case is Bool: "boolean"
    case is any Numeric: "number"
    default: "object"
    }
}
