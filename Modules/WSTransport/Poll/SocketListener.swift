import CSystem

/// A listening socket of a reactor.
final class SocketListener: Listener {
    /// How many connections one turn accepts before everyone else gets theirs.
    static let maxAcceptsPerTurn = 64

    let address: SocketAddress

    var handler: (any ListenerHandler)? {
        didSet { updateInterest() }
    }

    private let reactor: Reactor
    private let socket: ListeningSocket
    private var token = SlotToken(index: .max, generation: 0)
    private var isOpen = true
    private var isWatched = false
    private var isPaused = false
    private var hasReportedFailure = false

    init(_ socket: ListeningSocket, reactor: Reactor) {
        self.socket = socket
        self.reactor = reactor
        address = socket.address
        token = reactor.enter(.listener(self))
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        handler = nil
        socket.close()
        reactor.leave(token)
    }

    // MARK: What the reactor reports

    /// Takes the connections that wait, up to a bound.
    func becameReady() {
        for _ in 0..<Self.maxAcceptsPerTurn {
            guard isOpen, let handler else { return }
            switch socket.accept(nonblocking: true) {
            case .accepted(let descriptor):
                hasReportedFailure = false
                handler.listener(self, didAccept: SocketTransport(accepted: descriptor, reactor: reactor))
            case .lost: continue
            case .nothing: return
            case .exhausted(let error): return pauseAccepting(error)
            }
        }
    }

    func resume() {
        isPaused = false
        updateInterest()
    }

    /// The connection still waits, so the socket stays readable: left in the selector it would spin.
    private func pauseAccepting(_ error: TransportError) {
        isPaused = true
        updateInterest()
        reactor.schedule(.resumeListener(self), after: ListeningSocket.pause)
        if hasReportedFailure { return }
        hasReportedFailure = true
        handler?.listener(self, didFailToAccept: error)
    }

    private func updateInterest() {
        let wanted = isOpen && !isPaused && handler != nil
        if wanted == isWatched { return }
        if !wanted {
            isWatched = false
            reactor.selector.remove(socket.descriptor, token: token)
            return
        }
        do throws(Errno) {
            try reactor.selector.add(socket.descriptor, token: token, interest: .readable)
            isWatched = true
        } catch {
            pauseAccepting(TransportError(.watch, errno: error.rawValue))
        }
    }
}
