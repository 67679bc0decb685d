import Synchronization
import ToolSupport
import WSNode

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The same server without a loop: a thread accepts, and each connection has a thread of its own.
final class BlockingEchoServer: Sendable {
    private let settings: Settings
    private let configuration: ConnectionConfiguration.Shared
    private let isShuttingDown = Atomic(false)
    private let connectionCount = Atomic(0)

    init(_ settings: Settings) {
        self.settings = settings
        configuration = .init(ConnectionConfiguration(limits: settings.limits))
    }

    func run() {
        SignalWatch.start([SIGINT, SIGTERM]) { _ in
            guard !self.isShuttingDown.exchange(true, ordering: .relaxed) else { return }
            // The process ends soon after that whatever happens.
            usleep(1_500_000)
            exit(0)
        }
        let listener = listen()
        StandardOutput.write(settings.readyLine(port: listener.address.port) + "\n")
        while !isShuttingDown.load(ordering: .relaxed) {
            do throws(TransportError) {
                guard let peer = try listener.accept(timeout: BlockingEcho.patience) else { continue }
                serve(peer)
            } catch {
                // No descriptors left, say: the peer waits in the backlog until some connection has ended.
                usleep(100_000)
            }
        }
        listener.close()
        while connectionCount.load(ordering: .relaxed) > 0 { usleep(10_000) }
    }

    private func listen() -> BlockingListener {
        do {
            let endpoint = settings.unixPath.map(Endpoint.unix) ?? .tcp(host: settings.host, port: settings.port)
            return try BlockingListener(endpoint, options: ListenOptions(backlog: 4096))
        } catch {
            CommandLineParser.fail(program: "wsecho", "\(error)")
        }
    }

    private func serve(_ peer: sending BlockingTransport) {
        connectionCount.add(1, ordering: .relaxed)
        let hasStarted = Thread.start { [settings, configuration] in
            let echo = BlockingEcho(peer, settings: settings, configuration: configuration)
            echo.run { self.isShuttingDown.load(ordering: .relaxed) }
            self.connectionCount.subtract(1, ordering: .relaxed)
        }
        if !hasStarted { connectionCount.subtract(1, ordering: .relaxed) }
    }
}
