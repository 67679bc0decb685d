/// What the connections of a broadcast run have in common: the messages on their way, and who has them already.
final class BroadcastTraffic {
    let ring: FrameRing
    let depth: Int
    let chunk: Workspace
    private let receiverCount: Int

    /// Makes the sender send so many messages.
    var release: (Int) -> Void = { _ in }
    private(set) var deliveries = 0
    private(set) var lost = 0
    var wrong = 0
    private(set) var latencies = Histogram()

    /// When the messages on their way were sent and how many receivers have them, each at its number modulo the depth.
    private var sentAt: [Int64]
    private var receivedBy: [Int]
    private var sentCount = 0

    init(_ ring: FrameRing, depth: Int, receivers: Int, chunk: Workspace) {
        self.ring = ring
        self.depth = depth
        self.chunk = chunk
        receiverCount = receivers
        sentAt = Array(repeating: 0, count: depth)
        receivedBy = Array(repeating: 0, count: depth)
    }

    /// Sends the first messages.
    func begin() {
        send(depth)
    }

    /// A receiver has got messages, one after the other.
    func delivered(_ messages: Range<Int>) {
        let now = Clock.monotonic
        deliveries += messages.count
        var completed = 0
        for message in messages {
            let slot = message % depth
            latencies.record(now - sentAt[slot])
            receivedBy[slot] += 1
            if receivedBy[slot] == receiverCount { completed += 1 }
        }
        if completed > 0 { send(completed) }
    }

    private func send(_ count: Int) {
        let now = Clock.monotonic
        for message in sentCount..<sentCount + count {
            sentAt[message % depth] = now
            receivedBy[message % depth] = 0
        }
        sentCount += count
        release(count)
    }

    func lose() {
        lost += 1
    }

    /// Counts from here on.
    func reset() {
        deliveries = 0
        latencies.removeAll()
    }
}
