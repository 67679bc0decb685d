import Testing
import WSTransport

/// A server starts, a client connects, is echoed to, and one of the two ends first; everything is closed at the end.
/// It always comes to an end: what fails on the way is closed, as an application would.
struct EchoScenario {
    enum Variant: CaseIterable, Sendable {
        case clientEndsFirst, serverEndsFirst, overPath, byName, largeMessage
    }

    enum Outcome: Equatable {
        case echoed
        /// Some side was told of a failure.
        case failed
        /// Nothing happened any more.
        case stuck
    }

    private let kind: BackendKind
    private let variant: Variant

    init(_ kind: BackendKind, _ variant: Variant) {
        self.kind = kind
        self.variant = variant
    }

    func play() throws -> Outcome {
        let directory = variant == .overPath ? try TemporaryDirectory() : nil
        let place = directory.map { Endpoint.unix(path: $0.path("echo.sock")) } ?? .tcp(host: "127.0.0.1", port: 0)
        let backend: any Backend
        let listener: any Listener
        do {
            backend = try kind.make()
            listener = try backend.listen(on: place)
        } catch {
            return .failed
        }
        let target =
            switch (variant, place) {
            case (.byName, _): Endpoint.tcp(host: "localhost", port: listener.address.port)
            case (_, .tcp(let host, _)): Endpoint.tcp(host: host, port: listener.address.port)
            case (_, .unix): place
            }
        let world = World(backend)
        let acceptor = Acceptor(listener)
        acceptor.onAccept = { peer in
            peer.echoes = true
            peer.answersEnd = true
            peer.chunkBytes = 1 << 20
        }
        let client = Peer(backend.connect(to: target))
        client.answersEnd = true
        // More than the kernel takes at once, in one of the variants.
        let message = variant == .largeMessage ? [UInt8](repeating: 7, count: 5_000_000) : Array("abc".utf8)
        client.chunkBytes = 1 << 20
        client.send(message)
        var hasClosed = false
        let hasEnded =
            (try? world.run(within: .seconds(20)) {
                let server = acceptor.peers.first
                if client.received.count == message.count, !hasClosed {
                    hasClosed = true
                    if variant == .serverEndsFirst { server?.end() } else { client.end() }
                }
                if client.hasFailed || server?.hasFailed ?? false { return true }
                return client.hasEnded && server?.hasEnded ?? false
            }) != nil
        let hasFailed = client.hasFailed || acceptor.peers.contains(where: \.hasFailed)
        client.transport.close()
        acceptor.closeAll()
        #expect(!backend.hasWork)
        if !hasEnded { return .stuck }
        return client.received == message && !hasFailed ? .echoed : .failed
    }
}
