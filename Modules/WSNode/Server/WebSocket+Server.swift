extension WebSocket {
    /// The server by the name it had before version 8 of Node's `ws`.
    public typealias Server = WebSocketServer
}
