public import WSConnection

/// In which form an event object has the bytes of a binary message.
public enum BinaryType: String, Sendable {
    /// The bytes as they arrived: ``MessageData/bytes(_:)``.
    case nodebuffer
    /// An array of the application's own: ``MessageData/array(_:)``.
    case arraybuffer
    /// A list: ``MessageData/fragments(_:)``.
    case fragments
    /// Something that can be sent, or read later: ``MessageData/blob(_:)``.
    case blob
}

/// The contents of a message, in an event object.
public enum MessageData {
    /// A text message.
    case text(String)
    /// A binary message.
    case bytes(Bytes)
    /// A binary message, copied.
    case array([UInt8])
    /// A binary message as a list: of one element, since fragments are joined as they arrive; of none if it is empty.
    case fragments([Bytes])
    /// A binary message.
    case blob(Blob)

    package init(_ message: Message, as type: BinaryType) {
        guard message.isBinary else {
            self = .text(message.text)
            return
        }
        self =
            switch type {
            case .nodebuffer: .bytes(message.bytes)
            case .arraybuffer: .array(Array(message.bytes))
            case .fragments: .fragments(message.bytes.isEmpty ? [] : [message.bytes])
            case .blob: .blob(Blob(message.bytes))
            }
    }

    /// The text of a text message.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }
}
