public import WSFrame
public import WSHandshake

/// Why a connection failed: which rule the peer broke, or which limit was passed.
public enum ConnectionFailure: Error, Sendable, Equatable {
    /// A frame header against RFC 6455 §5.2.
    case frame(FrameError)
    /// A close frame whose body is against §5.5.1 or §7.4.
    case closePayload(ClosePayloadError)
    /// A text message that is not UTF-8 (§8.1); `offset` counts from the start of the message.
    case invalidUTF8(offset: Int)
    /// A message longer than ``Limits/maxPayload`` bytes (§10.4).
    case messageTooBig(limit: Int)
    /// A message of more frames than ``Limits/maxFragments``.
    case tooManyFragments(limit: Int)
    /// A message unfinished after ``Limits/messageTimeout``.
    case messageTimedOut
    /// More queued output than ``Limits/maxQueuedBytes``: the peer does not read.
    case tooMuchQueued(limit: Int)
    /// A compressed message that cannot be decompressed (RFC 7692 §7.2.2).
    case compression(CompressionError)
    /// Nothing arrived within ``Limits/keepAliveTimeout`` of a keep-alive ping.
    case keepAliveTimedOut
    /// The server's answer to the opening handshake (§4.1).
    case handshake(ClientHandshakeError)
    /// The opening handshake took longer than ``Limits/handshakeTimeout``.
    case handshakeTimedOut
    /// The peer ended the stream before the opening handshake was complete.
    case endedBeforeOpen
    /// `close` or `abort` was called before the connection was open.
    case closedBeforeOpen

    /// What the close frame that reports the failure says (§7.4.1), or nil when there is nobody to tell.
    public var closeCode: CloseCode? {
        switch self {
        case .frame(let error): error.closeCode
        case .closePayload(let error): error.closeCode
        case .invalidUTF8, .compression: .invalidPayloadData
        case .messageTooBig: .messageTooBig
        case .tooManyFragments, .messageTimedOut, .tooMuchQueued: .policyViolation
        case .keepAliveTimedOut, .handshake, .handshakeTimedOut, .endedBeforeOpen, .closedBeforeOpen: nil
        }
    }

    /// The section of RFC 6455 (or of the RFC named) with the rule.
    public var rfcSection: String {
        switch self {
        case .frame(let error): error.rfcSection
        case .closePayload(let error): error.rfcSection
        case .invalidUTF8: "8.1"
        case .compression: "RFC 7692 7.2.2"
        case .messageTooBig, .tooManyFragments, .messageTimedOut, .tooMuchQueued: "10.4"
        case .keepAliveTimedOut: "5.5.2"
        case .handshake, .handshakeTimedOut: "4.1"
        case .endedBeforeOpen, .closedBeforeOpen: "7.2.2"
        }
    }
}
