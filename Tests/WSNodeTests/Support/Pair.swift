import Testing
import WSNode

/// A server, a client of it, and the socket the server made of the client.
struct Pair {
    let server: WebSocketServer
    let client: WebSocket
    /// The server's end.
    let accepted: WebSocket
    let request: IncomingMessage
}

extension TestLoop {
    /// A server at a free port of the loopback address.
    func makeServer(_ change: (inout ServerOptions) -> Void = { _ in }) throws -> WebSocketServer {
        let options = ServerOptions {
            $0.host = "127.0.0.1"
            change(&$0)
        }
        let server = try WebSocketServer(port: 0, options: options, on: events)
        track(server)
        return server
    }

    /// A client of a server, not yet connected.
    func makeClient(
        of server: WebSocketServer, path: String = "/", protocols: [String] = [],
        _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws -> WebSocket {
        try makeClient(at: try #require(server.address()).port, path: path, protocols: protocols, change)
    }

    /// A client of a port of the loopback address, not yet connected.
    func makeClient(
        at port: UInt16, path: String = "/", protocols: [String] = [],
        _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws -> WebSocket {
        let client = try WebSocket(
            "ws://127.0.0.1:\(port)\(path)", protocols: protocols, options: ClientOptions(change), on: events)
        track(client)
        return client
    }

    /// A connected pair, open at both ends.
    func makePair(
        protocols: [String] = [], server change: (inout ServerOptions) -> Void = { _ in },
        client changeClient: (inout ClientOptions) -> Void = { _ in }, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Pair {
        let server = try makeServer(change)
        var accepted: (socket: WebSocket, request: IncomingMessage)?
        server.once(.connection) { accepted = ($0, $1) }
        let client = try makeClient(of: server, protocols: protocols, changeClient)
        try run(
            until: { accepted != nil && client.readyState == .open }, "the pair did not connect",
            sourceLocation: sourceLocation)
        let (socket, request) = try #require(accepted, sourceLocation: sourceLocation)
        track(socket)
        return Pair(server: server, client: client, accepted: socket, request: request)
    }

    /// A port at which nobody listens any more.
    func freePort() throws -> UInt16 {
        let listener = try events.backend.listen(on: .tcp(host: "127.0.0.1", port: 0))
        defer { listener.close() }
        return listener.address.port
    }
}
