import ToolSupport
import WSNode

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The server: one loop on each of its threads.
struct EchoServer {
    private let settings: Settings

    init(_ settings: Settings) {
        self.settings = settings
    }

    func run() {
        if settings.transport == .blocking {
            BlockingEchoServer(settings).run()
            return
        }
        let first = makeLoop()
        let workers = Workers()
        first.onSignals([SIGINT, SIGTERM]) { _, _ in workers.shutDown() }
        let server = serve(on: first)
        server.once(.listening) {
            let port = server.address()?.port ?? settings.port
            for _ in 1..<settings.workers { startWorker(port: port, workers) }
            StandardOutput.write(settings.readyLine(port: port) + "\n")
        }
        workers.add(server, on: first)
        first.run()
    }

    private func makeLoop() -> EventLoop {
        do {
            let loop = EventLoop(backend: try PollBackend(selector: settings.transport == .poll ? .poll : .epoll))
            loop.makeCurrent()
            return loop
        } catch {
            CommandLineParser.fail(program: "wsecho", "\(error)")
        }
    }

    private func startWorker(port: UInt16, _ workers: Workers) {
        var settings = settings
        settings.port = port
        let worker = EchoServer(settings)
        Thread.start {
            let loop = worker.makeLoop()
            let server = worker.serve(on: loop)
            workers.add(server, on: loop)
            loop.run()
        }
    }

    private func serve(on loop: EventLoop) -> WebSocketServer {
        do {
            let server = try WebSocketServer(port: Int(settings.port), options: settings.serverOptions, on: loop)
            server.on(.error) { error in CommandLineParser.fail(program: "wsecho", error.message) }
            server.on(.connection) { [mode = settings.mode] socket, _ in
                socket.on(.error) { _ in }
                switch mode {
                case .echo: socket.on(.message) { message in socket.send(message) }
                case .broadcast: socket.on(.message) { message in server.broadcast(message) }
                case .discard: break
                }
            }
            return server
        } catch {
            CommandLineParser.fail(program: "wsecho", error.message)
        }
    }
}
