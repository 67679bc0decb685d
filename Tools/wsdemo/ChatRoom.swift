import ToolSupport
import WSNode

/// The chat on the page, and the figures beside it.
///
/// What a client says is text: `/name` and its name, `/say` and a line for everybody (or just the line, for those who type it
/// at wscat), `/trip` and a number to have back. What it hears are objects in JSON, each with a `type`.
final class ChatRoom {
    private static let maxNameLength = 24
    private static let maxTextLength = 1000
    private static let maxHistory = 50

    private let server: WebSocketServer
    private let loop: EventLoop
    private let start: Duration
    /// Tells pages whether this is the server they have known.
    private let room = String(UInt64.random(in: .min ... .max), radix: 36)
    private var names: [WebSocket: String] = [:]
    private var history: [String] = []
    private var messageCount = 0
    private var recentCount = 0
    private var timer: Timer?

    /// Serves whoever connects to the server.
    init(on server: WebSocketServer, _ loop: EventLoop) {
        self.server = server
        self.loop = loop
        start = loop.now
        server.on(.connection) { socket, _ in self.welcome(socket) }
        timer = loop.setInterval(.seconds(1)) { self.tellFigures() }.unref()
        server.on(.close) { self.timer?.cancel() }
    }

    private func welcome(_ socket: WebSocket) {
        names[socket] = "Somebody"
        socket.on(.error) { _ in }  // It ends that connection, and the others have nothing to do with it.
        socket.on(.message) { message in
            if !message.isBinary { self.hear(message.text, from: socket) }
        }
        socket.on(.close) { _, _ in
            guard let name = self.names.removeValue(forKey: socket) else { return }
            self.note("\(name) has left")
        }
        socket.send(JSON.object(["type": "hello", "room": .text(room), "history": .array(history)]))
    }

    private func hear(_ line: String, from socket: WebSocket) {
        let (command, rest) = Self.split(line)
        switch command {
        case "/name": rename(socket, rest)
        case "/trip": socket.send(JSON.object(["type": "trip", "from": .text(rest)]))
        default: say(rest, from: socket)
        }
    }

    /// The command that a line begins with, if there is one, and the rest.
    private static func split(_ line: String) -> (command: String, rest: String) {
        for command in ["/name", "/trip", "/say"] where line.hasPrefix(command + " ") {
            return (command, String(line.dropFirst(command.count + 1)))
        }
        return ("/say", line)
    }

    private func rename(_ socket: WebSocket, _ wish: String) {
        let name = String(wish.prefix(Self.maxNameLength))
        guard !name.isEmpty, let before = names[socket], before != name else { return }
        names[socket] = name
        note(before == "Somebody" ? "\(name) has come" : "\(before) is now \(name)")
    }

    private func say(_ text: String, from socket: WebSocket) {
        guard let name = names[socket], !text.isEmpty else { return }
        messageCount += 1
        recentCount += 1
        let message = JSON.object([
            "type": "message", "number": .number(messageCount), "name": .text(name),
            "text": .text(String(text.prefix(Self.maxTextLength))), "time": .number(WallClock.seconds),
        ])
        history.append(message)
        if history.count > Self.maxHistory { history.removeFirst() }
        server.broadcast(message)
    }

    private func note(_ text: String) {
        server.broadcast(JSON.object(["type": "note", "text": .text(text)]))
    }

    private func tellFigures() {
        guard !names.isEmpty else { return }
        server.broadcast(
            JSON.object([
                "type": "statistics", "people": .number(names.count), "messages": .number(messageCount),
                "rate": .number(recentCount), "resident": .number(ProcessMemory.resident),
                "uptime": .number(Int((loop.now - start).components.seconds)),
            ]))
        recentCount = 0
    }
}
