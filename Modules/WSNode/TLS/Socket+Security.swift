import WSTransport

#if TLS
public import WSTLS
#endif

// What is known of a secured connection, with the members of Node's `tls.TLSSocket`.
extension Socket {
    #if TLS
    private var filter: TLSFilter? { (transport as? TLSTransport)?.filter }

    /// Whether the connection is secured.
    public var encrypted: Bool { filter != nil }

    /// Whether the peer has shown a certificate of an authority that we trust.
    public var authorized: Bool {
        guard let filter, filter.isEstablished, filter.authorizationError == nil else { return false }
        return filter.peerCertificate != nil
    }

    /// Why the peer's certificate is not trusted, where the options put up with that.
    public var authorizationError: TLSError? { filter?.authorizationError }

    /// The certificate the peer has shown; nil if it has shown none.
    public func getPeerCertificate() -> TLSCertificate? { filter?.peerCertificate }

    /// The name the client has asked for by SNI; nil without.
    public var servername: String? { filter?.serverName }

    /// What ALPN has settled: `http/1.1`, or nil if the client did not ask.
    public var alpnProtocol: String? { filter?.applicationProtocol }

    /// The version of TLS: `TLSv1.2` or `TLSv1.3`; nil in the clear.
    public func getProtocol() -> String? { filter?.protocolVersion }

    /// OpenSSL's name of the cipher; nil in the clear.
    public func getCipher() -> String? { filter?.cipher }

    /// Whether an earlier session was resumed.
    public func isSessionReused() -> Bool { filter?.isSessionReused ?? false }

    /// Tells the server that a client could not be secured, if that is what the failure is.
    func tellSecurityFailure(_ error: TransportError) {
        guard let filter, !filter.isEstablished, let server else { return }
        let error = WebSocketError(transport: error)
        for listener in server.tlsClientErrorListeners.due() { listener(error, self) }
    }
    #else
    /// Whether the connection is secured. Never, in a build without TLS.
    public var encrypted: Bool { false }

    func tellSecurityFailure(_ error: TransportError) {}
    #endif
}
