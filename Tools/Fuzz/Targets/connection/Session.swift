@testable import WSConnection
import WSFrame
import WSHandshake

/// One connection driven by a script, and everything that is known about what it may do.
struct Session: ~Copyable {
    var connection: Connection
    var model: EventModel
    var reader: OutputReader
    var now = Duration.seconds(1)
    var lastState: Int
    /// The application has to answer a request; it can accept it if it was one for an upgrade.
    var isAsked = false
    var request: UpgradeRequest?
    var spare: OutputBuffer?

    /// The data frames the application was promised to be sent.
    var promised = Digest()
    private var isMessageUnfinished = false
    /// Whether output was thrown away, so that the promise is void.
    var hasDropped = false
    /// The application's bytes in the output since it was last empty, and how many pings keep-alive may have added.
    private var ownBytes = 0
    /// The most a handshake, pongs and a close frame come to.
    private let answerBytes: Int
    private var timeouts = 0

    init(role: Role, isUpgraded: Bool, shared: ConnectionConfiguration.Shared) {
        model = EventModel(role: role, isUpgraded: isUpgraded, limits: shared.values.limits)
        reader = OutputReader(isClient: role == .client, startsWithHead: !isUpgraded)
        switch (role, isUpgraded) {
        case (.client, true):
            connection = Connection(
                upgraded: .client, configuration: shared, keys: SeededMaskingKeys(seed: 7), now: now)
        case (.server, true):
            connection = Connection(upgraded: .server, configuration: shared, keys: nil, now: now)
        case (.client, false):
            connection = Connection(
                client: World.clientHandshake, configuration: shared, keys: SeededMaskingKeys(seed: 7), now: now)
        case (.server, false):
            connection = Connection(server: shared, now: now)
        }
        lastState = connection.state.rawValue
        answerBytes = (shared.values.limits.maxPendingPongs + 1) * 131 + 2048
    }

    // MARK: What must hold after every step

    mutating func checkInvariants() {
        let state = connection.state.rawValue
        check(state >= lastState, "the state only goes forward")
        lastState = state
        let buffered = connection.bufferedAmount
        check(connection.hasOutput == (buffered > 0), "output is what is buffered")
        if buffered == 0 {
            ownBytes = 0
            timeouts = 0
        }
        check(buffered <= ownBytes + answerBytes + timeouts * 6, "a peer adds a bounded amount to the output")
        // What arrived bounds what is kept (RFC 6455 §10.4), whatever lengths were declared.
        if let storage = connection.message.assembly.storage, !isInput(storage) {
            let bound = max(4 * connection.message.assembly.count, 256)
            check(storage.capacity <= bound, "a message's memory follows its bytes")
        }
        check(connection.queuedEvents.count <= 64, "events do not pile up")
        if state == Connection.State.closed.rawValue {
            check(connection.nextDeadline == nil, "a closed connection waits for nothing")
            check(connection.nextStreamAction == .close && !connection.wantsToRead, "a closed connection is closed")
        }
    }

    private func isInput(_ storage: ByteStorage) -> Bool { connection.input === storage }

    // MARK: Events

    /// Takes up to `count` events.
    ///
    /// - Returns: whether there were no more.
    @discardableResult
    mutating func pull(_ count: Int = .max, into transcript: inout EventTranscript) -> Bool {
        var left = count
        while left > 0 {
            guard let event = connection.nextEvent(now: now) else { return true }
            model.note(event)
            transcript.append(event)
            switch event {
            case .upgradeRequested(let asked):
                request = asked
                isAsked = true
            case .plainRequest: isAsked = true
            case .opened: reader.mayHaveFrames = true
            case .failed(let failure) where failure.closeCode == nil: hasDropped = true
            default: break
            }
            left -= 1
        }
        return false
    }

    // MARK: Output

