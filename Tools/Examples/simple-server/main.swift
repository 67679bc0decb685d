// A server that greets who connects, and prints what they say.
import WSNode

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let server = try WebSocketServer(port: port, host: "127.0.0.1")
server.on(.listening) { print("listening ws://127.0.0.1:\(server.address()?.port ?? 0)/") }

server.on(.connection) { socket, _ in
    socket.on(.error) { error in print(error) }
    socket.on(.message) { data in print("received: \(data.text)") }
    socket.send("something")
}

EventLoop.current.run()
