import WSNode

/// A SOCKS 5 proxy without any care: what it should do with a request is said by the test.
final class SocksServer {
    enum Verdict {
        /// Opens, and leads to a port of the loopback address.
        case relay(UInt16)
        /// Opens, and says this itself.
        case success([UInt8])
        /// Refuses with a code.
        case refusal(UInt8)
    }

    let port: UInt16
    private(set) var peers: [RawPeer] = []
    /// The requests, as they came.
    private(set) var requests: [[UInt8]] = []
    private let credentials: String?
    private let decide: ([UInt8]) -> Verdict
    private let relay: (RawPeer, UInt16) -> Void

    init(
        at port: UInt16, credentials: String?, relay: @escaping (RawPeer, UInt16) -> Void,
        _ decide: @escaping ([UInt8]) -> Verdict
    ) {
        self.port = port
        self.credentials = credentials
        self.decide = decide
        self.relay = relay
    }

    /// Serves a client that has connected.
    func serve(_ peer: RawPeer) {
        peers.append(peer)
        peer.onInput = { [weak self, weak peer] in if let self, let peer { greet(peer) } }
    }

    private func greet(_ peer: RawPeer) {
        guard let greeting = peer.take(when: { $0.count >= 2 && $0.count >= 2 + Int($0[1]) }) else { return }
        guard credentials != nil else {
            peer.write([5, 0])
            return hear(peer)
        }
        guard greeting.dropFirst(2).contains(2) else { return peer.write([5, 0xFF]) }
        peer.write([5, 2])
        peer.onInput = { [weak self, weak peer] in if let self, let peer { authenticate(peer) } }
    }

    private func authenticate(_ peer: RawPeer) {
        guard let bytes = peer.take(when: { $0.count >= 5 }) else { return }
        let userEnd = 2 + Int(bytes[1])
        let given = String(decoding: bytes[2..<userEnd] + [0x3A] + bytes[(userEnd + 1)...], as: UTF8.self)
        guard given == credentials else { return peer.write([1, 1]) }
        peer.write([1, 0])
        hear(peer)
    }

    private func hear(_ peer: RawPeer) {
        peer.onInput = { [weak self, weak peer] in if let self, let peer { answer(peer) } }
    }

    private func answer(_ peer: RawPeer) {
        guard let request = peer.take(when: { $0.count >= 10 }) else { return }
        requests.append(request)
        peer.onInput = nil
        switch decide(request) {
        case .relay(let port):
            peer.write([5, 0, 0, 3, 1, 0x78, 0, 0])
            relay(peer, port)
        case .success(let bytes): peer.write([5, 0, 0, 1, 0, 0, 0, 0, 0, 0] + bytes)
        case .refusal(let code): peer.write([5, code, 0, 1, 0, 0, 0, 0, 0, 0])
        }
    }
}

extension TestLoop {
    func makeSocksServer(
        credentials: String? = nil, _ decide: @escaping ([UInt8]) -> SocksServer.Verdict
    ) throws -> SocksServer {
        let listener = try events.backend.listen(on: .tcp(host: "127.0.0.1", port: 0))
        let proxy = SocksServer(
            at: listener.address.port, credentials: credentials,
            relay: { [weak self] in self?.relay($0, to: $1) }, decide)
        track(RawServer(listener, greet: { proxy.serve($0) }))
        return proxy
    }

    /// Passes on what comes, in both directions, as a proxy does.
    func relay(_ peer: RawPeer, to port: UInt16) {
        let upstream = RawPeer(events.backend.connect(to: .tcp(host: "127.0.0.1", port: port)), isConnected: false)
        track(upstream)
        for (from, to) in [(peer, upstream), (upstream, peer)] {
            let pass = { [weak from, weak to] in
                guard let from, let to else { return }
                to.write(from.received)
                from.clear()
                if from.isOver { to.end() }
            }
            from.onInput = pass
            pass()
        }
    }
}
