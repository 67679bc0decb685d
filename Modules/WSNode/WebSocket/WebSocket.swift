import WSConnection
public import WSFrame
import WSHandshake
public import WSTransport

/// A WebSocket, as Node's `ws` has it: a client made with an address, or a connection a ``WebSocketServer`` accepted.
///
///     let socket = try WebSocket("ws://localhost:8080/chat")
///     socket.on(.open) { socket.send("hello") }
///     socket.on(.message) { message in print(message.text) }
///     EventLoop.current.run()
///
/// A socket belongs to the loop, and the thread, it was made on. It lives while it is connected, whether or not anybody
/// refers to it.
public final class WebSocket: EventEmitter {
    /// The four states of the API.
    public enum ReadyState: Int, Sendable {
        /// Not yet open.
        case connecting = 0
        /// Messages can be sent.
        case open = 1
        /// Shutting down.
        case closing = 2
        /// Finished.
        case closed = 3

        var name: String {
            switch self {
            case .connecting: "CONNECTING"
            case .open: "OPEN"
            case .closing: "CLOSING"
            case .closed: "CLOSED"
            }
        }
    }

    /// 0: not yet open.
    public static let CONNECTING = ReadyState.connecting
    /// 1: messages can be sent.
    public static let OPEN = ReadyState.open
    /// 2: shutting down.
    public static let CLOSING = ReadyState.closing
    /// 3: finished.
    public static let CLOSED = ReadyState.closed

    /// 0: not yet open.
    public var CONNECTING: ReadyState { .connecting }
    /// 1: messages can be sent.
    public var OPEN: ReadyState { .open }
    /// 2: shutting down.
    public var CLOSING: ReadyState { .closing }
    /// 3: finished.
    public var CLOSED: ReadyState { .closed }

    // MARK: Listeners

    // Looked at for each message. Listeners are taken out before they are called, so nothing changes the list while it is
    // looked at, and the run-time check of that is off.
    @exclusivity(unchecked) private var uncheckedMessageListeners = ListenerList<(Message) -> Void>()
    var messageListeners: ListenerList<(Message) -> Void> {
        @inline(__always) _read { yield unsafe uncheckedMessageListeners }
        @inline(__always) _modify { yield unsafe &uncheckedMessageListeners }
    }
    var closeListeners = ListenerList<(CloseCode, Bytes) -> Void>()
    var errorListeners = ListenerList<(WebSocketError) -> Void>()
    var rareListeners: RareListeners?

    // MARK: State

    let driver: ConnectionDriver

    /// Where a server's socket belongs, until it is closed.
    var home: SocketHome?

    /// Payload bytes "sent" when it was too late; like the browser's API, the count is never reduced.
    private var unsentByteCount = 0

    /// What only a client has.
    private(set) var clientFacts: ClientFacts?

    /// What the opening handshake settled, unless that was nothing.
    var agreement: AgreementBox?

    /// The negotiated subprotocol; empty if there is none.
    public var `protocol`: String { agreement?.value.subprotocol ?? "" }

    /// The names of the extensions in use, comma-separated; empty if there are none.
    public var extensions: String {
        agreement?.value.extensions.map(\.name).joined(separator: ",") ?? ""
    }

    /// Whether ``pause()`` was called last, rather than ``resume()``.
    public private(set) var isPaused = false

    /// In which form the event objects of binary messages have their bytes; see ``MessageEvent/data``.
    public var binaryType = BinaryType.nodebuffer

    /// Whether both ends had sent a close frame when the connection ended.
    var hasClosedCleanly = false

    /// Where the socket is in its server's ``ClientSet``.
    var clientPlace: Int32 = -1

    /// The connection has ended, and those who sent what was not written are being told.
    var isFinishing = false

    /// A connection that is being made.
    init(client driver: ConnectionDriver, facts: ClientFacts) {
        self.driver = driver
        clientFacts = facts
        driver.delegate = self
    }

    /// A connection a server has accepted.
    init(accepted driver: ConnectionDriver, _ agreement: Agreement, at home: SocketHome) {
        self.driver = driver
        self.home = home
        self.agreement = home.server.share(agreement)
        driver.delegate = self
    }

    /// How far the connection is.
    public var readyState: ReadyState {
        switch driver.connection.state {
        case .connecting: .connecting
        case .open: .open
        case .closing: .closing
        case .closed: isFinishing ? .closing : .closed
        }
    }

    /// The address of a client, normalised, where redirects have led to; nil for a socket of a server.
    public var url: String? { clientFacts?.url }

    /// Bytes accepted but not handed to the system, frame headers included, and those given to ``send(_:binary:compress:fin:completion:)-(String,_,_,_,_)``
    /// when the socket was closing or closed. What a turn sends is handed over when it ends; the request of the opening
    /// handshake does not count.
    public var bufferedAmount: Int {
        let isConnecting = driver.connection.state == .connecting
        return isConnecting ? 0 : driver.connection.bufferedAmount + unsentByteCount
    }

    /// The address of the peer, where it is known.
    public var remoteAddress: SocketAddress? { driver.transport?.remoteAddress }

    // MARK: Closing

    /// Starts the closing handshake without a code: the peer reports 1005.
    ///
    /// While connecting, it gives the attempt up: `error`, then `close` with 1006. Later than open, it does nothing.
    public func close() {
        try? driver.connection.close(now: driver.loop.now)
        driver.needsSettling()
    }

    /// Starts the closing handshake.
    ///
    /// - Parameters:
    ///   - code: 1000–1003, 1007–1014 or 3000–4999.
    ///   - reason: at most 123 bytes of UTF-8.
    /// - Throws: a TypeError for another code, a RangeError for a longer reason, if the socket is open. Its state is then
    ///   unchanged.
    public func close(_ code: CloseCode, _ reason: String = "") throws(WebSocketError) {
        do throws(SendError) {
            try driver.connection.close(code: code, reason: reason, now: driver.loop.now)
        } catch {
            throw WebSocketError(error, state: readyState)
        }
        driver.needsSettling()
    }

    /// Starts the closing handshake with the reason another connection was closed with.
    ///
    /// - Throws: as ``close(_:_:)-(CloseCode,String)``, and a TypeError for a reason that is not UTF-8 (RFC 6455 §5.5.1).
    public func close(_ code: CloseCode, _ reason: Bytes) throws(WebSocketError) {
        guard let text = String(validating: reason, as: UTF8.self) else {
            throw WebSocketError("The reason must be UTF-8", name: .type)
        }
        try close(code, text)
    }

    /// Destroys the connection at once; `close` comes with 1006. What has arrived before is still delivered.
    public func terminate() {
        driver.connection.abort(now: driver.loop.now)
        driver.needsSettling()
    }

    // MARK: Flow

    /// Stops reading from the network. Messages already read are still emitted. Does nothing before open and after close.
    public func pause() {
        guard driver.connection.isUpgraded else { return }
        isPaused = true
        driver.isPaused = true
    }

    /// Reads again.
    public func resume() {
        guard driver.connection.isUpgraded else { return }
        isPaused = false
        driver.isPaused = false
    }

    func countUnsent(_ byteCount: Int) {
        unsentByteCount += byteCount
    }
}

/// An agreement apart, as most sockets have none, or the same as others.
final class AgreementBox {
    let value: Agreement
    init(_ value: Agreement) { self.value = value }
}

extension WebSocket: Hashable {
    /// Whether both are the same socket.
    public static func == (left: WebSocket, right: WebSocket) -> Bool { left === right }

    /// Hashes the identity.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(self))
    }
}
