import WSConnection

/// What the connections of an echo run have in common.
final class EchoTraffic {
    let ring: FrameRing
    /// How many messages of one connection are on their way at a time.
    let depth: Int
    /// Whether the next messages go out only when all replies are back, in one write.
    let isBursty: Bool
    /// Whether replies are compared byte by byte.
    let verifies: Bool
    let chunk: Workspace
    /// What was agreed with the server.
    let compression: (any CompressionTerms)?

    /// How many messages may still be sent.
    var budget = 0
    var inFlight = 0
    var echoed = 0
    var wrong = 0
    /// How many connections were lost.
    var lost = 0
    var latencies = Histogram()

    init(
        _ ring: FrameRing, depth: Int, isBursty: Bool, verifies: Bool, chunk: Workspace,
        compression: (any CompressionTerms)? = nil
    ) {
        self.ring = ring
        self.depth = depth
        self.isBursty = isBursty
        self.verifies = verifies
        self.chunk = chunk
        self.compression = compression
    }

    /// How many of so many messages may be sent.
    func allow(_ wanted: Int) -> Int {
        let allowed = min(wanted, budget)
        budget -= allowed
        inFlight += allowed
        return allowed
    }

    /// Counts from here on.
    func reset() {
        echoed = 0
        wrong = 0
        latencies.removeAll()
    }
}
