// A client in the words of browsers.
import WSNode

let url = CommandLine.arguments.dropFirst().first ?? "ws://127.0.0.1:8080/"
let socket = try WebSocket(url)

socket.addEventListener(.open) { _ in socket.send("Hello Server!") }
socket.addEventListener(.message) { event in print("Message from server \(event.data?.text ?? "")") }
socket.addEventListener(.error) { event in print(event.message) }

EventLoop.current.run()
