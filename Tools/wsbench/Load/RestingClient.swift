import WSTransport

/// A connection that does nothing but notice when it is lost.
final class RestingClient: TransportHandler {
    private let lost: () -> Void

    init(_ transport: any Transport, _ lost: @escaping () -> Void) {
        self.lost = lost
        transport.handler = self
        transport.setInterest(reading: true, writing: false)
    }

    func transportDidConnect(_ transport: any Transport) {}
    func transport(_ transport: any Transport, didFailToConnect error: TransportError) {}

    func transport(_ transport: any Transport, isReady readiness: Readiness) {
        lost()
        transport.close()
    }
}
