// One port for a page, a health check, a body that comes back, and WebSockets that echo: `httpecho [PORT]`.
// Tools/hostile attacks it, and Tools/reverse-proxies puts nginx and haproxy in front.

import ToolSupport
import WSNode

let server = HTTPServer { request, response in
    switch (request.method, request.url) {
    case ("POST", "/echo"):
        try response.writeHead(200, ["Content-Type": "application/octet-stream"])
        // The client waits while its own answer is not taken.
        request.on(.data) { if !response.write($0) { request.pause() } }
        response.on(.drain) { request.resume() }
        request.on(.end) { response.end() }
    case ("GET", "/address"):
        // Behind a proxy the client's address is in a field, which only the proxy may be trusted to set.
        let client = request.headers["x-forwarded-for"] ?? request.socket.remoteAddress ?? "unknown"
        response.end(client)
    case ("GET", "/private"):
        response.end("a proxy in front keeps this to itself\n")
    case ("GET", "/health"):
        try response.writeHead(200, ["Content-Type": "application/json"])
        response.end(#"{"ok": true}"#)
    case ("GET", "/"), ("HEAD", "/"):
        try response.writeHead(200, ["Content-Type": "text/html; charset=utf-8"])
        response.end("<!doctype html><title>httpecho</title><p>Post to /echo, or open a WebSocket.\n")
    default:
        try response.writeHead(404)
        response.end("Not Found")
    }
}
server.options.maxBodySize = 64 << 20
server.on(.error) { error in StandardError.write("\(error)\n") }

let sockets = try WebSocketServer(server: server)
sockets.on(.connection) { socket, _ in
    socket.on(.error) { _ in }
    socket.on(.message) { data, isBinary in socket.send(data, binary: isBinary) }
}

let port = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 0 : 0
try server.listen(port: port, host: "127.0.0.1") {
    StandardOutput.write("listening ws://127.0.0.1:\(server.address()?.port ?? 0)/\n")
}
EventLoop.current.run()
