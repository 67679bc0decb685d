public import WSFrame
public import WSHandshake

/// One WebSocket connection without its socket: bytes in, events and bytes out (RFC 6455).
///
/// The connection knows the protocol and nothing else. It is handed what the network delivered, the time, and its
/// masking keys; it never waits, never fails upon what a peer sends, and gives the same events and the same output for
/// the same bytes however they were cut. Whoever has the socket calls, in this order:
///
///     connection.receive(bytes, now: now)                      // a fact from the network, or
///     connection.receiveEnd(now: now)                          // its end, or
///     connection.handleTimeout(now: now)                       // when nextDeadline has come
///     while let event = connection.nextEvent(now: now) { … }   // listeners may call send, close, abort here
///     connection.withNextOutput { … }                          // write; then consumeOutput(count), until empty
///     switch connection.nextStreamAction { … }                 // end or close the stream if asked
///     …wait for connection.nextDeadline, and for bytes while connection.wantsToRead
///
/// - **Facts** (`receive…`, `handleTimeout`) never throw: a peer's fault becomes a close frame in the output, one
///   ``ConnectionEvent/failed(_:)`` and a connection that stays failed.
/// - **Wishes** (`send…`, `close`, `abort`, `accept`, `refuse`) throw when the caller may not have them.
/// - **Outputs** (`next…`, `withNextOutput`) are what the caller must do.
///
/// An idle open connection owns no buffer: what it received was consumed, and its output buffer can be taken back.
public struct Connection: ~Copyable {
    /// Which end this is. It decides the direction of masking and who ends the stream, nothing else.
    public let role: Role

    // There is one of these for each connection, idle or not: what is small stands together, what is rare is boxed.

    var phase: Phase
    /// The stream has ended, or what still comes of it does not count.
    var inputHasEnded = false
    /// The stream is to be destroyed.
    var isAborted = false
    /// The output passed the high-water mark, and has not been written out since.
    var isChoked = false
    /// The stream did not take all of what it was given last: when it takes more, the peer has read.
    var wasRefused = false
    /// The input is a copy of ours, no longer the caller's memory.
    var ownsInput = false
    var outgoing = OutgoingMessage.none
    var keepAlive = KeepAlive.quiet

    /// To be set while the application wants no input and so nothing is read: then the peer's silence means nothing, and
    /// neither keep-alive nor ``Limits/messageTimeout`` is held against it.
    public var isPaused = false {
        didSet {
            journal?.note(.called(.pause(isPaused)), now: nil)
            // The answer may have come meanwhile, and is to be read first.
            if oldValue, !isPaused, keepAlive == .waiting { heard() }
        }
    }

    let shared: ConnectionConfiguration.Shared
    var handshake: HandshakeBox?
    var closeHandshake = CloseHandshake.open

    // Receiving.
    var decoder: FrameDecoder
    var input: ByteStorage?
    var inputStart = 0
    var inputEnd = 0
    var message = IncomingMessage()
    var control: PartialControl?

    // Sending.
    var outputBuffer: OutputBuffer?
    var pongs: PendingPongs?
    var maskingKeys: (any MaskingKeySource)?
    var compression = CompressionState.none

    /// Who is told of all that happens, if anybody is; in one word, as hardly any connection has one.
    var journalBox: JournalBox?
    var journal: (any ConnectionJournal)? { journalBox?.journal }

    // Time.
    var phaseDeadline = Deadline.never
    var messageDeadline = Deadline.never
    var keepAliveDeadline = Deadline.never

    /// Events that arose outside `nextEvent`; nearly always empty.
    var queuedEvents: [ConnectionEvent] = []

