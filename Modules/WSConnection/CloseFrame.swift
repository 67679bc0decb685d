public import WSFrame

/// What a close frame says (RFC 6455 §5.5.1).
public struct CloseFrame: Sendable, Equatable {
    /// The code, or nil when the frame was empty.
    public var code: CloseCode?

    /// The reason: UTF-8, at most 123 bytes.
    public var reason: Bytes

    /// A close frame.
    public init(code: CloseCode? = nil, reason: Bytes = Bytes()) {
        self.code = code
        self.reason = reason
    }

    /// The code an application is told: 1005 when the frame had none (§7.1.5).
    public var reportedCode: CloseCode { code ?? .noStatusReceived }
}
