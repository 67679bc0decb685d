import WSTransport

/// One connection of a broadcast run. All receive; one sends.
final class BroadcastClient: TransportHandler {
    private let transport: any Transport
    private let traffic: BroadcastTraffic
    private var reader: ReplyReader
    private var outbox: Outbox

    init(_ transport: any Transport, _ traffic: BroadcastTraffic) {
        self.transport = transport
        self.traffic = traffic
        outbox = Outbox(traffic.ring)
        reader = ReplyReader(traffic.ring)
        transport.handler = self
        transport.setInterest(reading: true, writing: false)
    }

    func transportDidConnect(_ transport: any Transport) {}
    func transport(_ transport: any Transport, didFailToConnect error: TransportError) {}

    func transport(_ transport: any Transport, isReady readiness: Readiness) {
        if readiness.contains(.writable) { write() }
        if readiness.contains(.readable) || readiness.contains(.closed) { read() }
    }

    func send(_ messages: Int) {
        outbox.add(messages: messages)
        write()
    }

    private func write() {
        guard outbox.write(to: transport) else { return lose() }
        transport.setInterest(reading: true, writing: !outbox.isEmpty)
    }

    private func read() {
        guard case .bytes(let count) = transport.read(into: traffic.chunk.base, capacity: traffic.chunk.count) else {
            return lose()
        }
        let first = reader.messageCount
        let wrong = reader.wrongCount
        let replies = reader.take(traffic.chunk.base, count: count)
        traffic.wrong += reader.wrongCount - wrong
        if reader.hasEnded { return lose() }
        if replies > 0 { traffic.delivered(first..<first + replies) }
    }

    private func lose() {
        traffic.lose()
        transport.close()
    }
}
