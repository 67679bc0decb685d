import WSTransport

/// A server in a test: makes a peer of everyone who connects.
final class Acceptor: ListenerHandler {
    let listener: any Listener
    private(set) var peers: [Peer] = []
    private(set) var failures: [TransportError] = []

    /// Prepares a new peer.
    var onAccept: ((Peer) -> Void)?

    init(_ listener: any Listener) {
        self.listener = listener
        listener.handler = self
    }

    func listener(_ listener: any Listener, didAccept transport: any Transport) {
        let peer = Peer(transport, isConnected: true)
        peers.append(peer)
        onAccept?(peer)
    }

    func listener(_ listener: any Listener, didFailToAccept error: TransportError) {
        failures.append(error)
    }

    /// Lets go of the peers; the backend still keeps the open ones.
    func forget() {
        peers = []
    }

    func closeAll() {
        listener.close()
        for peer in peers { peer.transport.close() }
    }
}
