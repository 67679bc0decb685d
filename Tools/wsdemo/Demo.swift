import ToolSupport
import WSNode

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The demonstration: a server, a check of it, and then whoever comes.
final class Demo {
    private static let usualPort = 8080

    private let port: Int?
    private let isOnce: Bool
    private let loop = EventLoop.current
    private let transcript: Transcript
    private var server: WebSocketServer?
    private var check: SelfCheck?
    private var status: Int32 = 0

    init(port: Int?, isOnce: Bool) {
        self.port = port
        self.isOnce = isOnce
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
        var options = ServerOptions()
        options.harden()
        options.host = "127.0.0.1"
        do throws(WebSocketError) {
            let server = try WebSocketServer(port: port, options: options, on: loop)
            self.server = server
            server.on(.error) { error in
                guard error.code == "EADDRINUSE", self.port == nil, port != 0 else {
                    CommandLineParser.fail(program: "wsdemo", error.message)
                }
                self.transcript.add("port \(port) is taken: using a free one")
                self.listen(at: 0)
            }
            server.on(.listening) { self.startCheck(at: "ws://127.0.0.1:\(server.address()?.port ?? 0)/") }
            server.on(.connection) { socket, request in self.serve(socket, request) }
        } catch {
            CommandLineParser.fail(program: "wsdemo", error.message)
        }
    }

    private func startCheck(at url: String) {
        transcript.add("swift-ws \(Version.current): a server at \(url), and a client to check it\n")
        check = SelfCheck(of: url, on: loop, transcript) { isGood in
            self.check = nil
            self.transcript.add(isGood ? "\nself-check passed" : "\nself-check failed")
            if !isGood { self.status = 1 }
            if self.isOnce || !isGood {
                self.stop()
            } else {
                self.transcript.add("\nserving \(url) until Ctrl-C; try: swift run -c release wscat -c \(url)")
            }
        }
    }

    /// Sends back what a client sends. The first is the check's own.
    private func serve(_ socket: WebSocket, _ request: IncomingMessage) {
        socket.on(.message) { message in socket.send(message) }
        socket.on(.error) { error in self.transcript.add("error: \(String(escaping: error.message))") }
        if let check {
            socket.on(.message) { message in check.observe(Observation(.server, message)) }
            socket.on(.ping) { data in check.observe(Observation(.server, .ping(String(data)))) }
            socket.on(.close) { code, reason in check.observe(Observation(.server, .closed(code, String(reason)))) }
            check.observe(Observation(.server, .open))
        } else {
            let client = "\(request.socket.remoteAddress ?? "?"):\(request.socket.remotePort ?? 0)"
            var messageCount = 0
            transcript.add("\(client) has connected")
            socket.on(.message) { _ in messageCount += 1 }
            socket.on(.close) { code, reason in
                let end = "\(code.rawValue) \"\(String(escaping: reason))\""
                self.transcript.add("\(client) is gone after \(messageCount) messages: \(end)")
            }
        }
    }

    /// Closes every connection with 1001, and waits a second at most for the peers' consent.
    private func stop() {
        guard let server, server.address() != nil else { return }
        server.close()
        for client in server.clients ?? [] { try? client.close(.goingAway) }
        loop.setTimeout(.seconds(1)) {
            for client in server.clients ?? [] { client.terminate() }
        }.unref()
    }
}
