public import WSConnection

/// A stream of bytes to read and to write, as Node has them: a socket seen so (``createWebSocketStream(_:options:)``), or
/// standard input and output (``EventLoop/standardInput``), of which one direction is over from the start.
///
///     stream.on(.data) { chunk in … }
///     if !stream.write("hello") { stream.once(.drain) { … } }
///     stream.end()
///
/// Reading begins with the first listener for `data`, with ``resume()`` or with ``pipe(to:end:)``. A reader that is slow, or
/// that pauses, holds the source up; a destination that is slow is known by ``write(_:completion:)-(String,_)`` answering
/// false. When both directions are over the stream closes by itself.
public final class Duplex: EventEmitter {
    /// How a stream works. The defaults are those of Node.
    public struct Options {
        /// How much may be read ahead: bytes, 64 KiB by default; in object mode messages, 16 by default.
        public var readableHighWaterMark: Int?
        /// How many bytes may be waiting to be written before ``Duplex/write(_:completion:)-(String,_)`` answers false.
        public var writableHighWaterMark = 64 * 1024
        /// Whether chunks are messages: then empty ones count too, and a listener for `data` that takes a ``Message`` can
        /// tell text from bytes.
        public var readableObjectMode = false
        /// Cuts chunks so that no character is divided.
        public var encoding: Encoding?
        /// Whether strings are written as bytes, which makes them binary messages. If not, they are text messages.
        public var decodeStrings = true
        /// Whether writing goes on when there is nothing more to read. If not, it ends then.
        public var allowHalfOpen = true

        /// The defaults.
        public init() {}

        /// The defaults, but for what the closure changes.
        public init(_ change: (inout Options) -> Void) { change(&self) }
    }

    /// What bytes stand for.
    public enum Encoding: Sendable {
        /// Text in UTF-8.
        case utf8
    }

    let loop: EventLoop
    let options: Options
    let engine: any DuplexEngine

    var dataListeners = ListenerList<(Message) -> Void>() {
        didSet { if flow == .initial, !dataListeners.isEmpty { resume() } }
    }
    var endListeners = ListenerList<() -> Void>()
    var errorListeners = ListenerList<(WebSocketError) -> Void>()
    var closeListeners = ListenerList<() -> Void>()
    var drainListeners = ListenerList<() -> Void>()
    var finishListeners = ListenerList<() -> Void>()

    // Reading.
    var flow = Flow.initial
    /// A slice, since taking the first of very many small chunks must cost nothing.
    var unread: ArraySlice<Message> = []
    /// What was read ahead: bytes, or messages.
    public internal(set) var readableLength = 0
    /// The bytes of a divided character.
    var dividedCharacter: [UInt8] = []
    var sourceHasEnded = false
    /// Whether `end` was emitted.
    public internal(set) var readableEnded: Bool
    var isFlowing = false

    // Writing.
    /// Bytes that were written here and are not written out.
    public internal(set) var writableLength = 0
    var pendingWrites = 0
    var needsDrain = false
    /// Whether ``end()`` was called.
    public internal(set) var writableEnded: Bool
    var isFinishing = false
    /// Whether `finish` was emitted.
    public internal(set) var writableFinished: Bool

    /// Whether the stream was given up, or is over.
    public private(set) var destroyed = false
    /// Whether `close` was emitted.
    public private(set) var closed = false

    /// The streams this one is piped to.
    var pipes: [Pipe] = []

    /// Who wants what is read.
    enum Flow {
        /// Nobody yet.
        case initial
        /// The listeners.
        case flowing
        /// Nobody for now.
        case paused
    }

    /// A stream on an engine.
    init(
        _ engine: any DuplexEngine, isReadable: Bool = true, isWritable: Bool = true, options: Options,
        on loop: EventLoop
    ) {
        self.engine = engine
        self.options = options
        self.loop = loop
        readableEnded = !isReadable
        writableEnded = !isWritable
        writableFinished = !isWritable
    }

    // MARK: The end

    /// Gives the stream up: what is under way is lost. `close` follows, and before it `error` if there is one.
    public func destroy(_ error: WebSocketError? = nil) {
        guard !destroyed else { return }
        destroyed = true
        unread = []
        readableLength = 0
        engine.destroy(self, error)
    }

    /// The engine has let go.
    func wasDestroyed(_ error: WebSocketError?) {
        loop.nextTick { [self] in
            if let error { emit(error) }
            guard !closed else { return }
            closed = true
            for pipe in pipes { pipe.cut() }
            pipes = []
            for listener in closeListeners.due() { listener() }
            let removed = (
                dataListeners.takeAll(), endListeners.takeAll(), errorListeners.takeAll(), closeListeners.takeAll(),
                drainListeners.takeAll(), finishListeners.takeAll()
            )
            withExtendedLifetime(removed) {}
        }
    }

    /// Both directions may be over.
    func closeIfOver() {
        if readableEnded, writableFinished { destroy() }
    }

    private func emit(_ error: WebSocketError) {
        guard !errorListeners.isEmpty else { return loop.report("stream: \(error)") }
        for listener in errorListeners.due() { listener(error) }
    }
}

extension Event where Emitter == Duplex, Listener == (Bytes) -> Void {
    /// A chunk was read.
    public static var data: Event { Event(\.dataListeners) { listener in { listener($0.bytes) } } }
}

extension Event where Emitter == Duplex, Listener == (Message) -> Void {
    /// A chunk was read; of a socket's stream in object mode, a message.
    @_disfavoredOverload public static var data: Event { Event(\.dataListeners) }
}

extension Event where Emitter == Duplex, Listener == () -> Void {
    /// All has been read.
    public static var end: Event { Event(\.endListeners) }

    /// The stream is over. The last of its events.
    public static var close: Event { Event(\.closeListeners) }

    /// What `write` has put off is written; go on.
    public static var drain: Event { Event(\.drainListeners) }

    /// All was written, and the direction out has ended.
    public static var finish: Event { Event(\.finishListeners) }
}

extension Event where Emitter == Duplex, Listener == (WebSocketError) -> Void {
    /// The stream has failed; `close` follows. Without a listener, the error is reported on standard error.
    public static var error: Event { Event(\.errorListeners) }
}
