import WSConnection
import WSHandshake

/// One connection of an HTTP server: requests in, responses out, one after the other.
///
///     head ──▶ body ──▶ complete ──▶ head …      and from anywhere:  ──▶ over
///      │                  (until the response is written)
///      └──▶ upgrade: the socket and what came behind the head go to somebody else
///
/// What was read and may not be used yet waits in ``unread``, which is never more than two reads; beyond that the
/// network waits.
final class HTTPConnection: SocketOwner {
    let socket: Socket
    let server: HTTPServer
    /// Which of the server's connections it is, in the order in which they came.
    let number: Int

    private var input = Input.head
    private var parser: RequestHeadParser
    private var body = BodyDecoder(.none)
    private var unread = Bytes()
    private var discardedBytes = 0

    private var request: IncomingMessage?
    private var response: ServerResponse?
    private var requestCount = 0
    private var keepsAlive = false

    private var timer: Timer?
    /// When the first byte of the current request came, or the connection if that is the first.
    private var requestStart: Duration
    private var isProcessing = false
    private var isScheduled = false

    /// What is being read.
    private enum Input {
        /// A head, of which nothing or a part has arrived.
        case head
        /// The body of the request.
        case body
        /// Nothing: the request is whole, and its response not yet written.
        case complete
        /// Nothing any more.
        case over
    }

    /// How much of a body nobody wants is read to keep the connection for another request.
    private static let maxDiscardedBytes = 256 * 1024

    /// While the response is being made, the network is listened to so that the peer's end is noticed, up to here.
    private static let maxReadAhead = 16 * 1024

    init(_ socket: Socket, of server: HTTPServer, number: Int) {
        self.socket = socket
        self.server = server
        self.number = number
        parser = RequestHeadParser(limits: server.options.head)
        requestStart = server.loop.now
        armTimer()
    }

    /// Whether it has served a request and waits for another.
    var isResting: Bool { isBetweenRequests && requestCount > 0 }

    private var isBetweenRequests: Bool {
        if case .head = input { !hasBegunHead } else { false }
    }

    /// Whether something of a head has arrived.
    private var hasBegunHead = false

    /// Tells of a mistake of the application.
    func report(_ mistake: String) { server.loop.report(mistake) }

    // MARK: From the socket

    func socket(_ socket: Socket, didReceive bytes: Bytes) {
        unread = unread.isEmpty ? bytes : Bytes(Array(unread) + Array(bytes))
        process()
        // The memory is used again when we return, unless we refer to it: also an empty slice does.
        unread = unread.isEmpty ? Bytes() : Bytes(copying: unread)
    }

    func socketDidEnd(_ socket: Socket) {
        // What is left to read is still served; who ends its side in the middle of a request has gone.
        switch input {
        case .head, .body: if unread.isEmpty { finish() }
        case .complete, .over: break
        }
    }

    func socketDidFlush(_ socket: Socket) {
        response?.flushed()
    }

    func socketDidClose(_ socket: Socket) {
        input = .over
        unread = Bytes()
        timer?.cancel()
        timer = nil
        server.forget(self)
        abandonRequest()
        abandonResponse()
    }

    // MARK: Processing

    /// Goes on with what was read, once the current callback has returned.
    func needsProcessing() {
        guard !isProcessing, !isScheduled else { return }
        isScheduled = true
        server.loop.nextTick {
            self.isScheduled = false
            self.process()
        }
    }

    private func process() {
        guard !isProcessing else { return }
        isProcessing = true
        while step() {}
        isProcessing = false
        guard socket.isOwned(by: self) else { return }
        if wantsToRead { socket.resume() } else { socket.pause() }
        armTimer()
    }

    private var wantsToRead: Bool {
        switch input {
        case .head: true
        case .body: unread.isEmpty
        case .complete: unread.count < Self.maxReadAhead
        case .over: false
        }
    }

    /// Does the next thing; false when there is nothing to do for now.
    private func step() -> Bool {
        switch input {
        case .head: readHead()
        case .body: readBody()
        case .complete, .over: false
        }
    }

    private func readHead() -> Bool {
        guard !unread.isEmpty else {
            if socket.readableEnded { finish() }
            return false
        }
        if !hasBegunHead {
            hasBegunHead = true
            if requestCount > 0 { requestStart = server.loop.now }
        }
        var consumed = 0
        do throws(HeadError) {
            let head = try unread.withSpan { bytes throws(HeadError) in
                try parser.receive(bytes, consumed: &consumed)
            }
            unread = unread.slice(consumed..<unread.count)
            guard let head else {
                // The rest of it will not come: it was read ahead, and the end behind it.
                if socket.readableEnded { finish() }
                return false
            }
            hasBegunHead = false
            requestCount += 1
            try received(head)
        } catch {
            clientFailed(HandshakeRefusal(.head(error)))
        }
        return true
    }

    private func received(_ head: RequestHead) throws(HeadError) {
        _ = try head.checkedHost()
        if head.asksForUpgrade, server.takesUpgrades { return upgrade(head) }
        let framing = try head.bodyFraming()
        let expectsContinue: Bool
        do throws(HandshakeRefusal.Reason) {
            expectsContinue = try head.expectsContinue()
        } catch {
            return refuse(HandshakeRefusal(error))
        }
        // A proxy is what this method asks for, and we are none (RFC 9110 §9.3.6).
        guard head.method != "CONNECT" else { return refuse(HandshakeRefusal(status: 501)) }
        if let limit = server.options.maxBodySize, case .length(let count) = framing, count > limit {
            return refuse(HandshakeRefusal(status: 413))
        }
        body = BodyDecoder(framing, limits: server.options.body)
        discardedBytes = 0
        input = framing == .none ? .complete : .body
        let isLast = server.options.maxRequestsPerSocket.map { requestCount >= $0 } ?? false
        keepsAlive = head.keepsConnection && !isLast

        let request = IncomingMessage(
            head, socket, body: framing == .none ? nil : self, receivedSince: requestStart)
        let response = ServerResponse(to: request, on: self)
        self.request = request
        self.response = response
        server.serve(request, response, expectsContinue: expectsContinue)
    }

