// A page that shows how the server is, ten times a second.

import ToolSupport
import WSNode

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let loop = EventLoop.current
let http = HTTPServer { _, response in
    try response.writeHead(200, ["Content-Type": "text/html; charset=utf-8"]).end(page)
}
let server = try WebSocketServer(server: http)

server.on(.connection) { socket, _ in
    let timer = loop.setInterval(.milliseconds(100)) {
        let milliseconds = Int(loop.now / .milliseconds(1))
        let figures = #"{"resident": \#(ProcessMemory.resident), "now": \#(milliseconds)}"#
        // Whether it arrives does not matter: the next is on its way.
        socket.send(figures) { _ in }
    }
    print("started client interval")

    socket.on(.error) { error in print(error) }
    socket.on(.close) { _, _ in
        print("stopping client interval")
        timer.cancel()
    }
}

try http.listen(port: port, host: "127.0.0.1") {
    print("listening ws://127.0.0.1:\(http.address()?.port ?? 0)/")
}
loop.run()
