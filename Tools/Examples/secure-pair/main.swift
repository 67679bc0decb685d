// An HTTPS server and its client in one. The client does not care who the server is, unless a third argument says that it
// should: then a certificate nobody knows is an error.
import WSNode

#if TLS
let arguments = Array(CommandLine.arguments.dropFirst())
let certificate = try TLSMaterial(file: arguments.first ?? "cert.pem")
let key = try TLSMaterial(file: arguments.count > 1 ? arguments[1] : "key.pem")

let server = try HTTPServer(tls: TLSServerOptions(cert: certificate, key: key))
let sockets = try WebSocketServer(server: server)
sockets.on(.connection) { socket, _ in
    socket.on(.error) { error in print(error) }
    socket.on(.message) { data in print(data.text) }
}
try server.listen(host: "127.0.0.1")

let port = server.address()?.port ?? 0
let client = try WebSocket(
    "wss://localhost:\(port)/",
    options: ClientOptions {
        $0.family = .ipv4
        $0.tls.rejectUnauthorized = arguments.count > 2
    })
client.on(.error) { error in print(error) }
client.on(.open) {
    client.send("All your secrets are safe")
    client.close()
}
client.on(.close) { _, _ in server.close() }

EventLoop.current.run()
#else
print("This build has no TLS.")
#endif
