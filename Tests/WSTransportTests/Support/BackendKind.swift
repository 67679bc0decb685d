import Testing
import WSTransport

/// The backends that most tests run on, one after the other.
enum BackendKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case epoll, poll, blocking, pipe

    /// Those that talk to the kernel.
    static let sockets: [BackendKind] = [.epoll, .poll, .blocking]

    /// Those that wait with a selector.
    static let selectors: [BackendKind] = [.epoll, .poll]

    var testDescription: String { rawValue }

    func make() throws -> any Backend {
        switch self {
        case .epoll: try PollBackend(selector: .epoll)
        case .poll: try PollBackend(selector: .poll)
        case .blocking: BlockingBackend()
        case .pipe: PipeBackend(PipeNetwork())
        }
    }

    /// The selector of those that have one.
    var selector: PollBackend.SelectorKind {
        self == .poll ? .poll : .epoll
    }

    /// How many descriptors a backend keeps for itself: the selector's queue and the event that wakes it.
    var ownDescriptors: Int {
        switch self {
        case .epoll: 2
        case .poll: 1
        case .blocking, .pipe: 0
        }
    }
}
