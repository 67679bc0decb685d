import WSNode

/// A message, as the listeners of `message` get it.
public struct MessageEvent: Sendable, Equatable {
    /// What a message holds.
    public enum Payload: Sendable, Equatable {
        /// The text of a text message.
        case text(String)
        /// The bytes of a binary message.
        case bytes([UInt8])
    }

    /// ``WebSocket/TextMessage`` or ``WebSocket/BinaryMessage``.
    public let type: Int
    /// The text or the bytes.
    public let data: Payload

    init(_ message: WSNode.Message) {
        type = message.isBinary ? WebSocket.BinaryMessage : WebSocket.TextMessage
        data = message.isBinary ? .bytes(Array(message.bytes)) : .text(message.text)
    }
}

extension MessageEvent.Payload: CustomStringConvertible {
    /// The text, or the list of bytes.
    public var description: String {
        switch self {
        case .text(let text): text
        case .bytes(let bytes): bytes.description
        }
    }

    /// The text of a text message.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The bytes of a binary message.
    public var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }
}
