import Synchronization
import ToolSupport
import WSNode

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The servers of the process, each on its own loop, and how they end.
final class Workers: Sendable {
    private struct State {
        var servers: [LoopBound<WebSocketServer>] = []
        var isShuttingDown = false
    }

    private let state = Mutex(State())

    func add(_ server: WebSocketServer, on loop: EventLoop) {
        let bound = LoopBound(server, on: loop)
        state.withLock { $0.servers.append(bound) }
    }

    /// Closes every connection of every loop with 1001. A peer that does not answer within a second is cut off, and the
    /// process ends soon after that whatever happens.
    func shutDown() {
        let servers = state.withLock { state in
            guard !state.isShuttingDown else { return [LoopBound<WebSocketServer>]() }
            state.isShuttingDown = true
            return state.servers
        }
        for server in servers {
            server.post { server in
                server.close()
                for client in server.clients ?? [] { try? client.close(.goingAway) }
                EventLoop.current.setTimeout(.seconds(1)) {
                    for client in server.clients ?? [] { client.terminate() }
                }.unref()
            }
        }
        Thread.start {
            usleep(1_500_000)
            exit(0)
        }
    }
}
