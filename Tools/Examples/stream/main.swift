// Standard input goes to the socket, and what the socket receives to standard output.
import WSNode

let url = CommandLine.arguments.dropFirst().first ?? "ws://127.0.0.1:8080/"
let loop = EventLoop.current
let socket = try WebSocket(url)
let duplex = createWebSocketStream(socket, options: .init { $0.encoding = .utf8 })

duplex.on(.error) { error in print(error) }
duplex.pipe(to: loop.standardOutput)
loop.standardInput.pipe(to: duplex)

loop.run()
