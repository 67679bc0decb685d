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
    /// What it writes and what it reads, once there is a link.
    var streams: (outgoing: PipeStream, incoming: PipeStream)?

    /// What the library keeps alive while it is connected, whether or not we do.
    weak var socket: WebSocket?
    var kept: WebSocket?
    let started: Duration

    // What has happened.
    var hasOpened = false
    var hasFailed = false
    var hasClosed = false
    var lastState = WebSocket.ReadyState.connecting
    /// When it was first seen in the state closing.
    var closingSince: Duration?
    /// The codes its application has closed with; 1005 for none.
    var closeCodes: [CloseCode] = []
    /// The code with which it failed the connection.
    var failureCode: CloseCode?

    // What it sent.
    /// Messages the peer has not received yet, in order.
    var underWay = RecordQueue()
    /// Bytes of frames that were accepted, on top of `handshakeBytes`.
    var frameBytes = 0
    /// Bytes of frames that may have been made without the application: pongs, pings of keep-alive.
    var possibleBytes = 0
    /// What was written when the connection opened.
    var handshakeBytes = 0
    var issuedCompletions = 0
    var calledCompletions = 0
    var rejectedCompletions = 0
    var areCompletionsFailing = false
    /// A message is being sent in fragments.
    var isFragmenting = false
    /// Whether `send` has said to wait for `drain`.
    var waitsForDrain = false

    /// The numbers of the application's pings that were not answered yet, and how many there were since there were none.
    var pings: [Int] = []
    var pingPeak = 0
    var lastPing = 0

    // What it received.
    var deliveredBytes = 0
    var writtenBytes = 0
    var lastArrival: Duration
    /// When it last was heard from, or began to listen.
    var lastSign: Duration
    /// By how much the clock had leapt when that was, and when it began to close.
    var leaptAtSign: Duration
    var leaptAtClosing = Duration.zero
    /// Whether anything had to wait for room, ever.
    var hasQueued = false
    /// Whether it has so much queued that it does not read.
    var isChoked = false
    /// `bufferedAmount` after the last turn.
    var lastBuffered = 0

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
        lastSign = world.now
        leaptAtSign = world.leapt
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
        socket.on(.pong) { self.ponged($0) }
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

    func violate(_ promise: Violation.Promise, _ text: @autoclosure () -> String) {
        world.violate(promise, "\(participant): \(text())")
    }
}
