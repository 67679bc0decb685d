import Testing
import WSNode

/// A loop for one test, with everything the test opened on it.
final class TestLoop {
    let environment: Environment
    let events: EventLoop

    /// What was said to nobody's listener, instead of on standard error.
    private(set) var reports: [String] = []

    private var sockets: [WebSocket] = []
    private var servers: [WebSocketServer] = []
    private var httpServers: [HTTPServer] = []
    private var peers: [RawPeer] = []
    private var rawServers: [RawServer] = []
    private var lastSteps: [() -> Void] = []

    init(_ environment: Environment) throws {
        self.environment = environment
        events = EventLoop(backend: try environment.makeBackend())
        events.report = { [weak self] line in self?.reports.append(line) }
    }

    /// The network, where the environment is the in-memory one.
    var network: PipeNetwork? { (events.backend as? PipeBackend)?.network }

    // MARK: Running

    /// Runs until a condition holds, or fails the test.
    func run(
        until condition: () -> Bool, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var isExpired = false
        let limit = events.setTimeout(environment.patience) { isExpired = true }
        events.run { condition() || isExpired }
        limit.cancel()
        try #require(condition(), comment ?? "what the test waits for did not happen", sourceLocation: sourceLocation)
    }

    /// Runs for a while, to see that something does not happen.
    func run(for duration: Duration) {
        var isOver = false
        events.setTimeout(duration) { isOver = true }
        events.run { isOver }
    }

    /// Runs as long as something may still happen that must not.
    func watch() {
        run(for: environment.watch)
    }

    // MARK: What the test opened

    func track(_ socket: WebSocket) { sockets.append(socket) }
    func track(_ server: WebSocketServer) { servers.append(server) }
    func track(_ server: HTTPServer) { httpServers.append(server) }
    func track(_ peer: RawPeer) { peers.append(peer) }
    func track(_ server: RawServer) { rawServers.append(server) }
    func atEnd(_ step: @escaping () -> Void) { lastSteps.append(step) }

    /// Lets go of the sockets, so that only the library keeps them.
    func forgetSockets() { sockets = [] }

    /// Ends everything. The loop must then come to rest by itself, with nothing open.
    func finish(sourceLocation: SourceLocation) {
        for socket in sockets + servers.flatMap({ $0.clients ?? [] }) {
            // What is still due to a test that failed half-way has nowhere to go.
            socket.on(.error) { _ in }
            socket.terminate()
        }
        for peer in peers { peer.close() }
        for server in servers { server.close() }
        for server in httpServers {
            server.closeAllConnections()
            server.close()
        }
        for server in rawServers { server.close() }
        for step in lastSteps { step() }
        var isExpired = false
        events.setTimeout(environment.patience) { [events] in
            isExpired = true
            events.stop()
        }.unref()
        events.run()
        #expect(!isExpired, "the loop did not come to rest", sourceLocation: sourceLocation)
        #expect(!events.backend.hasWork, "something was left open", sourceLocation: sourceLocation)
    }
}

/// Gives a test a loop of its own, and ends all that it opened there.
func withLoop(
    _ environment: Environment, sourceLocation: SourceLocation = #_sourceLocation, _ test: (TestLoop) throws -> Void
) throws {
    let loop = try TestLoop(environment)
    let outcome = Result { try test(loop) }
    loop.finish(sourceLocation: sourceLocation)
    try outcome.get()
}