    /// How far the connection is (RFC 6455 §4, §7).
    enum Phase {
        /// The opening handshake's head is being read.
        case handshaking
        /// A server's application has to accept or refuse.
        case awaitingAnswer
        /// A client's server did not upgrade: the body of its answer follows.
        case readingBody
        /// Frames flow; ``CloseHandshake`` knows how long.
        case open
        /// The handshake failed: the output is written, then the stream ends; input is discarded.
        case discarding
        /// The stream has ended, or the connection gave up waiting for that.
        case ended
    }

    /// What is known of keep-alive.
    enum KeepAlive {
        /// Nothing has arrived since the interval began.
        case quiet
        /// Something has.
        case heard
        /// A ping went out, and nothing has arrived since.
        case waiting
    }

    /// What the application is sending in fragments.
    enum OutgoingMessage {
        /// Nothing: the next fragment begins a message.
        case none
        /// An unfinished message, and whether it is compressed.
        case unfinished(isCompressed: Bool)
    }

    /// A connection that is open already: whoever has the socket did the opening handshake.
    ///
    /// - Parameters:
    ///   - keys: masking keys. A client needs them (RFC 6455 §5.3), a server's end makes no use of them.
    ///   - compression: what was agreed, if anything was.
    public init(
        upgraded role: Role,
        configuration: ConnectionConfiguration.Shared,
        keys: (any MaskingKeySource)?,
        compression: (any CompressionTerms)? = nil,
        now: Duration
    ) {
        precondition(role == .server || keys != nil, "a client cannot do without masking keys")
        self.role = role
        shared = configuration
        phase = .open
        decoder = FrameDecoder(role: role, allowsRSV1: compression != nil)
        maskingKeys = role == .client ? keys : nil
        self.compression = CompressionState(compression)
        armKeepAlive(now: now)
    }

    /// A server's end whose caller has read the request and grants it: the answer is in the output at once, and the
    /// connection is open.
    ///
    /// - Parameters:
    ///   - response: made by ``UpgradeRequest/response(subprotocol:extensions:extraFields:)``.
    ///   - compression: what that response agrees to, if it does.
    ///   - output: a buffer to begin with, if there is one to lend.
    /// - Throws: what ``ResponseHead/serialized()`` throws.
    public init(
        accepting response: ResponseHead, configuration: ConnectionConfiguration.Shared,
        compression: (any CompressionTerms)? = nil, output: OutputBuffer? = nil, now: Duration
    ) throws(HandshakeMisuse) {
        let head = try response.serialized()
        self.init(upgraded: .server, configuration: configuration, keys: nil, compression: compression, now: now)
        outputBuffer = output
        unsafe head.withUnsafeBytes { unsafe appendRaw($0) }
    }

    /// A server's end, before the opening handshake.
    public init(server configuration: ConnectionConfiguration.Shared, now: Duration) {
        role = .server
        shared = configuration
        phase = .handshaking
        decoder = FrameDecoder(role: .server)
        handshake = HandshakeBox(ServerHandshake(limits: configuration.values.limits.head))
        armPhase(configuration.values.limits.handshakeTimeout, now: now)
    }

    /// A client's end, before the opening handshake; the request is in the output at once.
    ///
    /// - Parameters:
    ///   - handshake: what to ask for.
    ///   - keys: masking keys, unpredictable in production (RFC 6455 §5.3).
    ///   - negotiation: judges the server's answer to the extensions offered.
    public init(
        client handshake: ClientHandshake,
        configuration: ConnectionConfiguration.Shared,
        keys: any MaskingKeySource,
        negotiation: CompressionNegotiation? = nil,
        now: Duration
    ) {
        self.init(clientToBegin: configuration, keys: keys, now: now)
        begin(handshake, negotiation: negotiation)
    }

    /// A client's end whose request is sent later, by ``begin(_:negotiation:)``; nothing is read before.
    ///
    /// - Parameter now: when the attempt began; the handshake's deadline counts from here.
    public init(
        clientToBegin configuration: ConnectionConfiguration.Shared,
        keys: any MaskingKeySource,
        now: Duration
    ) {
        role = .client
        shared = configuration
        phase = .handshaking
        decoder = FrameDecoder(role: .client)
        maskingKeys = keys
        armPhase(configuration.values.limits.handshakeTimeout, now: now)
    }

