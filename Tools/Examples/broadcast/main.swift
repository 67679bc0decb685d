// A server that passes each message on to everybody, the sender included.
import WSNode

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let server = try WebSocketServer(port: port, host: "127.0.0.1")
server.on(.listening) { print("listening ws://127.0.0.1:\(server.address()?.port ?? 0)/") }

server.on(.connection) { socket, _ in
    socket.on(.error) { error in print(error) }
    // The same as `server.broadcast(data)`, which makes the frame only once.
    socket.on(.message) { data, isBinary in
        for client in server.clients ?? [] where client.readyState == .open {
            client.send(data, binary: isBinary)
        }
    }
}

EventLoop.current.run()
