/// What a client needs to resume a session with the same server, without another exchange of certificates. A secret.
public struct TLSSession: Sendable, Hashable, CustomStringConvertible {
    /// The session as OpenSSL serialises it.
    public let bytes: [UInt8]

    /// A session that was kept as bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The size only.
    public var description: String { "TLS session of \(bytes.count) bytes" }
}
