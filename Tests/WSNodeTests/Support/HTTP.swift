import Testing
import WSNode

extension TestLoop {
    /// An HTTP server at a free port of the loopback address.
    func makeHTTPServer(
        _ options: HTTPServerOptions = HTTPServerOptions(), request: HTTPServer.RequestListener? = nil
    ) throws -> HTTPServer {
        events.wallClock = { 784_111_777 }
        let server = HTTPServer(options: options, on: events, request: request)
        track(server)
        try server.listen(port: 0, host: "127.0.0.1")
        return server
    }

    /// Connects a byte stream to an HTTP server.
    func connectRaw(to server: HTTPServer) throws -> RawPeer {
        let peer = RawPeer(
            events.backend.connect(to: .tcp(host: "127.0.0.1", port: try #require(server.address()).port)),
            isConnected: false)
        track(peer)
        return peer
    }

    /// Sends requests, ends our side if told to, and answers all that comes back until the server ends the stream.
    func exchange(
        with server: HTTPServer, _ requests: String..., endingOurSide: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let peer = try connectRaw(to: server)
        for request in requests { peer.write(octets(request)) }
        if endingOurSide { peer.end() }
        try run(until: { peer.isOver }, "the connection did not end", sourceLocation: sourceLocation)
        peer.close()
        return peer.text
    }

    /// A client of an HTTP server, not yet connected.
    func makeClient(
        of server: HTTPServer, path: String = "/", _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws -> WebSocket {
        try makeClient(at: try #require(server.address()).port, path: path, change)
    }
}

/// One octet for each scalar of the text, which has to be in U+0000 to U+00FF.
func octets(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
}
