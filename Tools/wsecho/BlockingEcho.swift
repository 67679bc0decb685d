import WSNode

/// One connection of the blocking server, driven by hand: reads and writes wait, though never for long.
///
/// A thread that waits in a write does not read. A peer that sends before it reads what we owe it must not wait for
/// us while we wait for it, so a write is cut off after a moment and whatever arrived is read before it goes on.
struct BlockingEcho: ~Copyable {
    /// How long one read or one write waits at most; also how late a shutdown can be noticed.
    static let patience = Duration.milliseconds(200)

    private let transport: BlockingTransport
    private let settings: Settings
    private var connection: Connection
    private var readTimeout: Duration?
    private var isUnableToWrite = false
    #if Compression
    private let workspace = DeflateWorkspace()
    #endif

    init(_ transport: BlockingTransport, settings: Settings, configuration: ConnectionConfiguration.Shared) {
        self.transport = transport
        self.settings = settings
        connection = Connection(server: configuration, now: MonotonicClock.now)
    }

    /// Serves the peer until the stream has ended.
    ///
    /// - Parameter isShuttingDown: asked now and then; if so, the connection is closed with 1001.
    consuming func run(isShuttingDown: () -> Bool) {
        try? transport.setTimeouts(read: Self.patience, write: Self.patience)
        var isStreaming = true
        while isStreaming {
            let now = MonotonicClock.now
            if let deadline = connection.nextDeadline, deadline <= now { connection.handleTimeout(now: now) }
            if isShuttingDown() { try? connection.close(code: .goingAway, now: now) }
            handleEvents(now: now)
            write()
            // Writing may have made room, or have failed: both are events.
            handleEvents(now: now)
            switch connection.nextStreamAction {
            case .none: break
            case .endWriting: transport.endWriting()
            case .close: isStreaming = false
            }
            if isStreaming, connection.wantsToRead { read() }
        }
        transport.close()
    }

    private mutating func handleEvents(now: Duration) {
        while let event = connection.nextEvent(now: now) {
            switch event {
            case .upgradeRequested(let request): answer(request, now: now)
            case .plainRequest: connection.refuse(HandshakeRefusal(.upgradeRequired), now: now)
            case .message(let message):
                // It throws only if the connection is closing: then nobody waits for an echo.
                guard settings.mode == .echo else { continue }
                _ = try? connection.send(message.bytes, isBinary: message.isBinary, now: now)
            case .refused, .opened, .messagePart, .ping, .pong, .closing, .failed, .drained, .closed, .upgradeResponse,
                .unexpectedResponse, .responseBody:
                break
            }
        }
    }

    private mutating func answer(_ request: UpgradeRequest, now: Duration) {
        if let path = settings.path, path != request.path {
            return connection.refuse(HandshakeRefusal(.path), now: now)
        }
        let subprotocol = request.subprotocols.first { settings.subprotocols?.contains($0) ?? true }
        do {
            let (extensions, compression) = try negotiate(request)
            let response = try request.response(subprotocol: subprotocol, extensions: extensions)
            let agreement = Agreement(subprotocol: subprotocol ?? "", extensions: extensions)
            try connection.accept(response, agreement: agreement, compression: compression, now: now)
        } catch let error as HandshakeRefusal {
            connection.refuse(error, now: now)
        } catch {
            connection.refuse(HandshakeRefusal(.application), now: now)
        }
    }

    /// What a server does that has no ``WebSocketServer``: reads the offers, chooses, and says how to compress.
    private func negotiate(_ request: UpgradeRequest) throws -> ([ExtensionOffer], (any CompressionTerms)?) {
        #if Compression
        guard let options = settings.deflate.options, let field = request.extensionsField else { return ([], nil) }
        do {
            let offers = try ExtensionHeader.parse(field)
            guard let agreed = try PerMessageDeflateParameters.choose(among: offers, options) else { return ([], nil) }
            return ([agreed.answer], PerMessageDeflate.Terms(agreed, isServer: true, options, in: workspace))
        } catch NegotiationError.noAcceptableOffer {
            return ([], nil)
        } catch {
            throw HandshakeRefusal(.extensions(error as? HeaderSyntaxError))
        }
        #else
        return ([], nil)
        #endif
    }

    private mutating func write() {
        guard connection.hasOutput else { return }
        var isBlocked = isUnableToWrite
        while !isBlocked, connection.hasOutput {
            connection.withNextOutput { first, second in
                switch transport.write(first, second) {
                case .wrote(let count):
                    isBlocked = count < first.count + second.count
                    return count
                case .wouldBlock:
                    isBlocked = true
                    return 0
                case .failed:
                    // Reading goes on: what the peer sent before it went away still counts.
                    isUnableToWrite = true
                    isBlocked = true
                    return first.count + second.count
                }
            }
        }
        if isUnableToWrite { connection.discardOutput() }
    }

    private mutating func read() {
        // With output waiting, a read only looks what is there.
        let timeout = connection.hasOutput ? .milliseconds(1) : Self.patience
        if timeout != readTimeout {
            readTimeout = timeout
            try? transport.setTimeouts(read: timeout, write: Self.patience)
        }
        var outcome = ReadOutcome.wouldBlock
        let bytes = Bytes(capacity: 64 * 1024) { outcome = transport.read(into: &$0) }
        let now = MonotonicClock.now
        switch outcome {
        case .bytes: connection.receive(bytes, now: now)
        case .wouldBlock: break
        case .ended, .failed: connection.receiveEnd(now: now)
        }
    }
}
