import Testing
import WSNode

@Suite("Listeners may do anything to their socket")
struct ListenerFreedomTests {
    /// When something is done.
    enum Occasion: String, CaseIterable, Sendable {
        case upgrade, open, message, ping, pong, failure, refusal, unexpectedResponse, body, close, completion

        /// What a raw server writes to bring it about.
        func script(_ request: RawRequest) -> [UInt8] {
            let twice = { (frame: [UInt8]) in request.upgrade() + frame + frame }
            return switch self {
            case .upgrade, .open, .completion: request.upgrade()
            case .message: twice(Wire.text("m", masked: false))
            case .ping: twice(Wire.frame(0x89, "p".utf8, masked: false))
            case .pong: twice(Wire.frame(0x8A, "p".utf8, masked: false))
            case .failure: request.upgrade() + Wire.hex("8500 8500")
            case .refusal, .unexpectedResponse, .body:
                Array("HTTP/1.1 401 No\r\nContent-Length: 3\r\n\r\nfoo".utf8)
            case .close: request.upgrade() + Wire.close(1000, masked: false)
            }
        }
    }

    /// What is done.
    enum Action: String, CaseIterable, Sendable {
        case close, terminate, send, pause, removeItself, removeAll, addOther, dropLastReference, everything
    }

    /// A socket, which may be let go of, and what happened to it.
    private final class Stage {
        var socket: WebSocket?
        weak var witness: WebSocket?
        var subscription: Subscription?
        var count = 0
        let journal = Journal()

        init(_ socket: WebSocket) {
            self.socket = socket
            witness = socket
        }

        /// Listens, and acts once.
        func prepare(_ occasion: Occasion, _ action: Action) {
            guard let socket else { return }
            // The journal's listeners do not refer to the socket.
            journal.watch(socket, as: "")
            let act = { [weak self] in
                guard let self else { return }
                count += 1
                perform(action, occasion)
            }
            switch occasion {
            case .upgrade: subscription = socket.on(.upgrade) { _ in act() }
            case .open: subscription = socket.on(.open) { act() }
            case .message: subscription = socket.on(.message) { (_: Message) in act() }
            case .ping: subscription = socket.on(.ping) { _ in act() }
            case .pong: subscription = socket.on(.pong) { _ in act() }
            case .failure, .refusal: subscription = socket.on(.error) { _ in act() }
            case .unexpectedResponse: subscription = socket.on(.unexpectedResponse) { _ in act() }
            case .body:
                socket.on(.unexpectedResponse) { response in
                    response.on(.data) { _ in act() }
                    response.on(.end) { act() }
                }
            case .close: subscription = socket.on(.close) { _, _ in act() }
            case .completion:
                socket.on(.open) { [weak socket] in socket?.send("x") { _ in act() } }
            }
        }

        private func perform(_ action: Action, _ occasion: Occasion) {
            guard let socket else { return }
            switch action {
            case .close: socket.close()
            case .terminate: socket.terminate()
            case .send:
                socket.send("text") { _ in }
                try? socket.ping("ping")
                socket.pong { _ in }
            case .pause:
                socket.pause()
                socket.resume()
                socket.pause()
            case .removeItself: removeItself(socket, occasion)
            case .removeAll:
                socket.removeAllListeners(.message as Event<WebSocket, (Message) -> Void>)
                socket.removeAllListeners(.ping)
                socket.removeAllListeners(.open)
            case .addOther: journal.watch(socket, as: "other")
            case .dropLastReference: self.socket = nil
            case .everything:
                socket.send("text") { [weak socket] _ in socket?.terminate() }
                socket.pause()
                socket.close()
                socket.send("text") { [weak socket] _ in socket?.close() }
                socket.terminate()
                socket.resume()
                socket.close()
                self.socket = nil
            }
        }

        private func removeItself(_ socket: WebSocket, _ occasion: Occasion) {
            guard let subscription else { return }
            switch occasion {
            case .upgrade: socket.off(.upgrade, subscription)
            case .open: socket.off(.open, subscription)
            case .message: socket.off(.message as Event<WebSocket, (Message) -> Void>, subscription)
            case .ping: socket.off(.ping, subscription)
            case .pong: socket.off(.pong, subscription)
            case .failure, .refusal: socket.off(.error, subscription)
            case .unexpectedResponse: socket.off(.unexpectedResponse, subscription)
            case .close: socket.off(.close, subscription)
            case .body, .completion: break
            }
        }
    }

