// The smaller API of the JSH runtime: a server for one path, with a token in the query and a subprotocol.
import WSJSH
import class WSNode.EventLoop
import class WSNode.HTTPServer

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let server = HTTPServer { request, response in
    response.statusCode = request.url == "/health" ? 200 : 404
    response.end(request.url == "/health" ? "ok" : "")
}
var options = WebSocketServer.Options(server: server, path: "/ws")
options.verifyClient = { info in info.req.query("token") == "allow" }
options.handleProtocols = { protocols, _ in protocols.first { $0 == "machbase.rpc" } }

let wss = try WebSocketServer(options)
wss.on(.error) { err in print(err.message) }
wss.on(.connection) { ws, req in
    print(req.path, req.httpVersion, ws.protocol)
    ws.on(.error) { err in print(err.message) }
    ws.on(.message) { evt in
        print(evt.data)
        ws.send("echo:\(evt.data)")
    }
    ws.on(.close) { print("closed") }
}

try server.listen(port: port, host: "127.0.0.1") {
    print("listening ws://127.0.0.1:\(server.address()?.port ?? 0)/ws")
}
EventLoop.current.run()
