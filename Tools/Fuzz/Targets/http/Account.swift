import WSNode

/// What a server was asked and what it said.
final class Account {
    /// What becomes of a request or a response.
    enum Occurrence: UInt64 { case aborted = 256, close, nextText }

    /// What has to be known of a request to read the response.
    struct Request: Equatable {
        var isHEAD: Bool
    }

    private(set) var output: [UInt8] = []
    /// The requests, in order.
    private(set) var requests: [Request] = []
    private(set) var upgrades = 0
    /// How many responses were told to be finished. Whether one is before its request is known to be cut off depends on
    /// how fast the peer reads, so the order does not count.
    private var finishes = 0
    private var digest = Digest()

    init() { removeAll() }

    /// Begins anew, in the same memory.
    func removeAll() {
        output.removeAll(keepingCapacity: true)
        requests.removeAll(keepingCapacity: true)
        upgrades = 0
        finishes = 0
        digest = Digest()
    }

    func note(_ occurrence: Occurrence) { digest.add(occurrence.rawValue) }

    /// A request was received.
    func note(_ request: IncomingMessage) {
        requests.append(Request(isHEAD: request.method == "HEAD"))
        add(request.method)
        add(request.url)
    }

    func noteFinish() { finishes += 1 }

    func noteUpgrade() { upgrades += 1 }

    private func add(_ text: String) {
        for octet in text.utf8 { digest.add(UInt64(octet)) }
        note(.nextText)
    }

    /// Something of a body has arrived.
    func add(_ bytes: Bytes) {
        for octet in bytes { digest.add(UInt64(octet)) }
    }

    /// The server has written something.
    func wrote(_ bytes: UnsafeRawBufferPointer) { output.append(contentsOf: bytes) }

    /// Leaves out the output from a position on.
    func dropOutput(from position: Int) { output.removeSubrange(position...) }

    func isEqual(to other: Account) -> Bool {
        output == other.output && requests == other.requests && upgrades == other.upgrades
            && finishes == other.finishes && digest == other.digest
    }
}
