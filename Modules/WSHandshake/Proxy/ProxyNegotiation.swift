/// What is said to a proxy before its stream leads to the destination, without I/O: the opening bytes out, its answers in,
/// until it opens or fails. Bytes that follow the last answer belong to the destination and are not consumed.
public protocol ProxyNegotiation: Sendable {
    /// What to send first.
    var opening: [UInt8] { get }

    /// Takes the next piece of what the proxy sends.
    ///
    /// - Parameters:
    ///   - bytes: What arrived; any size.
    ///   - consumed: Set to the number of bytes used. After `send` there may be more to take at once.
    mutating func receive(_ bytes: RawSpan, consumed: inout Int) -> ProxyOutcome
}

/// What became of the bytes a proxy sent.
public enum ProxyOutcome: Sendable, Equatable {
    /// Wait for more bytes.
    case needsMoreBytes
    /// Send these bytes, and go on.
    case send([UInt8])
    /// The stream leads to the destination now.
    case opened
    /// Close the connection.
    case failed(ProxyError)
}
