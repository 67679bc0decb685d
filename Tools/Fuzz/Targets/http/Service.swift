import WSHandshake
import WSNode

/// A server that does as its choice says, and keeps account of what it is asked.
final class Service {
    /// How the server answers, and what it accepts.
    struct Choice {
        /// Whether it answers at once without reading, when the body has ended, with what it reads, or never.
        enum Answer: Int { case atOnce, atEnd, echo, never }
        var answer: Answer
        var isTight: Bool
        /// How much goes out in one turn.
        var writeLimit: Int

        /// The choice of a byte.
        init(_ byte: UInt8) {
            answer = Answer(rawValue: Int(byte & 3)) ?? .atOnce
            isTight = byte & 4 != 0
            writeLimit = byte & 8 == 0 ? .max : 7
        }

        static let count: UInt8 = 16
    }

    let choice: Choice
    private let backend = ScriptedBackend()
    private let loop: EventLoop
    private let server: HTTPServer
    /// What came of the stream as it is, and in pieces; the memory is used again.
    private let accounts = (whole: Account(), cut: Account())
    private var account: Account

    init(_ choice: Choice) {
        self.choice = choice
        account = accounts.whole
        loop = EventLoop(backend: backend)
        loop.report = { _ in }
        loop.wallClock = { 0 }
        var options = HTTPServerOptions()
        if choice.isTight {
            options.head = HeadLimits(maxBytes: 160, maxLineBytes: 60, maxFields: 6)
            options.maxBodySize = 12
            options.maxRequestsPerSocket = 3
        }
        server = HTTPServer(options: options, on: loop)
        server.on(.request) { [unowned self] request, response in try answer(request, response) }
        do {
            let sockets = try WebSocketServer(server: server, path: "/ws")
            sockets.on(.connection) { [unowned self] socket, _ in
                account.noteUpgrade()
                socket.on(.error) { _ in }
                socket.on(.message) { message in socket.send(message) }
            }
            try server.listen(port: 1)
        } catch {
            finding("the server can be made", file: #fileID, line: #line)
        }
    }

    private func answer(_ request: IncomingMessage, _ response: ServerResponse) throws {
        account.note(request)
        request.on(.aborted) { [unowned self] in account.note(.aborted) }
        request.on(.close) { [unowned self] in account.note(.close) }
        response.on(.finish) { [unowned self] in account.noteFinish() }
        switch choice.answer {
        case .atOnce:
            response.end(request.url)
        case .atEnd:
            request.on(.data) { [unowned self] bytes in account.add(bytes) }
            request.on(.end) { response.end("the end") }
        case .echo:
            response.flushHeaders()
            request.on(.data) { [unowned self] bytes in
                account.add(bytes)
                // Byte by byte, or the output would show where the stream was cut.
                for index in bytes.indices { response.write(Bytes(copying: bytes.slice(index..<index + 1))) }
            }
            request.on(.end) { response.end() }
        case .never: break
        }
    }

    /// Serves a stream that comes at once or in pieces and then ends, and waits until the connection is gone.
    func serve(_ stream: UnsafeRawBufferPointer, cutBy cuts: Cuts?, readinessPerWait: Int) -> Account {
        account = cuts == nil ? accounts.whole : accounts.cut
        account.removeAll()
        let transport = ScriptedTransport(stream, cuts, writeLimit: choice.writeLimit, account: account)
        backend.accept(transport, readinessPerWait: readinessPerWait)
        loop.run { transport.isClosed || backend.isIdle }
        if !transport.isClosed {
            check(choice.answer == .never, "a connection that is served ends")
            server.closeAllConnections()
        }
        backend.wake()
        loop.run { backend.isIdle }
        check(transport.isClosed, "the connection is closed")
        check(server.connectionsCount == 0, "no connection is left")
        return account
    }
}
