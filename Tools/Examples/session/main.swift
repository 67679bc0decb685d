// A page on which one logs in. Only who has may open a WebSocket, and logging out closes it.
import WSNode

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let http = HTTPServer()
let server = try WebSocketServer(
    ServerOptions {
        $0.noServer = true
        $0.clientTracking = false
    })

// Who is logged in, and who of them has a socket: by the secret in their cookie.
var users: [String: String] = [:]
var sockets: [String: WebSocket] = [:]
var userCount = 0

let session = { (request: IncomingMessage) -> String? in
    let cookies = request.headers["cookie"]?.split { $0 == ";" || $0 == " " } ?? []
    let secret = cookies.first { $0.hasPrefix("session=") }.map { String($0.dropFirst("session=".count)) }
    return secret.flatMap { users[$0] == nil ? nil : $0 }
}

http.on(.request) { request, response in
    switch (request.method, request.url) {
    case ("GET", "/"):
        try response.writeHead(200, ["Content-Type": "text/html; charset=utf-8"]).end(page)
    case ("POST", "/login"):
        let secret = (0..<4).map { _ in String(UInt32.random(in: .min ... .max), radix: 16) }.joined()
        userCount += 1
        users[secret] = "user-\(userCount)"
        let cookie = "session=\(secret); Path=/; HttpOnly; SameSite=Strict"
        try response.writeHead(200, ["Set-Cookie": cookie]).end("Logged in as user-\(userCount)")
    case ("DELETE", "/logout"):
        if let secret = session(request) {
            users[secret] = nil
            sockets[secret]?.close()
        }
        try response.writeHead(200, ["Set-Cookie": "session=; Path=/; Max-Age=0"]).end("Logged out")
    default:
        try response.writeHead(404).end()
    }
}

http.on(.upgrade) { request, socket, head in
    guard let secret = session(request) else {
        return socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n")
    }
    try? server.handleUpgrade(request, socket, head) { client, request in
        server.emit(.connection, client, request, secret)
    }
}

server.on(.connection) { socket, _, secret in
    guard let secret = secret as? String, let user = users[secret] else { return socket.terminate() }
    sockets[secret] = socket
    socket.on(.error) { error in print(error) }
    socket.on(.message) { data in print("Received message \(data.text) from user \(user)") }
    socket.on(.close) { _, _ in
        if sockets[secret] == socket { sockets[secret] = nil }
    }
}

try http.listen(port: port, host: "127.0.0.1") {
    print("listening ws://127.0.0.1:\(http.address()?.port ?? 0)/")
}
EventLoop.current.run()
