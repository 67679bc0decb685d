// An echo server that compresses, with the options that decide about its memory and its speed.
import WSNode

#if Compression
let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let server = try WebSocketServer(
    port: port,
    options: ServerOptions {
        $0.host = "127.0.0.1"
        $0.perMessageDeflate = .on {
            $0.zlibDeflateOptions.chunkSize = 1024
            $0.zlibDeflateOptions.memLevel = 7
            $0.zlibDeflateOptions.level = 3
            $0.zlibInflateOptions.chunkSize = 10 * 1024
            // What is agreed with the client: no memory of earlier messages, and a small window for ours.
            $0.serverNoContextTakeover = true
            $0.clientNoContextTakeover = true
            $0.serverMaxWindowBits = 10
            // How many contexts to keep, and from how many bytes on it is worth it.
            $0.concurrencyLimit = 10
            $0.threshold = 1024
        }
    })
server.on(.listening) { print("listening ws://127.0.0.1:\(server.address()?.port ?? 0)/") }

server.on(.connection) { socket, _ in
    socket.on(.error) { error in print(error) }
    socket.on(.message) { data, isBinary in socket.send(data, binary: isBinary) }
}

EventLoop.current.run()
#else
print("This build has no compression.")
#endif
