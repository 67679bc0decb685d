extension RequestHead {
    /// Whether the client means to send another request on the connection (RFC 9112 §9.3).
    public var keepsConnection: Bool {
        if fields.hasToken("close", in: .connection) { return false }
        return version >= .http11 || fields.hasToken("keep-alive", in: .connection)
    }

    /// Whether the client waits with the body until it is told to go on (RFC 9110 §10.1.1). In HTTP/1.0 it means nothing.
    ///
    /// - Throws: 417's reason, as ``HandshakeRefusal/Reason/expectation(_:)``, for any other expectation.
    public func expectsContinue() throws(HandshakeRefusal.Reason) -> Bool {
        guard version >= .http11, let expectation = fields.joined(.expect) else { return false }
        guard expectation.isEqualIgnoringCase(to: "100-continue") else { throw .expectation(expectation) }
        return true
    }
}
