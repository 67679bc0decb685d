import WSNode

/// A server of a run: it listens, and may be shut down and come back.
final class Host {
    unowned let world: World
    let number: Int
    let port: Int
    let application: ApplicationKind
    /// Whether it speaks TLS.
    private(set) var isSecure = false
    /// Whether it compresses messages if a client offers that, as all do.
    private(set) var isCompressing = false
    var options: ServerOptions
    /// The longest message, in bytes, for any of its links.
    var sizeLimit = 70_000
    private(set) var server: WebSocketServer?
    private var random: SeededGenerator
    /// Its ends that are open.
    private(set) var ends: [End] = []

    init(world: World, number: Int) {
        self.world = world
        self.number = number
        port = 8000 + number
        random = world.scenario.generator(.server, number)
        application = ApplicationKind.allCases[random.draw(0...ApplicationKind.allCases.count - 1)]
        options = ServerOptions()
        options.limits = Limits.drawn(from: &random)
        options.handshakeTimeout = .seconds(random.draw(5...60))
        isSecure = world.scenario.isSecure ?? random.happens(0.25)
        secure()
        isCompressing = random.happens(0.2)
        compress()
        if random.happens(0.1) { options.maxConnections = random.draw(1...4) }
    }

    private func secure() {
        #if TLS
        if isSecure { options.tls = TLSServerOptions(cert: Security.certificate, key: Security.key) }
        #else
        isSecure = false
        #endif
    }

    private func compress() {
        #if Compression
        guard isCompressing else { return }
        options.perMessageDeflate = .on {
            $0.threshold = random.draw(0...200)
            $0.serverNoContextTakeover = random.happens(0.5)
            $0.clientNoContextTakeover = random.happens(0.5)
        }
        #else
        isCompressing = false
        #endif
    }

    /// Whether it depends on more than payloads how many bytes are written.
    var hidesSizes: Bool { isSecure || isCompressing }

    var isListening: Bool { server != nil }

    func start() {
        do {
            let server = try WebSocketServer(port: port, options: options, on: world.loop)
            server.on(.error) { [world] in world.violate(.cause, "server \(self.number): \($0)") }
            server.on(.connection) { self.accepted($0, $1) }
            self.server = server
            world.transcript.note(world.now, .server(number), .listens)
        } catch {
            world.violate(.cause, "server \(number) does not start: \(error)")
        }
        guard world.scenario.has(.shutdown) else { return }
        let life = random.draw(.seconds(10)...(.seconds(300)))
        world.whileInTrouble(after: life) { [self] in
            shutDown()
            world.whileInTrouble(after: random.draw(.zero...(.seconds(30)))) { [self] in start() }
        }
    }

    /// Stops listening and says good-bye to everybody.
    func shutDown() {
        guard let server else { return }
        world.transcript.note(world.now, .server(number), .shutsDown)
        self.server = nil
        world.count(.shutdown)
        world.hostShutsDown(self)
        server.close { error in
            if let error { self.world.violate(.state, "server \(self.number) closed: \(error)") }
        }
        for end in ends { end.close(.goingAway, "") }
    }

    private func accepted(_ socket: WebSocket, _ request: IncomingMessage) {
        guard let number = Int(request.url.dropFirst()), let conversation = world.conversations[number] else {
            return world.violate(.order, "a request for \(request.url)")
        }
        if conversation.accepted != nil { world.violate(.state, "conversation \(number) was accepted twice") }
        let end = End(
            world: world, participant: .accepted(number), isClient: false, limits: options.limits,
            random: world.scenario.generator(.accepted, number))
        end.conversation = conversation
        conversation.wasAccepted(as: end)
        ends.append(end)
        end.onClosed = { [unowned self, unowned end] in ends.removeAll { $0 === end } }
        world.began(end, socket)
        end.serve(application, at: self)
        end.misbehaveNowAndThen()
    }

    /// Sends a message to all clients.
    func broadcast(_ message: Message) {
        guard let server else { return }
        let payload = Payload(message)
        for end in ends where end.isOpen { end.wasBroadcast(payload) }
        server.broadcast(Message(bytes: payload.bytes, isBinary: payload.isBinary))
        for end in ends { end.noteQueue(end.socket?.bufferedAmount ?? 0) }
    }
}

extension Limits {
    /// Limits that are within reach, more often than not those of the library.
    static func drawn(from random: inout SeededGenerator) -> Limits {
        var limits = Limits.standard
        limits.closeTimeout = .seconds(random.draw(1...30))
        if random.happens(0.5) { limits.highWaterMark = random.draw(0...100_000) }
        if random.happens(0.2) { limits.maxQueuedBytes = random.draw(100_000...400_000) }
        if random.happens(0.3) {
            limits.keepAliveInterval = .seconds(random.draw(5...60))
            limits.keepAliveTimeout = .seconds(random.draw(1...30))
        }
        if random.happens(0.2) { limits.messageTimeout = .seconds(random.draw(10...60)) }
        return limits
    }
}
