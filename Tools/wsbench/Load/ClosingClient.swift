import WSFrame
import WSTransport

/// A connection that was opened to be closed again: it sends a close frame, and waits for the server to end the stream.
final class ClosingClient: TransportHandler {
    private let transport: any Transport
    private let chunk: Workspace
    private let done: (_ isClean: Bool) -> Void
    private var reader = ReplyReader()

    /// Code 1000, masked with nothing.
    private static let frame: [UInt8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8]

    init(_ transport: any Transport, chunk: Workspace, _ done: @escaping (_ isClean: Bool) -> Void) {
        self.transport = transport
        self.chunk = chunk
        self.done = done
        transport.handler = self
        let outcome = Self.frame.withUnsafeBytes { transport.write($0, UnsafeRawBufferPointer(start: nil, count: 0)) }
        transport.setInterest(reading: true, writing: false)
        if outcome != .wrote(Self.frame.count) { finish() }
    }

    func transportDidConnect(_ transport: any Transport) {}
    func transport(_ transport: any Transport, didFailToConnect error: TransportError) {}

    func transport(_ transport: any Transport, isReady readiness: Readiness) {
        guard case .bytes(let count) = transport.read(into: chunk.base, capacity: chunk.count) else { return finish() }
        _ = reader.take(chunk.base, count: count)
    }

    private func finish() {
        transport.close()
        done(reader.hasEnded)
    }
}
