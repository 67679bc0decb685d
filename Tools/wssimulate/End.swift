import WSNode

/// One end of a conversation: the socket, what its application sent and was told, and whether that may be so.
final class End {
    unowned let world: World
    let participant: Participant
    let isClient: Bool
    /// Set by the conversation right after it was made.
    unowned var conversation: Conversation!
    let limits: Limits
    var random: SeededGenerator

    /// What the library keeps alive while it is connected, whether or not we do.
    private(set) weak var socket: WebSocket?
    private var kept: WebSocket?
    private let started: Duration

    // What has happened.
    var hasOpened = false
    var hasFailed = false
    var hasClosed = false
    private var lastState = WebSocket.ReadyState.connecting
    /// When it was first seen in the state closing.
    private var closingSince: Duration?
    /// The codes its application has closed with; 1005 for none.
    private(set) var closeCodes: [CloseCode] = []
    /// The code with which it failed the connection.
    private(set) var failureCode: CloseCode?

    // What it sent.
    /// Messages the peer has not received yet, in order.
    var underWay = RecordQueue()
    /// Bytes of frames that were accepted, on top of `handshakeBytes`.
    private var frameBytes = 0
    /// Bytes of frames that may have been made without the application: pongs, pings of keep-alive.
    private var possibleBytes = 0
    /// What was written when the connection opened.
    private var handshakeBytes = 0
    private var unsentBytes = 0
    private var issuedCompletions = 0
    private var calledCompletions = 0
    private var rejectedCompletions = 0
    private var areCompletionsFailing = false
    /// Whether `send` has said to wait for `drain`.
    private(set) var waitsForDrain = false

    // What it received.
    private var deliveredBytes = 0
    private var lastArrival: Duration
    /// `bufferedAmount` after the last turn.
    private var lastBuffered = 0

    /// What the application does, while there is trouble.
    var onOpen: () -> Void = {}
    var onMessage: (Message) -> Void = { _ in }
    var onDrain: () -> Void = {}
    var onClosed: () -> Void = {}

    init(world: World, participant: Participant, isClient: Bool, limits: Limits, random: SeededGenerator) {
        self.world = world
        self.participant = participant
        self.isClient = isClient
        self.limits = limits
        self.random = random
        started = world.now
        lastArrival = world.now
    }

    var now: Duration { world.now }
    var isOpen: Bool { socket?.readyState == .open }

    /// Begins to watch a socket.
    func watch(_ socket: WebSocket) {
        self.socket = socket
        kept = socket
        lastState = socket.readyState
        socket.on(.open) { self.opened() }
        socket.on(.message) { self.received($0) }
        socket.on(.ping) { self.pinged($0) }
        socket.on(.pong) { self.note(.pongs, $0.count) }
        socket.on(.drain) { self.drained() }
        socket.on(.error) { self.failed($0) }
        socket.on(.close) { self.closed($0, $1) }
        if !isClient { beginFrames(on: socket) }
    }

    /// Lets go of the socket: while it is connected, the library has to keep it.
    func dropReference() { kept = nil }

    func note(_ event: Transcript.Event, _ first: Int = 0, _ second: Int = 0, text: String = "") {
        world.transcript.note(now, participant, event, first, second, text: text)
    }

    private func violate(_ promise: Violation.Promise, _ text: @autoclosure () -> String) {
        world.violate(promise, "\(participant): \(text())")
    }

    // MARK: Sending

    /// Sends a message, whole or in fragments. Answers whether there is room for more.
    @discardableResult
    func send(_ payload: Payload, fragmentCount: Int = 1) -> Bool {
        guard let socket else { return false }
        let state = socket.readyState
        note(.sends, payload.bytes.count, payload.isBinary ? 1 : 0)
        if state == .open { underWay.append(Record(payload.bytes, isBinary: payload.isBinary)) }
        var hasRoom = true
        for index in 0..<fragmentCount {
            let start = payload.bytes.count * index / fragmentCount
            let end = payload.bytes.count * (index + 1) / fragmentCount
            let isLast = index == fragmentCount - 1
            // Half of the sends ask for a completion.
            let completion = random.happens(0.5) ? makeCompletion(isAccepted: socket.readyState == .open) : nil
            count(payload: end - start, of: socket)
            hasRoom = socket.send(
                payload.bytes.slice(start..<end), binary: payload.isBinary, fin: isLast, completion: completion)
        }
        if state == .open { sent(hasRoom) }
        return hasRoom
    }

