#if TLS
public import WSTLS

// What makes it Node's `https.Server`.
extension HTTPServer {
    /// A server with TLS that does not listen yet: pages and sockets on one port, as with Node's `https.createServer`.
    ///
    ///     let identity = TLSServerOptions(cert: try TLSMaterial(file: "cert.pem"), key: try TLSMaterial(file: "key.pem"))
    ///     let server = try HTTPServer(tls: identity) { request, response in response.end("hello\n") }
    ///
    /// - Parameter request: becomes a listener of `request`.
    /// - Throws: why the certificate or the key cannot be used.
    public convenience init(
        tls: TLSServerOptions, options: HTTPServerOptions = HTTPServerOptions(), on loop: EventLoop = .current,
        request: RequestListener? = nil
    ) throws(WebSocketError) {
        self.init(options: options, on: loop, request: request)
        security = try ServerSecurity(tls)
    }

    /// Replaces certificate, key, authorities and versions for connections from now on, as when a certificate was renewed.
    /// Those there are go on with what they have.
    ///
    /// - Throws: why they cannot be used; the old ones then stay. An Error for a server in the clear.
    public func setSecureContext(_ configuration: TLSConfiguration) throws(WebSocketError) {
        guard let security else { throw WebSocketError("The server was made without TLS") }
        try security.reload(configuration)
    }
}

extension WebSocketServer {
    /// The same for the server's own HTTP server, or the one it shares.
    ///
    /// - Throws: why they cannot be used; the old ones then stay. An Error for a server in the clear, or without a port.
    public func setSecureContext(_ configuration: TLSConfiguration) throws(WebSocketError) {
        guard let httpServer else { throw WebSocketError("The server is not running") }
        try httpServer.setSecureContext(configuration)
    }
}
#endif

extension Event where Emitter == HTTPServer, Listener == (WebSocketError, Socket) -> Void {
    /// A client has connected with which no secure connection could be made; its socket is about to be closed.
    public static var tlsClientError: Event { Event(\.tlsClientErrorListeners) }
}
