// A server that finds out which connections are broken: each has to answer one ping before it gets the next.
import WSNode

let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let port = arguments.first ?? 8080
let interval = Duration.milliseconds(arguments.dropFirst().first ?? 30_000)

let server = try WebSocketServer(port: port, host: "127.0.0.1")
server.on(.listening) { print("listening ws://127.0.0.1:\(server.address()?.port ?? 0)/") }
var alive: Set<WebSocket> = []

server.on(.connection) { socket, _ in
    alive.insert(socket)
    socket.on(.error) { error in print(error) }
    socket.on(.pong) { _ in alive.insert(socket) }
    socket.on(.close) { code, _ in
        alive.remove(socket)
        print("closed: \(code.rawValue), \(server.clients?.count ?? 0) left")
    }
}

let timer = EventLoop.current.setInterval(interval) {
    for socket in server.clients ?? [] {
        if alive.remove(socket) != nil {
            socket.ping()
        } else {
            socket.terminate()
        }
    }
}
server.on(.close) { timer.cancel() }

EventLoop.current.run()