    /// The server has sent something to all of its clients.
    func wasBroadcast(_ payload: Payload) {
        guard let socket else { return }
        underWay.append(Record(payload.bytes, isBinary: payload.isBinary))
        count(payload: payload.bytes.count, of: socket)
        note(.sends, payload.bytes.count, payload.isBinary ? 1 : 0)
    }

    private func sent(_ hasRoom: Bool) {
        if !hasRoom { waitsForDrain = true }
    }

    private func count(payload byteCount: Int, of socket: WebSocket) {
        switch socket.readyState {
        case .connecting: break
        case .open: frameBytes += frameSize(byteCount)
        case .closing, .closed: unsentBytes += byteCount
        }
    }

    private func frameSize(_ byteCount: Int) -> Int {
        2 + (byteCount > 65_535 ? 8 : byteCount > 125 ? 2 : 0) + (isClient ? 4 : 0) + byteCount
    }

    private func makeCompletion(isAccepted: Bool) -> WebSocket.Completion {
        guard isAccepted else {
            rejectedCompletions += 1
            return { error in
                self.rejectedCompletions -= 1
                if error == nil { self.violate(.completion, "a send on a socket that was not open succeeded") }
                if self.rejectedCompletions < 0 { self.violate(.completion, "a completion was called twice") }
            }
        }
        let number = issuedCompletions
        issuedCompletions += 1
        return { error in self.completed(number, error) }
    }

    private func completed(_ number: Int, _ error: WebSocketError?) {
        if number != calledCompletions {
            violate(.completion, "completion \(number) was called when \(calledCompletions) was due")
        }
        calledCompletions = number + 1
        if error != nil { areCompletionsFailing = true }
        if error == nil, areCompletionsFailing {
            violate(.completion, "a completion succeeded after one had failed")
        }
    }

    // MARK: Wishes of the application

    func ping(_ byteCount: Int) {
        guard let socket else { return }
        if socket.readyState == .open { frameBytes += frameSize(byteCount) }
        note(.pings, byteCount)
        try? socket.ping([UInt8](repeating: 0x70, count: byteCount))
    }

    func close(_ code: CloseCode?, _ reason: String) {
        guard let socket else { return }
        note(.closes, Int(code?.rawValue ?? 1005), reason.utf8.count)
        switch socket.readyState {
        case .connecting: conversation.causes.insert(.terminated)
        case .open: closeCodes.append(code ?? .noStatusReceived)
        case .closing, .closed: break
        }
        guard let code else { return socket.close() }
        do {
            try socket.close(code, reason)
        } catch {
            violate(.state, "close threw \(error)")
        }
    }

    func terminate() {
        note(.terminates)
        conversation.causes.insert(.terminated)
        socket?.terminate()
    }

    func pause() {
        note(.pauses)
        socket?.pause()
    }

    func resume() {
        note(.resumes)
        lastArrival = now
        socket?.resume()
    }

    // MARK: Events

    private func opened() {
        note(.opens)
        if !isClient || hasOpened || hasFailed || hasClosed { violate(.state, "an open that was not due") }
        hasOpened = true
        guard let socket else { return }
        if socket.readyState != .open { violate(.state, "open in state \(socket.readyState)") }
        lastState = .open
        beginFrames(on: socket)
        onOpen()
    }

    /// The handshake is behind: what is queued or written now is not ours.
    private func beginFrames(on socket: WebSocket) {
        hasOpened = true
        handshakeBytes = socket.bufferedAmount + (conversation.streams(of: self)?.outgoing.writtenBytes ?? 0)
        lastArrival = now
    }

    private func received(_ message: Message) {
        note(.receives, message.bytes.count, message.isBinary ? 1 : 0)
        checkHasOpened("a message")
        var record = Record(message.bytes, isBinary: message.isBinary)
        switch world.lie() {
        case .loss: return
        case .duplicate: match(record)
        case .alteration: record = Record([], isBinary: !message.isBinary)
        case .code, .drain, .state, nil: break
        }
        match(record)
        onMessage(message)
    }

