import CSystem

/// A listener of the in-memory network.
final class PipeListener: Listener {
    let address: SocketAddress
    let options: ListenOptions

    var handler: (any ListenerHandler)? {
        didSet { mayBeReady() }
    }

    /// The backend whose transports it accepts.
    private(set) weak var backend: PipeBackend?
    private let network: PipeNetwork
    private var random: SeededGenerator
    /// Those who have connected and are not accepted yet.
    private var backlog: [PipeTransport] = []
    private var isOpen = true
    private var isPaused = false
    private var isQueued = false
    private var hasReportedFailure = false

    init(_ address: SocketAddress, options: ListenOptions, backend: PipeBackend, random: SeededGenerator) {
        self.address = address
        self.options = options
        self.backend = backend
        self.random = random
        network = backend.network
    }

    /// Takes in the server's end of a link.
    func add(_ transport: PipeTransport) {
        backlog.append(transport)
        mayBeReady()
    }

    /// Accepts all that wait. Whether there was anything to tell.
    func serve() -> Bool {
        isQueued = false
        var hasTold = false
        while isOpen, !isPaused, let handler, !backlog.isEmpty {
            hasTold = true
            if random.happens(network.conditions.acceptFailure) {
                network.count(.failedAccept)
                pause(handler)
            } else {
                hasReportedFailure = false
                handler.listener(self, didAccept: backlog.removeFirst())
            }
        }
        return hasTold
    }

    func resume() {
        isPaused = false
        mayBeReady()
    }

    /// Resets those who were not accepted.
    func close() {
        guard isOpen else { return }
        isOpen = false
        handler = nil
        for transport in backlog { transport.reset() }
        backlog = []
        network.remove(self)
        backend?.forget(self)
    }

    private func pause(_ handler: any ListenerHandler) {
        isPaused = true
        network.schedule(.resume(self), at: network.now + ListeningSocket.pause)
        if hasReportedFailure { return }
        hasReportedFailure = true
        handler.listener(self, didFailToAccept: TransportError(.accept, errno: EMFILE))
    }

    private func mayBeReady() {
        guard isOpen, !isQueued, !isPaused, handler != nil, !backlog.isEmpty else { return }
        isQueued = true
        backend?.enqueue(.listener(self))
    }
}
