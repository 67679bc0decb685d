import CSystem

/// The way from an endpoint to a connected socket: look the name up, then try its addresses.
///
/// The addresses race, each getting a head start on the next (RFC 8305 §5, "Happy Eyeballs"); one that fails starts
/// the next at once. The first to connect wins and the others are closed. Without a delay there is no race: the next
/// address is tried when one has failed. The outcome reaches the transport as an errand, so never inside the call of
/// `connect`.
final class ConnectAttempt {
    private let reactor: Reactor
    private let endpoint: Endpoint
    private let options: ConnectOptions
    /// Who waits for the outcome; nil once it is decided.
    private var transport: SocketTransport?
    private var addresses: [NativeAddress] = []
    /// How many addresses have had their start.
    private var started = 0
    private var contenders: [ConnectContender] = []
    private var lastError: TransportError?
    private var isLookingUp = false

    init(_ endpoint: Endpoint, options: ConnectOptions, transport: SocketTransport, reactor: Reactor) {
        self.endpoint = endpoint
        self.options = options
        self.transport = transport
        self.reactor = reactor
    }

    /// Starts with what needs no waiting, and hands a name to the resolver.
    func start() {
        do throws(Errno) {
            if let addresses = try ConnectingSocket.literalAddresses(of: endpoint, options: options) {
                return race(to: addresses)
            }
        } catch {
            return fail(ConnectingSocket.error(error, endpoint: endpoint))
        }
        guard case .tcp(let host, let port) = endpoint else { return }
        isLookingUp = true
        if let limit = options.lookupTimeout { reactor.schedule(.lookupTimeout(self), after: limit) }
        reactor.resolver.lookUp(host: host, family: options.familyCode) { [self] in lookedUp($0, port) }
    }

    /// Gives up, without a word.
    func cancel() {
        transport = nil
        let losers = contenders
        contenders = []
        for loser in losers { loser.cancel() }
    }

    // MARK: Facts

    private func lookedUp(_ outcome: Resolver.Outcome, _ port: UInt16) {
        guard transport != nil, isLookingUp else { return }
        isLookingUp = false
        switch outcome {
        case .success(let found): race(to: ConnectingSocket.interleaved(found).map { $0.with(port: port) })
        case .failure(let error): fail(ConnectingSocket.lookupError(error, of: endpoint))
        }
    }

    /// The resolver has had its time.
    func lookupTimedOut() {
        guard transport != nil, isLookingUp else { return }
        isLookingUp = false
        fail(ConnectingSocket.lookupError(.timedOut, of: endpoint))
    }

    /// The head start of those before address `number` is over.
    func delayPassed(before number: Int) {
        if transport != nil, number == started { startNext() }
    }

    /// A contender has connected.
    func succeeded(_ winner: ConnectContender, _ descriptor: Int32) {
        contenders.removeAll { $0 === winner }
        finish(with: descriptor)
    }

    /// A contender has lost; the next one need not wait any longer.
    func failed(_ loser: ConnectContender, _ error: Errno) {
        contenders.removeAll { $0 === loser }
        lastError = ConnectingSocket.error(error, address: loser.address, endpoint: endpoint)
        startNext()
    }

    // MARK: The race

    private func race(to addresses: [NativeAddress]) {
        self.addresses = addresses
        startNext()
    }

    private func startNext() {
        while transport != nil, started < addresses.count {
            let address = addresses[started]
            started += 1
            do throws(Errno) {
                if let descriptor = try connect(to: address) { return finish(with: descriptor) }
                if started < addresses.count, let delay = options.attemptDelay {
                    reactor.schedule(.nextAttempt(self, number: started), after: delay)
                }
                return
            } catch {
                lastError = ConnectingSocket.error(error, address: address, endpoint: endpoint)
            }
        }
        if contenders.isEmpty, let lastError { fail(lastError) }
    }

    /// A descriptor if it connected on the spot, nil if a contender is on its way.
    private func connect(to address: NativeAddress) throws(Errno) -> Int32? {
        let descriptor = try SystemCalls.socket(family: address.family, nonblocking: true)
        do throws(Errno) {
            try ConnectingSocket.prepare(descriptor, for: address, options: options)
            try SystemCalls.connect(descriptor, to: address)
            return descriptor
        } catch {
            guard error == .inProgress || error == .interrupted else {
                SystemCalls.close(descriptor)
                throw error
            }
        }
        contenders.append(try ConnectContender(descriptor, to: address, attempt: self, reactor: reactor))
        return nil
    }

    private func finish(with descriptor: Int32) {
        guard let transport else { return SystemCalls.close(descriptor) }
        cancel()
        transport.adopt(descriptor)
    }

    private func fail(_ error: TransportError) {
        guard let transport else { return }
        cancel()
        reactor.enqueue(.connectFailed(transport, error))
    }
}
