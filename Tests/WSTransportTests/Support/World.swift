import Testing
import WSTransport

/// A backend, and the turns a test runs on it.
struct World {
    /// Something did not happen in the time it was given.
    struct Timeout: Error, CustomStringConvertible {
        var description: String
    }

    let backend: any Backend

    init(_ kind: BackendKind) throws {
        backend = try kind.make()
    }

    init(_ backend: any Backend) {
        self.backend = backend
    }

    /// Runs turns until the condition holds. The limit is there to fail, not to wait for.
    func run(
        _ what: String = "the condition", within limit: Duration = .seconds(10), until condition: () -> Bool
    ) throws {
        let deadline = backend.now + limit
        while !condition() {
            if backend.now >= deadline { throw Timeout(description: "\(what) did not come to be within \(limit)") }
            backend.wait(until: deadline)
        }
    }

    /// Runs the turns that need no waiting, to show that something does not happen.
    func runIdle(_ turns: Int = 20) {
        for _ in 0..<turns { backend.wait(until: backend.now) }
    }

    func listen(_ endpoint: Endpoint = .tcp(host: "127.0.0.1", port: 0)) throws -> Acceptor {
        Acceptor(try backend.listen(on: endpoint))
    }

    func connect(to acceptor: Acceptor) -> Peer {
        let address = acceptor.listener.address
        if case .unix(let path) = address { return Peer(backend.connect(to: .unix(path: path))) }
        return Peer(backend.connect(to: .tcp(host: address.host, port: address.port)))
    }

    /// A client and the server's end of its connection.
    func pair(_ acceptor: Acceptor) throws -> (client: Peer, server: Peer) {
        let count = acceptor.peers.count
        let client = connect(to: acceptor)
        try run("a connection") { client.isConnected && acceptor.peers.count > count }
        return (client, acceptor.peers[count])
    }

    func pair() throws -> (client: Peer, server: Peer) {
        let acceptor = try listen()
        defer { acceptor.listener.close() }
        return try pair(acceptor)
    }
}
