// WebSockets on the port of an HTTPS server. Its certificate and key are PEM files, named behind the port.
import WSNode

#if TLS
let arguments = Array(CommandLine.arguments.dropFirst())
let port = arguments.first.flatMap { Int($0) } ?? 8443
let certificate = try TLSMaterial(file: arguments.count > 1 ? arguments[1] : "cert.pem")
let key = try TLSMaterial(file: arguments.count > 2 ? arguments[2] : "key.pem")

let server = try HTTPServer(tls: TLSServerOptions(cert: certificate, key: key)) { _, response in
    response.end("ok")
}
let sockets = try WebSocketServer(server: server)
sockets.on(.connection) { socket, _ in
    socket.on(.error) { error in print(error) }
    socket.on(.message) { data in print("received: \(data.text)") }
    socket.send("something")
}

try server.listen(port: port, host: "127.0.0.1") {
    print("listening wss://127.0.0.1:\(server.address()?.port ?? 0)/")
}
EventLoop.current.run()
#else
print("This build has no TLS.")
#endif
