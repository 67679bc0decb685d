import Testing
import WSNode

/// What a test runs on: a loop, an HTTP server on it, and sockets of the API below, to talk to.
final class Bench {
    enum Kind: String, CaseIterable, Sendable { case epoll, pipe }

    let loop: EventLoop
    let http: HTTPServer
    private(set) var reports: [String] = []
    private var sockets: [WSNode.WebSocket] = []
    private let kind: Kind

    init(_ kind: Kind) throws {
        self.kind = kind
        loop = EventLoop(backend: kind == .pipe ? PipeBackend(PipeNetwork(seed: 1)) : try PollBackend())
        http = HTTPServer(on: loop)
        loop.report = { [weak self] in self?.reports.append($0) }
        try http.listen(port: 0, host: "127.0.0.1")
    }

    var port: UInt16 { http.address()?.port ?? 0 }

    /// The address of the HTTP server.
    func url(_ path: String = "") -> String { "ws://127.0.0.1:\(port)\(path)" }

    /// Runs until a condition holds, or fails the test.
    func run(until condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) throws {
        var isExpired = false
        let limit = loop.setTimeout(kind == .pipe ? .seconds(3600) : .seconds(20)) { isExpired = true }
        loop.run { condition() || isExpired }
        limit.cancel()
        try #require(condition(), "what the test waits for did not happen", sourceLocation: sourceLocation)
    }

    /// Runs as long as something may still happen that must not.
    func watch() {
        var isOver = false
        loop.setTimeout(kind == .pipe ? .seconds(100) : .milliseconds(40)) { isOver = true }
        loop.run { isOver }
    }

    /// A client of Node's API.
    func nodeClient(
        _ path: String = "/", protocols: [String] = [], _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws -> WSNode.WebSocket {
        let socket = try WSNode.WebSocket(url(path), protocols: protocols, options: ClientOptions(change), on: loop)
        sockets.append(socket)
        return socket
    }

    /// What a client of Node's API hears from such a request, as one line.
    func outcome(
        _ path: String, protocols: [String] = [], _ change: (inout ClientOptions) -> Void = { _ in }
    ) throws -> String {
        let socket = try nodeClient(path, protocols: protocols, change)
        var line = ""
        var isOver = false
        socket.on(.open) {
            line = "open \(socket.protocol)"
            isOver = true
        }
        socket.on(.unexpectedResponse) { (response: IncomingResponse) in
            line = "\(response.statusCode) "
            response.on(.data) { line += String($0) }
        }
        socket.on(.error) { line += $0.message }
        socket.on(.close) { _, _ in isOver = true }
        try run { isOver }
        return line
    }

    /// The answer to an ordinary request: status and body.
    func get(_ path: String) throws -> String {
        var text = ""
        var isOver = false
        let getter = Getter { piece in
            if let piece { text += piece } else { isOver = true }
        }
        let transport = loop.backend.connect(to: .tcp(host: "127.0.0.1", port: port))
        getter.start(transport, "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        try run { isOver }
        let status = text.split(separator: " ").dropFirst().first ?? ""
        return "\(status) \(text.split(separator: "\r\n\r\n", maxSplits: 1).last ?? "")"
    }

    func finish(sourceLocation: SourceLocation) {
        for socket in sockets { socket.terminate() }
        http.close()
        http.closeAllConnections()
        watch()
    }
}

/// Sends a request and collects what comes.
private final class Getter: TransportHandler {
    private let heard: (String?) -> Void
    private var request = ""

    init(_ heard: @escaping (String?) -> Void) { self.heard = heard }

    func start(_ transport: any Transport, _ request: String) {
        self.request = request
        transport.handler = self
    }

    func transportDidConnect(_ transport: any Transport) {
        let (bytes, nothing) = (Array(request.utf8), [UInt8]())
        _ = transport.write(bytes.span.bytes, nothing.span.bytes)
        transport.setInterest(reading: true, writing: false)
    }

    func transport(_ transport: any Transport, didFailToConnect error: TransportError) { heard(nil) }

    func transport(_ transport: any Transport, isReady readiness: Readiness) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let outcome = bytes.withUnsafeMutableBytes { buffer -> ReadOutcome in
            guard let base = buffer.baseAddress else { return .wouldBlock }
            return transport.read(into: base, capacity: buffer.count)
        }
        switch outcome {
        case .bytes(let count): heard(String(decoding: bytes[..<count], as: UTF8.self))
        case .wouldBlock: break
        case .ended, .failed:
            transport.close()
            heard(nil)
        }
    }
}

/// Gives a test a bench, and clears it afterwards.
func withBench(
    _ kind: Bench.Kind, sourceLocation: SourceLocation = #_sourceLocation, _ test: (Bench) throws -> Void
) throws {
    let bench = try Bench(kind)
    let outcome = Result { try test(bench) }
    bench.finish(sourceLocation: sourceLocation)
    try outcome.get()
}
