// WebSockets on the port of an HTTP server that also answers ordinary requests.
import WSNode

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let server = HTTPServer { request, response in
    guard request.url == "/health" else { return try response.writeHead(404).end() }
    response.end("ok")
}

let sockets = try WebSocketServer(server: server)
sockets.on(.connection) { socket, _ in
    socket.on(.error) { error in print(error) }
    socket.on(.message) { data in print("received: \(data.text)") }
    socket.send("something")
}

try server.listen(port: port, host: "127.0.0.1") {
    print("listening ws://127.0.0.1:\(server.address()?.port ?? 0)/")
}
EventLoop.current.run()
