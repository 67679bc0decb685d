import ToolSupport
import WSNode

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The demonstration: a server, a check of it, and then a page with a chat for whoever comes.
final class Demo {
    private static let usualPort = 8080

    private let port: Int?
    private let isOnce: Bool
    private let security: Security
    private let loop = EventLoop.current
    private let transcript: Transcript
    private var http: HTTPServer?
    private var servers: [WebSocketServer] = []
    private var room: ChatRoom?
    private var check: SelfCheck?
    private var status: Int32 = 0

    init(port: Int?, isOnce: Bool, _ security: Security) {
        self.port = port
        self.isOnce = isOnce
        self.security = security
        transcript = Transcript(on: loop)
    }

    func run() -> Never {
        let bound = LoopBound(self, on: loop)
        loop.onSignals([SIGINT, SIGTERM]) { _, _ in bound.post { demo in demo.stop() } }
        listen(at: port ?? (isOnce ? 0 : Self.usualPort))
        loop.run()
        exit(status)
    }

    private func listen(at port: Int) {
        let http: HTTPServer
        do throws(WebSocketError) {
            http = try security.makeServer(on: loop)
        } catch {
            CommandLineParser.fail(program: "wsdemo", error.message)
        }
        self.http = http
        http.on(.request) { request, response in try self.answer(request, response) }
        http.on(.error) { error in
            guard error.code == "EADDRINUSE", self.port == nil, port != 0 else {
                CommandLineParser.fail(program: "wsdemo", error.message)
            }
            self.transcript.add("port \(port) is taken: using a free one")
            self.listen(at: 0)
        }
        attempt {
            try http.listen(port: port, host: "127.0.0.1") {
                self.attempt { try self.serve(on: http) }
            }
        }
    }

    private func attempt(_ work: () throws -> Void) {
        do {
            try work()
        } catch {
            CommandLineParser.fail(program: "wsdemo", "\(error)")
        }
    }

    /// Beside the page: an echo for the check, and the chat.
    private func serve(on http: HTTPServer) throws(WebSocketError) {
        let echo = try WebSocketServer(server: http, path: "/echo", options: options)
        echo.on(.connection) { socket, _ in self.echo(socket) }
        let chat = try WebSocketServer(server: http, path: "/chat", options: options)
        room = ChatRoom(on: chat, loop)
        servers = [echo, chat]
        startCheck(at: http.address()?.port ?? 0)
    }

    /// For strangers, and for pages of ours only: any page in a browser here can reach this server.
    private var options: ServerOptions {
        let scheme = security.scheme
        var options = ServerOptions()
        options.harden()
        options.verifyClient = .sync { client in
            client.origin == nil || client.origin == client.req.headers["host"].map { "\(scheme)://\($0)" }
        }
        return options
    }

    private func answer(_ request: IncomingMessage, _ response: ServerResponse) throws {
        switch (request.method, request.url) {
        case ("GET", "/"), ("HEAD", "/"):
            let policy = """
                default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
                img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
                """
            try response.writeHead(
                200, ["Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy])
            response.end(page)
        case ("GET", "/health"):
            response.end("ok\n")
        default:
            try response.writeHead(404).end("Not Found\n")
        }
    }

    private func startCheck(at port: some BinaryInteger) {
        let (page, sockets) = (security.scheme, security.socketScheme)
        let url = "\(sockets)://127.0.0.1:\(port)/echo"
        transcript.add("swift-ws \(Version.current): a server at \(url), and a client to check it\n")
        check = SelfCheck(of: url, options: security.clientOptions, on: loop, transcript) { isGood in
            self.check = nil
            self.transcript.add(isGood ? "\nself-check passed" : "\nself-check failed")
            if !isGood { self.status = 1 }
            guard !self.isOnce, isGood else { return self.stop() }
            self.transcript.add(
                """

                serving \(page)://127.0.0.1:\(port)/ until Ctrl-C: open it in two windows of a browser, and chat
                or from a terminal: swift run -c release wscat \(self.security.trust)-c \(sockets)://127.0.0.1:\(port)/chat
                """)
        }
    }

    /// Sends back what a client sends. The first is the check's own.
    private func echo(_ socket: WebSocket) {
        socket.on(.message) { message in socket.send(message) }
        socket.on(.error) { error in self.transcript.add("error: \(String(escaping: error.message))") }
        guard let check else { return }
        socket.on(.message) { message in check.observe(Observation(.server, message)) }
        socket.on(.ping) { data in check.observe(Observation(.server, .ping(String(data)))) }
        socket.on(.close) { code, reason in check.observe(Observation(.server, .closed(code, String(reason)))) }
        check.observe(Observation(.server, .open))
    }

    /// Closes every connection with 1001, and waits a second at most for the peers' consent.
    private func stop() {
        guard let http, http.listening else { return }
        http.close()
        for server in servers {
            server.close()
            for client in server.clients ?? [] { try? client.close(.goingAway) }
        }
        loop.setTimeout(.seconds(1)) {
            for client in self.servers.flatMap({ $0.clients ?? [] }) { client.terminate() }
            http.closeAllConnections()
        }.unref()
    }
}