    // R-7-2, B-EVT-009
    @Test(arguments: Environment.allCases, Occasion.allCases)
    func `each event, with each thing a listener may do`(environment: Environment, occasion: Occasion) throws {
        for action in Action.allCases {
            weak var witness: WebSocket?
            try withLoop(environment) { loop in
                let server = try loop.makeRawServer { peer, request in
                    peer.write(occasion.script(request))
                    // A closing handshake has to come to its end.
                    if occasion == .close || occasion == .failure { peer.end() }
                }
                let stage = Stage(try WebSocket("ws://127.0.0.1:\(server.port)/", on: loop.events))
                witness = stage.socket
                stage.prepare(occasion, action)
                try loop.run(until: { stage.count > 0 }, "\(occasion) did not come")
                if occasion != .close {
                    loop.run(for: .milliseconds(1))
                    stage.witness?.terminate()
                    for peer in server.peers { peer.close() }
                }
                try loop.run(until: { stage.journal.has("close") }, "no close after \(action) in \(occasion)")
                loop.run(for: .milliseconds(1))

                let closes = stage.journal.lines(beginning: "close")
                let lines = stage.journal.lines(without: "other ")
                let what: Comment = "\(occasion), \(action): \(lines)"
                #expect(closes.count == 1, what)
                #expect(lines.last == closes.last, what)
                #expect(stage.journal.lines(beginning: "error").count <= 1, what)
                #expect(stage.journal.lines(beginning: "open").count <= 1, what)
                let isTwice = [.message, .ping, .pong].contains(occasion)
                if action == .removeItself, isTwice { #expect(stage.count == 1) }
                if action == .terminate, isTwice { #expect(stage.count == 2) }
            }
            // Whether or not the program still referred to it.
            #expect(witness == nil, "the socket was kept after \(action) in \(occasion)")
        }
    }

    /// What a server's listener may do to the socket it is given.
    @Test(arguments: Environment.allCases, Action.allCases)
    func `in the connection event`(environment: Environment, action: Action) throws {
        weak var witness: WebSocket?
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let journal = Journal()
            server.on(.connection) { socket, _ in
                journal.watch(socket, as: "")
                witness = socket
                switch action {
                case .close: socket.close()
                case .terminate: socket.terminate()
                case .send: socket.send("text")
                case .pause: socket.pause()
                case .removeItself, .removeAll: server.removeAllListeners(.connection)
                case .addOther: server.on(.connection) { _, _ in }
                case .dropLastReference: break
                case .everything:
                    socket.send("text")
                    socket.close()
                    socket.terminate()
                    server.close()
                }
            }
            let peer = try loop.connectRaw(to: server)
            peer.write(Wire.request() + Wire.text("a", masked: true) + Wire.close(1000, masked: true))
            if action != .pause { peer.end() }
            try loop.run { journal.has("close") || action == .pause && witness?.isPaused == true }
            // What came in the packet of the request is told in any case.
            #expect(journal.lines.first == #"message "a""#)
            witness?.terminate()
            try loop.run { journal.has("close") && server.clients?.isEmpty == true }
            #expect(journal.lines.count == 2)
        }
        #expect(witness == nil)
    }

    @Test(arguments: Environment.allCases)
    func `a server may be closed in any of its events`(environment: Environment) throws {
        for occasion in ["listening", "headers", "connection", "message", "close"] {
            try withLoop(environment) { loop in
                let server = try loop.makeServer()
                var isClosed = false
                let close = {
                    server.close()
                    server.close { _ in isClosed = true }
                }
                if occasion == "listening" { server.on(.listening) { close() } }
                if occasion == "headers" { server.on(.headers) { _, _ in close() } }
                server.on(.connection) { socket, _ in
                    if occasion == "connection" { close() }
                    if occasion == "message" { socket.on(.message) { (_: Message) in close() } }
                    if occasion == "close" { socket.on(.close) { _, _ in close() } }
                }
                let client = try loop.makeClient(of: server)
                let journal = Journal(client)
                client.on(.open) {
                    client.send("x")
                    client.close()
                }
                try loop.run(until: { journal.has("close") && isClosed }, "\(occasion)")
                #expect(server.clients?.isEmpty == true)
            }
        }
    }

    @Test(arguments: Environment.allCases)
    func `sockets may be ended from each other's listeners`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            var accepted: [WebSocket] = []
            server.on(.connection) { socket, _ in
                accepted.append(socket)
                socket.on(.message) { data, _ in
                    server.broadcast(data)
                    for other in accepted { other.terminate() }
                }
            }
            let clients = try (0..<5).map { _ in try loop.makeClient(of: server) }
            let journals = clients.map { Journal($0) }
            try loop.run { accepted.count == 5 && clients.allSatisfy { $0.readyState == .open } }
            clients[2].send("all")
            try loop.run { clients.allSatisfy { $0.readyState == .closed } && server.clients?.isEmpty == true }
            #expect(journals.map(\.lines.last).areAll("close 1006"))
        }
    }
}
