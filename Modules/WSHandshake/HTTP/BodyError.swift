/// Why the bytes after a head are not an acceptable body.
///
/// Where the next message begins is then unknown: answer with ``status`` and close the connection.
public enum BodyError: Error, Equatable, Sendable {
    /// A chunk whose line does not begin with 1 to 16 hexadecimal digits, or has something other than extensions behind
    /// them (RFC 9112 §7.1).
    case invalidChunkSize
    /// A chunk larger than any number we count with (RFC 9112 §7.1).
    case chunkTooLarge
    /// A chunk's content is not followed by an end of line (RFC 9112 §7.1).
    case missingChunkEnd
    /// More chunk extensions than ``BodyLimits/maxExtensionBytes`` (RFC 9112 §7.1.1).
    case extensionsTooLong(limit: Int)
    /// More content than ``BodyLimits/maxBytes``.
    case tooLarge(limit: Int)
    /// A fault of a line between the chunks or of a trailer field.
    case line(HeadError)

    /// The status a server answers with, between 400 and 599 (RFC 9110 §15).
    public var status: Int {
        switch self {
        case .invalidChunkSize, .missingChunkEnd: 400
        case .chunkTooLarge, .extensionsTooLong, .tooLarge: 413
        case .line(let error): error.status
        }
    }
}

extension BodyError: CustomStringConvertible {
    /// The fault and its section, for logs.
    public var description: String {
        switch self {
        case .invalidChunkSize: "Invalid chunk size (RFC 9112 §7.1)"
        case .chunkTooLarge: "Chunk size too large (RFC 9112 §7.1)"
        case .missingChunkEnd: "Chunk without an end of line (RFC 9112 §7.1)"
        case .extensionsTooLong(let limit): "More than \(limit) bytes of chunk extensions (RFC 9112 §7.1.1)"
        case .tooLarge(let limit): "Body longer than \(limit) bytes (RFC 9110 §15.5.14)"
        case .line(let error): error.description
        }
    }
}
