import WSConnection
public import WSHandshake

/// A request as a server received it, with the members of Node's `http.IncomingMessage`.
///
/// Its body comes in pieces to the listeners of `data`, then `end`. It is read only when somebody listens to `data` or
/// calls ``resume()``, and never further than to the next piece: who pauses it makes the client wait.
public final class IncomingMessage: EventEmitter {
    /// The request's head as it was read.
    public let head: RequestHead

    /// Where the request came from.
    public let socket: Socket

    /// Where the request came from, by its older name.
    public var connection: Socket { socket }

    /// Whether the request was received whole.
    public private(set) var complete: Bool

    /// The fields behind a chunked body.
    public private(set) var trailers = HeaderFields()

    var dataListeners = ListenerList<(Bytes) -> Void>() {
        didSet { if !dataListeners.isEmpty { flowIfUndecided() } }
    }
    var endListeners = ListenerList<() -> Void>()
    var abortedListeners = ListenerList<() -> Void>()
    var closeListeners = ListenerList<() -> Void>()

    /// Who reads the body, as long as there is one to read.
    private var source: HTTPConnection?
    private var flow = Flow.undecided
    private var isClosed = false

    /// When its first byte came.
    let receivedSince: Duration

    private enum Flow {
        /// Nobody has listened or asked yet.
        case undecided
        case flowing
        case paused
    }

    /// A request without a body that somebody else has read, to be upgraded.
    public convenience init(_ head: RequestHead, _ socket: Socket) {
        self.init(head, socket, body: nil, receivedSince: socket.loop.now)
    }

    init(_ head: RequestHead, _ socket: Socket, body source: HTTPConnection?, receivedSince: Duration) {
        self.head = head
        self.socket = socket
        self.source = source
        self.receivedSince = receivedSince
        complete = source == nil
    }

    // MARK: Head

    /// The request target: path and query.
    public var url: String { head.target }

    /// The method, such as `GET`.
    public var method: String { head.method }

    /// The fields by lower-case name. Repeated ones are joined with a comma (Cookie with a semicolon), but of those that
    /// mean something only once, the first counts, as in Node.
    public var headers: [String: String] {
        var folded: [String: String] = [:]
        for field in head.fields {
            let name = field.name.lowercased()
            guard let before = folded[name] else {
                folded[name] = field.value
                continue
            }
            guard !Self.singletons.contains(name) else { continue }
            folded[name] = before + (name == "cookie" ? "; " : ", ") + field.value
        }
        return folded
    }

    private static let singletons: Set<String> = [
        "age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host",
        "if-modified-since", "if-unmodified-since", "last-modified", "location", "max-forwards",
        "proxy-authorization", "referer", "retry-after", "server", "user-agent",
    ]

    /// Names and values in turn, as they were spelled.
    public var rawHeaders: [String] { head.fields.flatMap { [$0.name, $0.value] } }

    /// The version, such as `1.1`.
    public var httpVersion: String { "\(head.version.major).\(head.version.minor)" }

    // MARK: Body

    /// Whether `end` was told.
    public private(set) var readableEnded = false

    /// Whether the connection was lost, or given up, before the request had been received whole.
    public var aborted: Bool { isClosed && !complete }

    /// Stops the body; the client waits.
    public func pause() { flow = .paused }

    /// Lets the body come (again). Without a listener of `data` it is thrown away.
    public func resume() {
        guard flow != .flowing else { return }
        flow = .flowing
        if let source { return source.needsProcessing() }
        socket.loop.nextTick { self.endIfDue() }
    }

    /// Gives the connection up.
    public func destroy() { socket.destroy() }

    private func flowIfUndecided() {
        if flow == .undecided { resume() }
    }

    var isFlowing: Bool { flow == .flowing }

    /// A piece of the body has arrived.
    func receive(_ bytes: Bytes) {
        for listener in dataListeners.due() { listener(bytes) }
    }

    /// The body has arrived to its end.
    func finish(_ trailers: HeaderFields) {
        self.trailers = trailers
        complete = true
        source = nil
        endIfDue()
    }

    private func endIfDue() {
        guard complete, !readableEnded, !isClosed, flow == .flowing else { return }
        readableEnded = true
        for listener in endListeners.due() { listener() }
    }

    /// The exchange is over, or the connection is.
    func closed() {
        guard !isClosed else { return }
        isClosed = true
        source = nil
        if !complete { for listener in abortedListeners.due() { listener() } }
        for listener in closeListeners.due() { listener() }
        // There are no more events. Listeners nearly always refer to the request, which would keep it for ever.
        let removed = (
            dataListeners.takeAll(), endListeners.takeAll(), abortedListeners.takeAll(), closeListeners.takeAll()
        )
        withExtendedLifetime(removed) {}
    }
}
