// A server that tells who connects: the peer of the connection, or the client that a proxy in front of us names.
// Only a proxy of one's own is to be believed; anybody can send this field.
import WSNode

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let server = try WebSocketServer(port: port, host: "127.0.0.1")
server.on(.listening) { print("listening ws://127.0.0.1:\(server.address()?.port ?? 0)/") }

server.on(.connection) { socket, request in
    socket.on(.error) { error in print(error) }
    let peer = request.socket.remoteAddress ?? "unknown"
    let forwarded = request.headers["x-forwarded-for"]?.split { $0 == "," || $0 == " " }.first
    print("connected: \(peer), client: \(forwarded.map(String.init) ?? peer)")
}

EventLoop.current.run()
