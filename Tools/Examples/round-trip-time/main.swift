// A client that asks an echo server twice a second how long the way there and back is.
import WSNode

let url = CommandLine.arguments.dropFirst().first ?? "ws://127.0.0.1:8080/"
let loop = EventLoop.current
let socket = try WebSocket(url, options: ClientOptions { $0.origin = "https://example.com" })

let now = { Int(loop.now / .milliseconds(1)) }

socket.on(.error) { error in print(error) }
socket.on(.open) {
    print("connected")
    socket.send(now())
}
socket.on(.close) { _, _ in print("disconnected") }
socket.on(.message) { data in
    guard let sent = Int(data.text) else { return }
    print("Round-trip time: \(now() - sent) ms")
    loop.setTimeout(.milliseconds(500)) { socket.send(now()) }
}

loop.run()