    private func readBody() -> Bool {
        guard let request else { return false }
        let isUnwanted = response == nil
        guard isUnwanted || request.isFlowing else { return false }
        var consumed = 0
        do throws(BodyError) {
            let part = try unread.withSpan { bytes throws(BodyError) in
                try body.receive(bytes, consumed: &consumed)
            }
            let used = unread
            unread = used.slice(consumed..<used.count)
            switch part {
            case .content(let range) where isUnwanted:
                discardedBytes += range.count
                if discardedBytes > Self.maxDiscardedBytes { finish() }
                return true
            case .content(let range):
                request.receive(used.slice(range))
                return true
            case .end(let trailers):
                input = .complete
                request.finish(trailers)
                if isUnwanted { beginNextRequest() }
                return true
            case nil:
                if socket.readableEnded { finish() }
                return false
            }
        } catch {
            bodyFailed(error)
            return false
        }
    }

    private func bodyFailed(_ error: BodyError) {
        if response?.headersSent ?? true { finish() } else { clientFailed(HandshakeRefusal(status: error.status)) }
    }

    // MARK: The response

    /// Whether another request may follow the response that is being made.
    var mayKeepAlive: Bool { keepsAlive && server.isRunning && !socket.destroyed && !socket.writableEnded }

    /// The response is written to its end, or never will be.
    ///
    /// - Parameter keepsAlive: whether it was said to the client that another request may follow.
    func responseEnded(keepsAlive: Bool) {
        response = nil
        guard keepsAlive, mayKeepAlive else { return finish() }
        switch input {
        case .complete: beginNextRequest()
        case .body: needsProcessing()
        case .head, .over: break
        }
    }

    private func beginNextRequest() {
        request?.closed()
        request = nil
        guard keepsAlive else { return finish() }
        input = .head
        requestStart = server.loop.now
        needsProcessing()
    }

    private func abandonRequest() {
        let request = request
        self.request = nil
        request?.closed()
    }

    private func abandonResponse() {
        let response = response
        self.response = nil
        response?.closed()
    }

    // MARK: Ends

    /// Says nothing more, and waits a while for the peer's end, so that it can read what was said before.
    private func finish() {
        input = .over
        unread = Bytes()
        abandonRequest()
        // A response that is on its way arrives whole, and `finish` tells when it has left.
        if response?.writableEnded != true { abandonResponse() }
        socket.end()
    }

    /// The peer's fault: the application's to answer if it wants to, or else answered with an error.
    private func clientFailed(_ refusal: HandshakeRefusal) {
        guard !server.clientErrorListeners.isEmpty else { return refuse(refusal) }
        leave()
        let error = WebSocketError(refusal)
        for listener in server.clientErrorListeners.due() { listener(error, socket) }
    }

    /// Answers with an error, and reads no further.
    func refuse(_ refusal: HandshakeRefusal) {
        input = .over
        unread = Bytes()
        abandonRequest()
        abandonResponse()
        socket.refuse(refusal)
    }

    private func upgrade(_ head: RequestHead) {
        let rest = unread
        leave()
        server.upgrade(IncomingMessage(head, socket, body: nil, receivedSince: requestStart), socket, rest)
    }

    /// The socket goes to somebody else.
    private func leave() {
        input = .over
        unread = Bytes()
        timer?.cancel()
        timer = nil
        server.forget(self)
        abandonRequest()
        abandonResponse()
        socket.give(to: nil)
    }

    // MARK: Time

    private var deadline: Duration? {
        let options = server.options
        let limit: Duration?
        switch input {
        case .head where isResting: limit = requestStart + options.keepAliveTimeout
        case .head: limit = Duration.earlier(options.headersTimeout, options.requestTimeout).map { requestStart + $0 }
        case .body: limit = options.requestTimeout.map { requestStart + $0 }
        case .complete: limit = nil
        case .over: return nil
        }
        let idleLimit = options.timeout.map { socket.lastUse + $0 }
        guard let limit, let idleLimit else { return limit ?? idleLimit }
        return min(limit, idleLimit)
    }

    /// Arms the timer for the next deadline. One that comes too early is left alone: it finds out when it fires.
    private func armTimer() {
        guard let deadline else {
            timer?.cancel()
            timer = nil
            return
        }
        if let timer, timer.heapIndex >= 0, timer.deadline <= deadline { return }
        // The timer refers to us until we close, which is when we let go of it.
        let timer = self.timer ?? Timer(on: server.loop, interval: nil, isReferenced: false) { self.timerFired() }
        self.timer = timer
        timer.schedule(at: deadline)
    }

    private func timerFired() {
        guard let deadline, deadline <= server.loop.now else { return armTimer() }
        let options = server.options
        if let timeout = options.timeout, socket.lastUse + timeout <= server.loop.now { return socket.destroy() }
        switch input {
        case .head where isResting: finish()
        case .head: clientFailed(HandshakeRefusal(status: 408))
        case .body where response?.headersSent == false: clientFailed(HandshakeRefusal(status: 408))
        case .body: finish()
        case .complete, .over: break
        }
    }
}
