import ToolSupport
import WSHandshake
import WSTransport

/// One connection that is being opened: TCP, the request, the answer. A server that does not accept ends the program.
final class Opening: TransportHandler {
    private let done: (any Transport) -> Void
    private let offerCount: Int
    private var handshake: ClientHandshake
    private var unsent: ArraySlice<UInt8>
    private var received: [UInt8] = []

    init(_ target: Target, offers: [ExtensionOffer], _ done: @escaping (any Transport) -> Void) {
        self.done = done
        offerCount = offers.count
        var random = SystemRandomNumberGenerator()
        let nonce = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        do {
            var options = ClientHandshake.Options(url: target.url)
            options.extensions = offers
            handshake = try ClientHandshake(options, nonce: nonce)
        } catch {
            CommandLineParser.fail(program: "wsbench", "\(error)")
        }
        unsent = handshake.requestBytes()[...]
    }

    func start(_ transport: any Transport) {
        transport.handler = self
    }

    func transportDidConnect(_ transport: any Transport) {
        write(to: transport)
    }

    func transport(_ transport: any Transport, didFailToConnect error: TransportError) {
        fail("\(error)")
    }

    func transport(_ transport: any Transport, isReady readiness: Readiness) {
        if readiness.contains(.writable) { write(to: transport) }
        if readiness.contains(.readable) || readiness.contains(.closed) { read(from: transport) }
    }

    private func write(to transport: any Transport) {
        while !unsent.isEmpty {
            let outcome = unsent.withUnsafeBytes { transport.write($0, UnsafeRawBufferPointer(start: nil, count: 0)) }
            guard case .wrote(let count) = outcome else {
                if case .failed(let error) = outcome { fail("\(error)") }
                break
            }
            unsent = unsent.dropFirst(count)
        }
        transport.setInterest(reading: true, writing: !unsent.isEmpty)
    }

    private func read(from transport: any Transport) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let outcome = buffer.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { transport.read(into: $0, capacity: bytes.count) } ?? .wouldBlock
        }
        switch outcome {
        case .bytes(let count): take(Array(buffer.prefix(count)), transport)
        case .wouldBlock: break
        case .ended: fail("the server ended the connection before it was open")
        case .failed(let error): fail("\(error)")
        }
    }

    private func take(_ bytes: [UInt8], _ transport: any Transport) {
        received += bytes
        var consumed = 0
        let outcome = handshake.receive(received.span.bytes, consumed: &consumed)
        received.removeFirst(consumed)
        switch outcome {
        case .needsMoreBytes: break
        case .opened(let response):
            guard response.extensions.count == offerCount else { fail("the server does not agree to compression") }
            guard received.isEmpty else { fail("the server sends without being asked") }
            done(transport)
        case .unexpectedResponse(let head): fail("the server answers \(head.status) \(head.reason)")
        case .failed(let error, _): fail("\(error)")
        }
    }

    private func fail(_ message: String) -> Never {
        CommandLineParser.fail(program: "wsbench", message)
    }
}