    /// The limits in force.
    public var limits: Limits { shared.values.limits }

    // MARK: State

    /// How an application sees the connection: the four states of the WebSocket API.
    public enum State: Int, Sendable {
        /// The opening handshake is under way.
        case connecting = 0
        /// Messages flow.
        case open = 1
        /// A close frame was sent or received, or the connection has failed (RFC 6455 §7.1.3).
        case closing = 2
        /// The stream has ended (§7.1.4).
        case closed = 3
    }

    /// How far the connection is.
    public var state: State {
        switch phase {
        case .handshaking, .awaitingAnswer, .readingBody: isAborted ? .closing : .connecting
        case .open: closeHandshake.allowsSending && !isAborted ? .open : .closing
        case .discarding: .closing
        case .ended: .closed
        }
    }

    /// Whether the opening handshake has succeeded and the stream has not ended.
    package var isUpgraded: Bool { phase == .open }

    /// Whether the caller should read from the stream: not while the application has to answer a handshake; a server
    /// not while more output is queued than ``Limits/highWaterMark`` allows.
    ///
    /// A client reads on, for if both ends waited until the other has read, they would wait for ever. What no longer
    /// counts is read too, to find the stream's end.
    public var wantsToRead: Bool {
        @inline(__always) get {
            switch phase {
            case .handshaking: !inputHasEnded && handshake != nil
            case .readingBody, .discarding: !inputHasEnded
            case .open:
                !inputHasEnded && !hasPostponedInput
                    && (!isChoked || role == .client || !closeHandshake.allowsReceiving)
            case .awaitingAnswer, .ended: false
            }
        }
    }
}

/// The opening handshake's machine, kept only as long as it is needed.
final class HandshakeBox {
    /// The machine of a server's end. Both are changed where they stand: a copy for each piece that arrives would make
    /// a head that comes byte by byte cost the square of its length.
    var server: ServerHandshake?

    /// The machine of a client's end.
    var client: ClientHandshake?

    /// Judges the extensions a client's server names.
    private let negotiation: CompressionNegotiation?

    /// What came of that; it takes effect with the decision.
    private(set) var compression: (any CompressionTerms)?

    /// What a client makes of the server's answer. It takes effect with the event after
    /// ``ConnectionEvent/upgradeResponse(_:)``, so that who sees the answer can still give the connection up.
    var decision: Result<Agreement, ConnectionFailure>?

    init(_ machine: ServerHandshake) {
        server = machine
        negotiation = nil
    }

    init(_ machine: ClientHandshake, _ negotiation: CompressionNegotiation?) {
        client = machine
        self.negotiation = negotiation
    }

    /// A client's server has agreed, to extensions perhaps.
    func decide(_ agreement: Agreement) {
        do throws(ClientHandshakeError) {
            if !agreement.extensions.isEmpty { compression = try negotiation?(agreement.extensions) }
            decision = .success(agreement)
        } catch {
            decision = .failure(.handshake(error))
        }
    }
}

/// An instant, in eight bytes: nanoseconds of the caller's clock.
struct Deadline: Comparable {
    private var nanoseconds: Int64

    static let never = Deadline(nanoseconds: .max)

    /// As soon as possible.
    static let passed = Deadline(nanoseconds: 0)

    private init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// An instant; one that is centuries away is never.
    init(_ instant: Duration) {
        guard instant < Duration.nanoseconds(Int64.max) else {
            self = .never
            return
        }
        let (seconds, attoseconds) = instant.components
        nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// The instant; nil for never.
    var instant: Duration? { self == .never ? nil : .nanoseconds(nanoseconds) }

    static func < (left: Deadline, right: Deadline) -> Bool { left.nanoseconds < right.nanoseconds }
}
