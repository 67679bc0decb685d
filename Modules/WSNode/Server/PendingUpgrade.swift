import WSConnection
import WSHandshake

/// A request that was found to be valid and waits for the application's decision. Meanwhile it is what its socket belongs to:
/// what the client already sends behind the request is kept, up to a limit, and its end is noticed.
final class PendingUpgrade: SocketOwner {
    private let server: WebSocketServer
    private let question: UpgradeQuestion
    private let socket: Socket
    private let completion: (WebSocket, IncomingMessage) -> Void
    private var head: Bytes
    private var timer: Timer?
    private var isDecided = false

    /// How much a client may send before it was accepted.
    private static let maxReadAhead = 16 * 1024

    init(
        _ question: UpgradeQuestion, _ socket: Socket, _ head: Bytes, of server: WebSocketServer,
        _ completion: @escaping (WebSocket, IncomingMessage) -> Void
    ) {
        self.server = server
        self.question = question
        self.socket = socket
        // The memory it arrived in is used again.
        self.head = head.isEmpty ? head : Bytes(copying: head)
        self.completion = completion
    }

    /// Waits for the decision, for as long as a handshake may take.
    func wait() {
        guard !isDecided else { return }
        socket.give(to: self)
        guard server.options.handshakeTimeout > .zero else { return }
        // The timer refers to us until we are done, which is when we let go of it.
        let timer = Timer(on: server.loop, interval: nil, isReferenced: false) {
            // Not 408, which says that the request did not come whole (RFC 9110 §15.5.9).
            self.decide(.reject(HandshakeRefusal(status: 503)))
        }
        self.timer = timer
        timer.schedule(at: question.message.receivedSince + server.options.handshakeTimeout)
    }

    /// The decision has come; a second one counts no more than one about a client that has gone.
    func decide(_ verdict: ClientVerdict) {
        guard !isDecided else { return }
        isDecided = true
        timer?.cancel()
        timer = nil
        socket.give(to: nil)
        server.decided(verdict, question, socket, head, completion)
    }

    func socket(_ socket: Socket, didReceive bytes: Bytes) {
        head = Bytes(Array(head) + Array(bytes))
        if head.count >= Self.maxReadAhead { socket.pause() }
    }

    /// Whoever ends its side before it knows whether it may connect has no use for a connection.
    func socketDidEnd(_ socket: Socket) { socket.destroy() }

    func socketDidFlush(_ socket: Socket) {}

    func socketDidClose(_ socket: Socket) {
        isDecided = true
        timer?.cancel()
        timer = nil
    }
}

/// A valid request, as it was read and as what it asks for.
struct UpgradeQuestion {
    let message: IncomingMessage
    let request: UpgradeRequest
    /// What was negotiated.
    let compression: NegotiatedCompression?
}
