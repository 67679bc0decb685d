extension ClientHandshake {
    /// What a client asks for.
    public struct Options: Sendable, Equatable {
        /// Where to; its credentials win over ``auth``.
        public var url: WebSocketURL
        /// The version to speak. Default 13.
        public var version = ProtocolVersion.rfc6455
        /// The subprotocols to offer, most preferred first: tokens, none twice. With any, a server that chooses none is an
        /// error, as in Node.
        public var subprotocols: [String] = []
        /// The extensions to offer, most preferred first.
        public var extensions: [ExtensionOffer] = []
        /// The origin to claim; nil for none, as fits a client that is no browser.
        public var origin: String?
        /// Further fields, which precede the handshake's own.
        ///
        /// Upgrade, Connection, Sec-WebSocket-Key, -Version and -Accept are left out of them; so are -Extensions,
        /// -Protocol and the origin when the option of that name is set. A Host replaces the URL's, an Authorization
        /// replaces the credentials.
        public var headers = HeaderFields()
        /// Credentials as `user:password` for Basic authentication.
        public var auth: String?
        /// Limits for the server's answer.
        public var limits = HeadLimits.standard

        /// Options with every default.
        public init(url: WebSocketURL) { self.url = url }
    }
}
