// A client that gives up when the server's pings stay out. Pongs are sent by themselves.
import WSNode

let arguments = CommandLine.arguments.dropFirst()
let url = arguments.first ?? "ws://127.0.0.1:8080/"
// The time between two of the server's pings, and some for the way.
let patience = Duration.milliseconds(arguments.dropFirst().first.flatMap { Int($0) } ?? 30_000 + 1_000)

let socket = try WebSocket(url)
var timer: Timer?

let heartbeat = {
    timer?.cancel()
    timer = EventLoop.current.setTimeout(patience) { socket.terminate() }
}

socket.on(.error) { error in print(error) }
socket.on(.open) { heartbeat() }
socket.on(.ping) { _ in heartbeat() }
socket.on(.close) { code, _ in
    timer?.cancel()
    print("closed: \(code.rawValue)")
}

EventLoop.current.run()