    private func match(_ record: Record) {
        guard let peer = conversation.peer(of: self) else {
            return violate(.order, "a message from nobody")
        }
        guard let sent = peer.underWay.popFirst() else {
            return violate(.order, "a message of \(record.byteCount) bytes that was not sent, or not once")
        }
        if sent != record {
            violate(
                .order,
                "message \(peer.underWay.taken) was sent as \(sent.byteCount) bytes "
                    + "(\(sent.isBinary ? "binary" : "text")), and received as \(record.byteCount)")
        }
    }

    private func pinged(_ bytes: Bytes) {
        note(.pings, bytes.count, 1)
        checkHasOpened("a ping")
        possibleBytes += frameSize(bytes.count)
    }

    private func drained() {
        note(.drains)
        checkHasOpened("a drain")
        if world.lie() == .drain { return }
        waitsForDrain = false
        onDrain()
    }

    private func checkHasOpened(_ event: String) {
        if !hasOpened || hasFailed || hasClosed { violate(.state, "\(event) before open or after the end") }
        switch socket?.readyState {
        case .open, .closing: break
        case let state: violate(.state, "\(event) in state \(String(describing: state))")
        }
    }

    private func failed(_ error: WebSocketError) {
        note(.fails, text: error.code ?? error.message)
        if hasFailed || hasClosed { violate(.state, "a second error, or one after close: \(error)") }
        hasFailed = true
        if let text = judge(error) { violate(.cause, "\(error) \(error.code ?? ""): \(text)") }
        if error.code == "WS_ERR_TOO_MANY_BUFFERED_PARTS" || error.message.hasPrefix("The message was not") {
            failureCode = .policyViolation
        }
        conversation.causes.insert(.failed)
    }

    /// What is wrong with an error, if something is.
    private func judge(_ error: WebSocketError) -> String? {
        let causes = conversation.causes
        if !hasOpened, !isClient { return "a server's end reports nothing before it is open" }
        if !hasOpened {
            switch error.code ?? error.message {
            case "ECONNREFUSED", "EAI_AGAIN":
                return causes.contains(.connecting) || !conversation.host.isListening ? nil : "nobody refused"
            case "Opening handshake has timed out":
                guard let timeout = limits.handshakeTimeout else { return "there is no timeout" }
                return now >= started + timeout ? nil : "too early"
            case "WebSocket was closed before the connection was established":
                return causes.contains(.terminated) ? nil : "nobody closed it"
            case "Unexpected server response: 503":
                return causes.contains(.shutDown) ? nil : "the server was running"
            case "ECONNRESET", "EPIPE":
                return conversation.explainsLoss(at: now) ? nil : "nothing explains it"
            default:
                return "no peer of ours causes it"
            }
        }
        switch error.message {
        case "The peer did not answer a keep-alive ping":
            guard limits.keepAliveInterval != nil else { return "there is no keep-alive" }
            noteArrivals()
            // A server that has too much queued does not read, and cannot know.
            let isChoked = lastBuffered > limits.highWaterMark
            return isChoked || now >= lastArrival + limits.keepAliveTimeout ? nil : "something arrived since"
        case "The message was not completed in time":
            return limits.messageTimeout == nil ? "there is no timeout" : nil
        case "Too much queued output":
            return limits.maxQueuedBytes == 0 ? "there is no limit" : nil
        default:
            return "no peer of ours causes it"
        }
    }

    private func closed(_ code: CloseCode, _ reason: Bytes) {
        var code = code
        let lie = world.lie(rarely: false)
        if lie == .code { code = code == .normalClosure ? .goingAway : .normalClosure }
        note(.closed, Int(code.rawValue), reason.count)
        if hasClosed { violate(.state, "a second close") }
        hasClosed = true
        if socket?.readyState != .closed { violate(.state, "close in state \(String(describing: socket?.readyState))") }
        lastState = .closed
        if calledCompletions != issuedCompletions {
            violate(.completion, "\(issuedCompletions - calledCompletions) completions were not called")
        }
        if let closingSince, now >= closingSince + limits.closeTimeout { conversation.causes.insert(.timedOut) }
        judge(code)
        onClosed()
        kept = nil
        world.ended(self)
        if lie == .state { closed(code, reason) }
    }

