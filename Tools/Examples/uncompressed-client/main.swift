// A client that wants no compression; by default it offers some.
import WSNode

let url = CommandLine.arguments.dropFirst().first ?? "ws://127.0.0.1:8080/"
let socket = try WebSocket(url, options: ClientOptions { $0.perMessageDeflate = false })

socket.on(.error) { error in print(error) }
socket.on(.open) { socket.send("something") }
socket.on(.message) { data in print("received: \(data.text)") }

EventLoop.current.run()
