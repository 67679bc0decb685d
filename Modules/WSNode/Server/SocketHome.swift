/// Where a server's sockets belong: shared by all that came the same way.
final class SocketHome {
    /// Who accepted them.
    let server: WebSocketServer
    /// Who counts their connections, unless they came from elsewhere.
    let http: HTTPServer?

    init(_ server: WebSocketServer, _ http: HTTPServer?) {
        self.server = server
        self.http = http
    }
}
