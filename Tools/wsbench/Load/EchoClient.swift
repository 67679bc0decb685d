import WSTransport

/// One connection of an echo run: it sends messages and counts what comes back.
final class EchoClient: TransportHandler {
    private let transport: any Transport
    private let traffic: EchoTraffic
    private var reader: ReplyReader
    private var outbox: Outbox
    /// When the messages on their way were sent, each at its number modulo the depth.
    private var sentAt: [Int64]
    private var sentCount = 0
    private var isLost = false

    init(_ transport: any Transport, _ traffic: EchoTraffic) {
        self.transport = transport
        self.traffic = traffic
        outbox = Outbox(traffic.ring)
        reader = ReplyReader(traffic.ring, verifies: traffic.verifies, compression: traffic.compression)
        sentAt = Array(repeating: 0, count: traffic.depth)
        transport.handler = self
        transport.setInterest(reading: true, writing: false)
    }

    func transportDidConnect(_ transport: any Transport) {}
    func transport(_ transport: any Transport, didFailToConnect error: TransportError) {}

    func transport(_ transport: any Transport, isReady readiness: Readiness) {
        if readiness.contains(.writable) { write() }
        if readiness.contains(.readable) || readiness.contains(.closed) { read() }
    }

    /// Sends as many messages as may be on their way.
    func begin() {
        send(traffic.depth - (sentCount - reader.messageCount), at: Clock.monotonic)
    }

    private func send(_ wanted: Int, at now: Int64) {
        guard !isLost else { return }
        let count = traffic.allow(wanted)
        guard count > 0 else { return }
        for message in sentCount..<sentCount + count { sentAt[message % traffic.depth] = now }
        sentCount += count
        let wasWriting = !outbox.isEmpty
        outbox.add(messages: count)
        if !wasWriting { write() }
    }

    private func write() {
        guard !isLost else { return }
        guard outbox.write(to: transport) else { return lose() }
        transport.setInterest(reading: true, writing: !outbox.isEmpty)
    }

    private func read() {
        guard !isLost else { return }
        let count: Int
        switch transport.read(into: traffic.chunk.base, capacity: traffic.chunk.count) {
        case .bytes(let read): count = read
        // A record of TLS that is not there whole, or holds no data.
        case .wouldBlock: return
        case .ended, .failed: return lose()
        }
        let first = reader.messageCount
        let wrong = reader.wrongCount
        let replies = reader.take(traffic.chunk.base, count: count)
        if reader.hasEnded || reader.messageCount > sentCount { return lose() }
        guard replies > 0 else { return }
        let now = Clock.monotonic
        for message in first..<first + replies { traffic.latencies.record(now - sentAt[message % traffic.depth]) }
        traffic.echoed += replies
        traffic.wrong += reader.wrongCount - wrong
        traffic.inFlight -= replies
        if !traffic.isBursty {
            send(replies, at: now)
        } else if reader.messageCount == sentCount {
            send(traffic.depth, at: now)
        }
    }

    private func lose() {
        isLost = true
        traffic.lost += 1
        traffic.inFlight -= sentCount - reader.messageCount
        transport.close()
    }
}
