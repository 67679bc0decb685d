// A client that sends numbers as they are in memory.
import WSNode

let url = CommandLine.arguments.dropFirst().first ?? "ws://127.0.0.1:8080/"
let socket = try WebSocket(url)

socket.on(.error) { error in print(error) }
socket.on(.open) {
    let numbers = (0..<5).map { Float($0) / 2 }
    socket.send(values: numbers)
}
socket.on(.message) { data, isBinary in print("received: \(isBinary ? data.bytes.description : data.text)") }

EventLoop.current.run()