    /// Writes up to `count` bytes of output.
    mutating func write(_ count: Int = .max) {
        var left = count
        while left > 0, connection.hasOutput {
            var written = 0
            connection.withNextOutput { first, second in
                let own = min(first.count, left)
                reader.take(UnsafeRawBufferPointer(rebasing: first[..<own]))
                let referred = min(second.count, left - own)
                reader.take(UnsafeRawBufferPointer(rebasing: second[..<referred]))
                written = own + referred
                return written
            }
            check(written > 0, "output that is there can be written")
            left -= written
        }
    }

    // MARK: Wishes

    /// What kind of frame a wish becomes.
    enum Wish {
        case message(isBinary: Bool, isFinal: Bool)
        case control
    }

    /// Sends something and checks what that adds to the output.
    mutating func send(
        _ wish: Wish, byteCount: Int, _ call: (inout Connection, Duration) throws(SendError) -> Bool
    ) {
        let before = connection.bufferedAmount
        let wasOpen = connection.state == .open
        do throws(SendError) {
            _ = try call(&connection, now)
        } catch {
            check(connection.bufferedAmount == before, "a refused wish adds nothing")
            check(!wasOpen || error.isCallersFault, "an open connection sends")
            return
        }
        check(wasOpen, "only an open connection sends")
        let header = 2 + (byteCount > 65_535 ? 8 : byteCount > 125 ? 2 : 0) + (connection.role == .client ? 4 : 0)
        ownBytes += header + byteCount
        check(
            connection.bufferedAmount == before + header + byteCount || connection.state != .open,
            "a frame adds its bytes to the output")
        guard case .message(let isBinary, let isFinal) = wish else { return }
        let opcode: UInt64 = isMessageUnfinished ? 0 : isBinary ? 2 : 1
        promised.add(opcode | (isFinal ? 0x80 : 0) | UInt64(byteCount) << 8)
        isMessageUnfinished = !isFinal
    }

    mutating func close(_ code: CloseCode?, _ reason: String) {
        let wasOpen = connection.state == .open
        let isConnecting = connection.state == .connecting
        do throws(SendError) {
            try connection.close(code: code, reason: reason, now: now)
            if isConnecting { hasDropped = true }
            check(connection.state.rawValue >= Connection.State.closing.rawValue, "after close it is closing")
        } catch {
            check(wasOpen && connection.state == .open, "a refused close changes nothing")
        }
    }

    mutating func abort() {
        if connection.closeHandshake.allowsSending { model.canAnswer = false }
        connection.abort(now: now)
        hasDropped = true
        check(!connection.hasOutput, "abort leaves no output")
        check(connection.nextStreamAction == .close, "abort closes the stream")
    }

    // MARK: Time

    mutating func step(to instant: Duration) {
        now = max(now, instant)
        timeouts += 1
        connection.handleTimeout(now: now)
        if let next = connection.nextDeadline { check(next > now, "a deadline that was handled is over") }
        if connection.nextStreamAction == .close { hasDropped = true }
    }

    // MARK: The end

    /// Ends the stream from the peer's side and lets everything come to its end.
    mutating func finish(into transcript: inout EventTranscript) {
        pull(into: &transcript)
        if isAsked { refuse() }
        pull(into: &transcript)
        write()
        pull(into: &transcript)
        connection.receiveEnd(now: now)
        pull(into: &transcript)
        write()
        if !hasDropped {
            check(reader.dataFrames == promised && reader.isAtBoundary, "every accepted send is written, in order")
        }
        check(model.hasClosed, "a connection whose stream has ended tells so")
        check(connection.state == .closed, "and is closed")
        checkInvariants()
    }

    mutating func accept() {
        guard let request else { return }
        self.request = nil
        isAsked = false
        do throws(HandshakeMisuse) {
            try connection.accept(request, subprotocol: request.subprotocols.first, now: now)
        } catch {
            check(false, "a request can be accepted with what it offers")
        }
        reader.mayHaveFrames = true
    }

    mutating func refuse() {
        isAsked = false
        request = nil
        connection.refuse(HandshakeRefusal(.unavailable), now: now)
    }
}

extension SendError {
    /// Whether an open connection may refuse the wish.
    fileprivate var isCallersFault: Bool {
        switch self {
        case .controlPayloadTooLong: true
        default: false
        }
    }
}
