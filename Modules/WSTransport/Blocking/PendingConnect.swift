/// A transport of the blocking backend on its way to being connected: first a name looked up, then one address at a
/// time.
final class PendingConnect {
    let transport: BlockingTransport
    private let endpoint: Endpoint
    private let options: ConnectOptions
    private var attempt: BlockingConnect?
    private var outcome: Result<Int32, TransportError>?
    private var lookupDeadline: Duration?

    init(_ transport: BlockingTransport, to endpoint: Endpoint, options: ConnectOptions, resolver: Resolver) {
        self.transport = transport
        self.endpoint = endpoint
        self.options = options
        do throws(Errno) {
            if let addresses = try ConnectingSocket.literalAddresses(of: endpoint, options: options) {
                begin(addresses)
                return
            }
        } catch {
            outcome = .failure(ConnectingSocket.error(error, endpoint: endpoint))
        }
        guard outcome == nil, case .tcp(let host, let port) = endpoint else { return }
        lookupDeadline = options.lookupTimeout.map { SystemCalls.now + $0 }
        resolver.lookUp(host: host, family: options.familyCode) { [weak self] answer in self?.lookedUp(answer, port) }
    }

    /// Goes on for a slice. Whether the outcome is known.
    func step(within slice: Duration) -> Bool {
        if let attempt, outcome == nil {
            switch attempt.step(within: slice) {
            case .connected(let descriptor): outcome = .success(descriptor)
            case .failed(let error): outcome = .failure(error)
            case .pending: break
            }
        } else if outcome == nil, let lookupDeadline, SystemCalls.now >= lookupDeadline {
            outcome = .failure(ConnectingSocket.lookupError(.timedOut, of: endpoint))
        }
        return outcome != nil
    }

    /// Tells the transport.
    func report() {
        switch outcome {
        case .success(let descriptor): transport.reportConnected(descriptor)
        case .failure(let error): transport.reportConnectFailure(error)
        case nil: break
        }
    }

    private func lookedUp(_ answer: Resolver.Outcome, _ port: UInt16) {
        guard outcome == nil else { return }
        switch answer {
        case .success(let found): begin(ConnectingSocket.interleaved(found).map { $0.with(port: port) })
        case .failure(let error): outcome = .failure(ConnectingSocket.lookupError(error, of: endpoint))
        }
    }

    private func begin(_ addresses: [NativeAddress]) {
        let attempt = BlockingConnect(to: endpoint, options: options, addresses: addresses)
        self.attempt = attempt
        transport.begin(attempt)
    }
}
