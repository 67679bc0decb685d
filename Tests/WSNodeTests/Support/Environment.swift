import Testing
import WSTransport

/// What a test's loop runs on. Every test of the Node-style API runs on each of them unchanged.
enum Environment: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// Sockets, waited for with epoll.
    case epoll
    /// Sockets, waited for with poll(2).
    case poll
    /// Sockets with blocking calls, taking turns.
    case blocking
    /// The in-memory network, where time is virtual and nobody waits.
    case pipe

    var testDescription: String { rawValue }

    func makeBackend() throws -> any Backend {
        switch self {
        case .epoll: try PollBackend(selector: .epoll)
        case .poll: try PollBackend(selector: .poll)
        case .blocking: BlockingBackend()
        case .pipe: PipeBackend(PipeNetwork(seed: 1))
        }
    }

    /// Whether an hour passes in no time.
    var isVirtual: Bool { self == .pipe }

    /// How long a test waits for something before it gives up: a safety net, never a measure.
    var patience: Duration { isVirtual ? .seconds(7200) : .seconds(20) }

    /// How long to look whether something happens that must not.
    var watch: Duration { isVirtual ? .seconds(600) : .milliseconds(40) }

    /// Those that are sockets of the system.
    static let sockets: [Environment] = [.epoll, .poll, .blocking]
}
