import ToolSupport
import WSNode

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// wscat: the terminal as one end of a WebSocket connection.
struct Program {
    private let settings: Settings
    private let loop = EventLoop.current
    private let session: Session

    init(_ settings: Settings) {
        self.settings = settings
        session = Session(settings, on: loop)
    }

    /// Runs until the connection, or the server, has ended. Answers the status to exit with.
    func run() -> Int32 {
        let session = LoopBound(session, on: loop)
        loop.onSignals([SIGINT, SIGTERM, SIGHUP]) { _, _ in session.post { $0.quit() } }
        do throws(WebSocketError) {
            switch settings.role {
            case .client(let url): try connect(to: url)
            case .server(let port): try listen(at: port)
            }
        } catch {
            self.session.fail(error.message)
        }
        loop.run()
        self.session.console.close()
        return self.session.status
    }

    private func connect(to url: String) throws(WebSocketError) {
        let session = session
        let socket = try WebSocket(url, protocols: settings.subprotocols, options: settings.client, on: loop)
        socket.on(.open) {
            session.console.tell("Connected (press CTRL+C to quit)")
            session.begin(with: socket)
            session.start()
        }
        socket.on(.error) { error in session.fail(error.message) }
        socket.on(.close) { [loop] code, reason in
            session.end(code, reason)
            if code == .abnormalClosure, session.status == 0 { session.fail("The connection was lost") }
            loop.stop()
        }
        session.close = { code in
            if socket.readyState == .connecting { exit(130) }
            try? socket.close(code == .goingAway ? .normalClosure : code)
        }
    }

    private func listen(at port: Int) throws(WebSocketError) {
        let session = session
        var options = settings.server
        if !settings.subprotocols.isEmpty {
            options.handleProtocols = { [spoken = settings.subprotocols] offered, _ in
                offered.first(where: spoken.contains)
            }
        }
        let server = try WebSocketServer(port: port, options: options, on: loop)
        server.on(.listening) {
            let port = server.address()?.port ?? UInt16(port)
            session.console.announce("Listening on port \(port) (press CTRL+C to quit)")
            session.start()
        }
        server.on(.error) { error in session.fail(error.message) }
        server.on(.connection) { socket, _ in
            socket.on(.error) { error in session.console.complain(error.message) }
            guard !session.hasPeer else { return socket.terminate() }
            session.console.tell("Client connected")
            session.begin(with: socket)
            socket.on(.close) { code, reason in session.end(code, reason) }
        }
        session.close = { code in
            server.close()
            for client in server.clients ?? [] { try? client.close(code) }
        }
    }
}
