// A page whose browser talks to us over the browser's own WebSocket.
import WSNode

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let http = HTTPServer { _, response in
    try response.writeHead(200, ["Content-Type": "text/html; charset=utf-8"]).end(page)
}

let server = try WebSocketServer(server: http)
server.on(.connection) { socket, _ in
    socket.on(.error) { error in print(error) }
    socket.on(.message) { data in
        print("received: \(data.text)")
        socket.send("Hello Browser!")
    }
}

try http.listen(port: port, host: "127.0.0.1") {
    print("listening ws://127.0.0.1:\(http.address()?.port ?? 0)/")
}
EventLoop.current.run()
