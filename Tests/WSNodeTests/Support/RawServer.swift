import Testing
import WSHandshake
import WSNode

/// A request as a raw server has read it.
struct RawRequest {
    /// The head, without its empty line.
    let text: String

    /// The value of a field.
    func field(_ name: String) -> String? {
        for line in text.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == name.lowercased() else { continue }
            return String(parts[1].drop { $0 == " " })
        }
        return nil
    }

    /// The request line.
    var line: String { String(text.prefix { $0 != "\r\n" }) }

    /// What proves that the key was read.
    var accept: String { AcceptKey.value(for: field("Sec-WebSocket-Key") ?? "") }

    /// A correct answer, with further lines. A line of a name that is there replaces it; one without a value removes it.
    func upgrade(_ lines: [String] = []) -> [UInt8] {
        var all = [
            "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Accept: \(accept)",
        ]
        for line in lines {
            let name = line.prefix { $0 != ":" } + ":"
            let isRemoval = line == name
            if let index = all.firstIndex(where: { $0.hasPrefix(name) }) {
                all[index] = isRemoval ? "" : line
            } else {
                all.append(line)
            }
        }
        return Array((all.filter { !$0.isEmpty }.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}

/// A server without any protocol: it answers with bytes made by hand.
final class RawServer: ListenerHandler {
    /// The connections accepted so far.
    private(set) var peers: [RawPeer] = []
    private let listener: any Listener
    private let greet: (RawPeer) -> Void
    private let secure: (any Transport) -> any Transport

    /// - Parameters:
    ///   - secure: what to lay over the connections.
    ///   - greet: is given each connection.
    init(
        _ listener: any Listener, secure: @escaping (any Transport) -> any Transport = { $0 },
        greet: @escaping (RawPeer) -> Void
    ) {
        self.listener = listener
        self.secure = secure
        self.greet = greet
        listener.handler = self
    }

    /// A server that answers the first request of each connection.
    convenience init(
        _ listener: any Listener, secure: @escaping (any Transport) -> any Transport = { $0 },
        _ answer: @escaping (RawPeer, RawRequest) -> Void
    ) {
        self.init(
            listener, secure: secure,
            greet: { peer in
                peer.onInput = { [weak peer] in
                    guard let peer, let head = peer.takeHead() else { return }
                    peer.onInput = nil
                    answer(peer, RawRequest(text: head))
                }
            })
    }

    var port: UInt16 { listener.address.port }

    func close() {
        listener.close()
        for peer in peers { peer.close() }
    }

    func listener(_ listener: any Listener, didAccept transport: any Transport) {
        let peer = RawPeer(secure(transport), isConnected: true)
        peers.append(peer)
        greet(peer)
    }

    func listener(_ listener: any Listener, didFailToAccept error: TransportError) {
        Issue.record("\(error)")
    }
}

extension TestLoop {
    /// A server that accepts connections, says something, and then nothing.
    func makeStallingServer(_ bytes: [UInt8]) throws -> RawServer {
        let listener = try events.backend.listen(on: .tcp(host: "127.0.0.1", port: 0))
        let server = RawServer(listener, greet: { $0.write(bytes) })
        track(server)
        return server
    }

    /// A server that answers each request as told.
    func makeRawServer(_ answer: @escaping (RawPeer, RawRequest) -> Void) throws -> RawServer {
        let server = RawServer(try events.backend.listen(on: .tcp(host: "127.0.0.1", port: 0)), answer)
        track(server)
        return server
    }

    /// An open client and the raw end of its connection.
    func openClient(
        _ change: (inout ClientOptions) -> Void = { _ in }, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> (client: WebSocket, peer: RawPeer) {
        let server = try makeRawServer { $0.write($1.upgrade()) }
        let client = try makeClient(at: server.port, change)
        try run(until: { client.readyState == .open }, "the client did not open", sourceLocation: sourceLocation)
        return (client, try #require(server.peers.first))
    }
}
