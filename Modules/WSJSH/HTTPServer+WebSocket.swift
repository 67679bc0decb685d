public import WSNode

extension HTTPServer {
    /// Serves WebSockets at a path: a ``WebSocketServer`` with one listener.
    @discardableResult
    public func ws(
        _ path: String, _ handler: @escaping WebSocketServer.ConnectionListener
    ) throws(WebSocketError) -> WebSocketServer {
        let server = try WebSocketServer(WebSocketServer.Options(server: self, path: path))
        server.on(.connection, handler)
        return server
    }
}
