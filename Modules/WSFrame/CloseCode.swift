/// Why a connection closes (RFC 6455 §7.4 and the registry it set up).
public struct CloseCode: RawRepresentable, Hashable, Sendable {
    /// The number.
    public var rawValue: UInt16

    /// Creates a code from any number; `mayAppearOnTheWire` tells whether a close frame may carry it.
    @inlinable
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Creates a code from any number.
    @inlinable
    public init(_ rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Whether a close frame may carry this code (§7.4.2): 1000–1003, 1007–1014 and 3000–4999.
    ///
    /// 1012–1014 were registered after the RFC. 1004 has no meaning, 1005, 1006 and 1015 describe what happened when there
    /// was no close frame with a code, and the rest is reserved or undefined.
    @inlinable
    public var mayAppearOnTheWire: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

extension CloseCode {
    /// 1000: the purpose of the connection is fulfilled.
    @inlinable public static var normalClosure: CloseCode { CloseCode(1000) }
    /// 1001: a server shuts down, or a browser leaves the page.
    @inlinable public static var goingAway: CloseCode { CloseCode(1001) }
    /// 1002: the peer broke a rule of the protocol.
    @inlinable public static var protocolError: CloseCode { CloseCode(1002) }
    /// 1003: the peer sent a kind of data that is not accepted, such as binary where text is expected.
    @inlinable public static var unsupportedData: CloseCode { CloseCode(1003) }
    /// 1005, never on the wire: the close frame carried no code.
    @inlinable public static var noStatusReceived: CloseCode { CloseCode(1005) }
    /// 1006, never on the wire: the connection ended without a close frame.
    @inlinable public static var abnormalClosure: CloseCode { CloseCode(1006) }
    /// 1007: a message holds data its type does not allow, such as text that is not UTF-8.
    @inlinable public static var invalidPayloadData: CloseCode { CloseCode(1007) }
    /// 1008: a message breaks a policy for which there is no better code.
    @inlinable public static var policyViolation: CloseCode { CloseCode(1008) }
    /// 1009: a message is too big to process.
    @inlinable public static var messageTooBig: CloseCode { CloseCode(1009) }
    /// 1010: the client needs an extension the server did not agree to; the reason lists it.
    @inlinable public static var mandatoryExtension: CloseCode { CloseCode(1010) }
    /// 1011: the server cannot go on because of a condition it did not expect.
    @inlinable public static var internalError: CloseCode { CloseCode(1011) }
    /// 1012: the service restarts; a client may connect again.
    @inlinable public static var serviceRestart: CloseCode { CloseCode(1012) }
    /// 1013: the service is overloaded; a client should come back later.
    @inlinable public static var tryAgainLater: CloseCode { CloseCode(1013) }
    /// 1014: a gateway got an invalid answer from the server behind it.
    @inlinable public static var badGateway: CloseCode { CloseCode(1014) }
    /// 1015, never on the wire: the TLS handshake failed.
    @inlinable public static var tlsHandshakeFailure: CloseCode { CloseCode(1015) }
    /// 3000: the client is not authenticated.
    @inlinable public static var unauthorized: CloseCode { CloseCode(3000) }
    /// 3003: the client is not permitted to do this.
    @inlinable public static var forbidden: CloseCode { CloseCode(3003) }
    /// 3008: something took too long.
    @inlinable public static var timeout: CloseCode { CloseCode(3008) }
}
