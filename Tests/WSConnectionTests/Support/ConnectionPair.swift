import WSConnection
import WSFrame
import WSHandshake

/// A client and a server joined by an in-memory network: one clock, one seed, everything the same on every run.
final class ConnectionPair {
    let clock = VirtualClock()
    let client: Endpoint
    let server: Endpoint

    /// How many bytes the network holds in each direction before the sender has to wait.
    var capacity = Int.max

    private var random: SplitMix64
    private var toServer = Direction()
    private var toClient = Direction()

    /// What is under way in one direction.
    private struct Direction {
        /// How much of the sender's output the network has taken.
        var taken = 0
        var bytes: ArraySlice<UInt8> = []
        var hasEnded = false
    }

    /// Two ends, before the handshake if there is a request to make. A server's listener accepts at once, unless the
    /// test replaces it.
    init(
        seed: UInt64 = 1, handshake: ClientHandshake? = nil,
        compression: (any CompressionTerms, any CompressionTerms)? = nil,
        _ configure: (inout ConnectionConfiguration) -> Void = { _ in }
    ) {
        random = SplitMix64(seed: seed)
        var configuration = ConnectionConfiguration()
        configure(&configuration)
        let shared = ConnectionConfiguration.Shared(configuration)
        let keys = SeededMaskingKeys(seed: seed)
        if let handshake {
            client = Endpoint(
                Connection(client: handshake, configuration: shared, keys: keys, now: clock.now), clock: clock)
            server = Endpoint(Connection(server: shared, now: clock.now), clock: clock)
            server.listener = Endpoint.accept
        } else {
            client = Endpoint(
                Connection(
                    upgraded: .client, configuration: shared, keys: keys, compression: compression?.0, now: clock.now),
                clock: clock)
            server = Endpoint(
                Connection(
                    upgraded: .server, configuration: shared, keys: nil, compression: compression?.1, now: clock.now),
                clock: clock)
        }
    }

    /// The end with this role.
    subscript(role: Role) -> Endpoint { role == .client ? client : server }

    /// Lets bytes flow, in pieces of random size, until nothing moves any more.
    func run() {
        while move() {}
    }

    /// Lets time pass, with everything that happens on the way.
    func advance(by duration: Duration) {
        let end = clock.now + duration
        run()
        while let deadline = [client, server].compactMap({ $0.connection.nextDeadline }).min(), deadline <= end {
            clock.now = max(clock.now, deadline)
            for endpoint in [client, server] {
                endpoint.connection.handleTimeout(now: clock.now)
                endpoint.settle()
            }
            run()
        }
        clock.now = end
    }

    /// One step in both directions. Answers whether anything happened.
    func move() -> Bool {
        let there = move(from: client, to: server, &toServer)
        let back = move(from: server, to: client, &toClient)
        return there || back
    }

    private func move(from sender: Endpoint, to receiver: Endpoint, _ direction: inout Direction) -> Bool {
        sender.room = capacity == .max ? .max : capacity - direction.bytes.count
        let eventCount = sender.events.count
        sender.settle()
        var hasMoved = sender.events.count != eventCount
        let new = sender.output[direction.taken...]
        if !new.isEmpty {
            direction.bytes += new
            direction.taken = sender.output.count
            hasMoved = true
        }
        if receiver.hasClosed {
            direction.bytes = []
        } else if !direction.bytes.isEmpty {
            guard receiver.connection.wantsToRead else { return hasMoved }
            let piece = direction.bytes.prefix(1 + random.below(min(direction.bytes.count, 100_000)))
            direction.bytes = direction.bytes.dropFirst(piece.count)
            receiver.receive(Array(piece))
            hasMoved = true
        } else if sender.hasEndedWriting || sender.hasClosed, !direction.hasEnded {
            direction.hasEnded = true
            receiver.receiveEnd()
            hasMoved = true
        }
        return hasMoved
    }
}