    private func judge(_ code: CloseCode) {
        if isClient, !hasOpened {
            if !hasFailed { violate(.state, "close without open and without error") }
            if code != .abnormalClosure { violate(.cause, "close with \(code.rawValue) before open") }
            return
        }
        guard code != .abnormalClosure else {
            if !conversation.explainsLoss(at: now) { violate(.cause, "closed with 1006, and nothing explains it") }
            return
        }
        guard let peer = conversation.peer(of: self) else { return violate(.cause, "closed by nobody") }
        // The peer's own code, that of its failure, or ours, which it sent back.
        let possible = peer.closeCodes + closeCodes + [peer.failureCode].compactMap { $0 }
        if !possible.contains(code) {
            violate(.cause, "closed with \(code.rawValue), but what was sent is \(possible.map(\.rawValue))")
        }
        if peer.underWay.count > 0 {
            violate(.loss, "closed with \(code.rawValue), and \(peer.underWay.count) messages before that are missing")
        }
    }

    // MARK: After each turn

    /// Checks what must hold between turns.
    ///
    /// - Parameter previous: when the turn before this one began: what was due by then has been done.
    func check(previous: Duration) {
        guard let socket, !hasClosed else { return }
        let state = socket.readyState
        if state.rawValue < lastState.rawValue { violate(.state, "from \(lastState) back to \(state)") }
        lastState = state
        switch state {
        case .connecting:
            if let timeout = limits.handshakeTimeout, started + timeout <= previous {
                violate(.deadline, "still connecting after \(now - started)")
            }
        case .open: checkOpen(socket, previous)
        case .closing:
            let since = closingSince ?? now
            closingSince = since
            // The peer's answer gives it as much time again, to end the stream.
            if since + limits.closeTimeout * 2 <= previous { violate(.deadline, "still closing after \(now - since)") }
        case .closed: break
        }
    }

    private func checkOpen(_ socket: WebSocket, _ previous: Duration) {
        let buffered = socket.bufferedAmount
        lastBuffered = buffered
        if waitsForDrain, buffered == 0, conversation.peer(of: self)?.hasClosed != true, !conversation.isCut {
            violate(.drain, "nothing is queued, and there was no drain")
        }
        guard let streams = conversation.streams(of: self) else { return }
        let expected = handshakeBytes + frameBytes - streams.outgoing.writtenBytes
        // Once the other end or the network has broken the link, what was queued is discarded.
        let isWhole = !conversation.isCut && conversation.peer(of: self)?.hasClosed == false
        if isWhole, limits.keepAliveInterval == nil, !(expected...expected + possibleBytes).contains(buffered) {
            violate(.buffered, "bufferedAmount is \(buffered) and should be \(expected) (+ \(possibleBytes) of pongs)")
        }
        guard let interval = limits.keepAliveInterval else { return }
        noteArrivals()
        let patience = interval * 2 + limits.keepAliveTimeout
        if !socket.isPaused, buffered <= limits.highWaterMark, lastArrival + patience <= previous {
            violate(.deadline, "still open \(now - lastArrival) after the last sign of life")
        }
    }

    private func noteArrivals() {
        guard let incoming = conversation.streams(of: self)?.incoming else { return }
        if incoming.deliveredBytes != deliveredBytes {
            deliveredBytes = incoming.deliveredBytes
            lastArrival = now
        }
    }

    /// Checks what must hold once the network has worked well for long enough.
    func checkAtRest() {
        guard let socket, !hasClosed else { return }
        if socket.readyState == .connecting { violate(.liveness, "still connecting") }
        guard socket.readyState == .open, let peer = conversation.peer(of: self) else { return }
        if conversation.isCut || peer.hasClosed { return }
        if underWay.count > 0 { violate(.liveness, "\(underWay.count) messages have not arrived") }
        if socket.bufferedAmount > 0 { violate(.liveness, "\(socket.bufferedAmount) bytes are still queued") }
    }
}

/// Messages under way, oldest first.
struct RecordQueue {
    private var records: [Record] = []
    private var head = 0
    /// How many have been taken.
    private(set) var taken = 0

    var count: Int { records.count - head }

    mutating func append(_ record: Record) { records.append(record) }

    mutating func popFirst() -> Record? {
        guard head < records.count else { return nil }
        defer { head += 1 }
        taken += 1
        if head >= 64, head * 2 >= records.count {
            records.removeSubrange(..<head)
            head = 0
        }
        return records[head]
    }
}
