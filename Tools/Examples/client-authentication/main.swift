// Who connects is asked for a token first, and the answer takes a while.
import WSNode

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let http = HTTPServer()
let sockets = try WebSocketServer(ServerOptions { $0.noServer = true })

sockets.on(.connection) { socket, _, user in
    let name = user as? String ?? "nobody"
    socket.on(.error) { error in print(error) }
    socket.on(.message) { data in print("Received message \(data.text) from user \(name)") }
}

http.on(.upgrade) { request, socket, head in
    let watch = socket.on(.error) { error in print(error) }

    authenticate(request) { user in
        guard let user else { return socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n") }
        socket.off(.error, watch)
        try? sockets.handleUpgrade(request, socket, head) { client, request in
            sockets.emit(.connection, client, request, user)
        }
    }
}

/// Stands for whatever knows the users: a database, say.
func authenticate(_ request: IncomingMessage, _ answer: @escaping (String?) -> Void) {
    EventLoop.current.setTimeout(.milliseconds(50)) {
        answer(request.url.hasSuffix("?token=secret") ? "alice" : nil)
    }
}

try http.listen(port: port, host: "127.0.0.1") {
    print("listening ws://127.0.0.1:\(http.address()?.port ?? 0)/")
}
EventLoop.current.run()
