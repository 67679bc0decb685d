import WSConnection
import WSFrame
import WSHandshake

/// Heads as they stand in RFC 6455 §1.2, and their like.
enum Sample {
    /// A client's request.
    static func request(_ extra: String = "", target: String = "/chat") -> [UInt8] {
        head(
            """
            GET \(target) HTTP/1.1
            Host: server.example.com
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13
            \(extra)
            """)
    }

    /// The answer that opens the connection.
    static func response(_ extra: String = "", accept: String = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") -> [UInt8] {
        head(
            """
            HTTP/1.1 101 Switching Protocols
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Accept: \(accept)
            \(extra)
            """)
    }

    /// The lines of a head, with the line ends of the wire and the empty line behind them.
    static func head(_ lines: String) -> [UInt8] {
        let lines = lines.split(separator: "\n", omittingEmptySubsequences: true)
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// The key of the RFC's example, "the sample nonce".
    static let nonce = Array("the sample nonce".utf8)
}

extension ClientHandshake {
    /// A handshake with the key of the RFC's example.
    static func sample(_ configure: (inout Options) -> Void = { _ in }) throws -> ClientHandshake {
        var options = Options(url: try WebSocketURL("ws://server.example.com/chat"))
        configure(&options)
        return try ClientHandshake(options, nonce: Sample.nonce)
    }
}

extension Endpoint {
    /// A server's end before the handshake.
    ///
    /// - Parameter accepts: whether its listener accepts at once.
    static func server(
        accepts: Bool = true, _ configure: (inout ConnectionConfiguration) -> Void = { _ in }
    ) -> Endpoint {
        let clock = VirtualClock()
        var configuration = ConnectionConfiguration()
        configure(&configuration)
        let endpoint = Endpoint(
            Connection(server: ConnectionConfiguration.Shared(configuration), now: clock.now), clock: clock)
        if accepts { endpoint.listener = accept }
        return endpoint
    }

    /// A client's end before the answer, its request taken from the output.
    static func client(
        _ handshake: ClientHandshake, _ configure: (inout ConnectionConfiguration) -> Void = { _ in }
    ) -> Endpoint {
        client(handshake, negotiation: nil, configure)
    }

    /// A client's end that negotiates compression.
    static func client(
        _ handshake: ClientHandshake, negotiation: CompressionNegotiation?,
        _ configure: (inout ConnectionConfiguration) -> Void = { _ in }
    ) -> Endpoint {
        let clock = VirtualClock()
        var configuration = ConnectionConfiguration()
        configure(&configuration)
        let endpoint = Endpoint(
            Connection(
                client: handshake, configuration: ConnectionConfiguration.Shared(configuration),
                keys: ZeroMaskingKeys(), negotiation: negotiation, now: clock.now),
            clock: clock)
        endpoint.settle()
        _ = endpoint.takeOutput()
        return endpoint
    }

    /// A listener that accepts every handshake.
    static func accept(_ endpoint: Endpoint, _ event: ConnectionEvent) {
        guard case .upgradeRequested(let request) = event else { return }
        try? endpoint.connection.accept(request, now: endpoint.now)
    }
}
