import WSConnection

/// A socket as a stream of bytes.
///
/// Each message that arrives is a chunk to read, and each chunk that is written is a binary message. Whoever reads slowly
/// slows the peer down, and `write` tells how fast the peer reads. ``Duplex/end()`` closes the socket, ``Duplex/destroy(_:)``
/// terminates it; an error of the socket is one of the stream.
///
/// - Parameter options: the stream's. ``Duplex/Options/decodeStrings`` switched off sends strings as text messages.
public func createWebSocketStream(_ socket: WebSocket, options: Duplex.Options = Duplex.Options()) -> Duplex {
    let engine = WebSocketEngine(socket)
    let stream = Duplex(engine, options: options, on: socket.driver.loop)
    engine.attach(to: stream)
    return stream
}

extension WebSocket {
    /// The same as ``createWebSocketStream(_:options:)``.
    public static func createWebSocketStream(
        _ socket: WebSocket, options: Duplex.Options = Duplex.Options()
    ) -> Duplex {
        WSNode.createWebSocketStream(socket, options: options)
    }
}

/// Reads and writes the messages of a socket.
final class WebSocketEngine: DuplexEngine {
    private let socket: WebSocket
    /// What was written before the socket was open.
    private var early: [(chunk: Message, done: (WebSocketError?) -> Void)] = []
    private var finished: (() -> Void)?
    private var hasOpened: Bool
    /// Whether the socket's `close` has been.
    private var isClosed: Bool
    private var isDestroyed = false
    private var error: WebSocketError?

    init(_ socket: WebSocket) {
        self.socket = socket
        hasOpened = socket.readyState != .connecting
        isClosed = socket.readyState == .closed
    }

    /// Listens to the socket on behalf of the stream, which lives as long as the socket does.
    func attach(to stream: Duplex) {
        socket.on(.message) { [self] (message: Message) in
            if !stream.push(message) { socket.pause() }
        }
        socket.once(.open) { [self] in opened(stream) }
        socket.once(.error) { [self] error in
            // The socket still has a close frame to send, so it is not terminated.
            isDestroyed = true
            self.error = self.error ?? error
            stream.destroy(error)
        }
        socket.once(.close) { [self] _, _ in socketClosed(stream) }
    }

    private func opened(_ stream: Duplex) {
        hasOpened = true
        let due = early
        early = []
        for (chunk, done) in due { send(chunk, done) }
        if finished != nil { socket.close() }
    }

    private func socketClosed(_ stream: Duplex) {
        isClosed = true
        let (due, finished) = (early, finished)
        early = []
        self.finished = nil
        for (_, done) in due { done(error ?? .notOpen(.closed)) }
        if isDestroyed { return stream.wasDestroyed(error) }
        if hasOpened { finished?() }
        stream.pushEnd()
    }

    private func send(_ chunk: Message, _ done: @escaping (WebSocketError?) -> Void) {
        socket.send(chunk, completion: done)
    }

    // MARK: DuplexEngine

    func read(into stream: Duplex) {
        if socket.isPaused { socket.resume() }
    }

    func rest() {}

    func write(_ chunk: Message, of stream: Duplex, done: @escaping (WebSocketError?) -> Void) {
        if socket.readyState == .connecting {
            early.append((chunk, done))
        } else {
            send(chunk, done)
        }
    }

    func finish(_ stream: Duplex, done: @escaping () -> Void) {
        if isClosed { return hasOpened ? done() : () }
        finished = done
        if hasOpened { socket.close() }
    }

    func destroy(_ stream: Duplex, _ error: WebSocketError?) {
        if isClosed { return stream.wasDestroyed(error) }
        guard !isDestroyed else { return }
        isDestroyed = true
        self.error = error
        socket.terminate()
    }
}
