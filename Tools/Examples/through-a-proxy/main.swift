// A client behind an HTTP proxy, which is asked for a tunnel; the address may also be one of https: or socks5:.
import WSNode

let arguments = Array(CommandLine.arguments.dropFirst())
let url = arguments.first ?? "ws://127.0.0.1:8080/"
let agent = try ProxyAgent(arguments.count > 1 ? arguments[1] : "http://user:password@127.0.0.1:3128")
let socket = try WebSocket(url, options: ClientOptions { $0.agent = agent })

socket.on(.error) { error in print(error) }
socket.on(.open) { socket.send("something") }
socket.on(.message) { data in print("received: \(data.text)") }

EventLoop.current.run()
