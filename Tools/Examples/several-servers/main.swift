// Two WebSocket servers on one HTTP server, chosen by the path. (Where a path is all there is to decide,
// `WebSocketServer(server: http, path: "/foo")` for each of them is shorter.)
import WSNode

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let http = HTTPServer()
let foo = try WebSocketServer(ServerOptions { $0.noServer = true })
let bar = try WebSocketServer(ServerOptions { $0.noServer = true })

foo.on(.connection) { socket, _ in
    socket.on(.error) { error in print(error) }
    socket.send("this is foo")
}
bar.on(.connection) { socket, _ in
    socket.on(.error) { error in print(error) }
    socket.send("this is bar")
}

http.on(.upgrade) { request, socket, head in
    switch request.url.prefix(while: { $0 != "?" }) {
    case "/foo": try? foo.handleUpgrade(request, socket, head) { foo.emit(.connection, $0, $1) }
    case "/bar": try? bar.handleUpgrade(request, socket, head) { bar.emit(.connection, $0, $1) }
    default: socket.destroy()
    }
}

try http.listen(port: port, host: "127.0.0.1") {
    print("listening ws://127.0.0.1:\(http.address()?.port ?? 0)/")
}
EventLoop.current.run()
