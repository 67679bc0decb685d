public import WSNode

/// A WebSocket as the JSH runtime has it: a smaller face of the sockets of WSNode.
///
///     let ws = try WebSocket("ws://127.0.0.1:8080")
///     ws.on(.open) { ws.send("Hello, server") }
///     ws.on(.message) { evt in print(evt.data) }
///
/// Nothing but a wrong type of argument is thrown: an address that cannot be used, a server that cannot be reached and a
/// message that cannot be sent are told by `error`.
public final class WebSocket: Emitter {
    /// 0: not yet open.
    public static let CONNECTING = 0
    /// 1: messages can be sent.
    public static let OPEN = 1
    /// 2: shutting down.
    public static let CLOSING = 2
    /// 3: finished.
    public static let CLOSED = 3
    /// 1: the type of a text message.
    public static let TextMessage = 1
    /// 2: the type of a binary message.
    public static let BinaryMessage = 2

    /// The address as it was given; of a socket of a server, the path and the query of the request.
    public let url: String
    /// One of the four states.
    public private(set) var readyState = WebSocket.CONNECTING
    /// The subprotocol that was agreed; empty if there is none.
    public private(set) var `protocol` = ""

    var openListeners: [() -> Void] = []
    var messageListeners: [(MessageEvent) -> Void] = []
    var errorListeners: [(WebSocketError) -> Void] = []
    var closeListeners: [() -> Void] = []

    private let loop: EventLoop
    private var socket: WSNode.WebSocket?

    /// Connects to a server, in the next turn of the loop.
    ///
    /// - Parameter protocols: the subprotocols to offer.
    public convenience init(_ url: String, protocols: [String] = [], on loop: EventLoop = .current) {
        self.init(url: url, on: loop)
        loop.setImmediate { self.connect(protocols) }
    }

    /// Connects to a server, offering one subprotocol.
    public convenience init(_ url: String, protocol: String, on loop: EventLoop = .current) {
        self.init(url, protocols: [`protocol`], on: loop)
    }

    /// Connects to a server named by values whose types are not known before.
    ///
    /// - Parameters:
    ///   - url: a string.
    ///   - protocols: a string, or a list, of which what are no strings is left out.
    /// - Throws: a TypeError for other types.
    public convenience init(
        arguments url: Any?, _ protocols: Any? = nil, on loop: EventLoop = .current
    ) throws(WebSocketError) {
        guard let address = url as? String else {
            throw .type("URL must be a string, got \(scriptType(of: url))")
        }
        let names: [String]
        switch protocols {
        case nil: names = []
        case let name as String: names = [name]
        case let list as [Any]: names = list.compactMap { $0 as? String }
        default: throw .type("Protocols must be a string or an array of strings")
        }
        self.init(address, protocols: names, on: loop)
    }

    /// A socket a server has accepted.
    convenience init(accepted socket: WSNode.WebSocket, url: String, on loop: EventLoop) {
        self.init(url: url, on: loop)
        adopt(socket)
        opened()
    }

    private init(url: String, on loop: EventLoop) {
        self.url = url
        self.loop = loop
    }

    private func connect(_ protocols: [String]) {
        guard readyState == WebSocket.CONNECTING else { return }
        do throws(WSNode.WebSocketError) {
            adopt(try WSNode.WebSocket(url, protocols: protocols, on: loop))
        } catch {
            emit(WebSocketError(error))
        }
    }

    private func adopt(_ socket: WSNode.WebSocket) {
        self.socket = socket
        socket.on(.open) { [self] in
            opened()
            emitOpen()
        }
        socket.on(.message) { [self] (message: WSNode.Message) in
            let event = MessageEvent(message)
            for listener in messageListeners { listener(event) }
        }
        socket.on(.error) { [self] error in
            // That we gave the attempt up ourselves is no news.
            if readyState != WebSocket.CLOSING { emit(WebSocketError(error)) }
        }
        socket.on(.close) { [self] _, _ in
            self.socket = nil
            // An attempt to connect that failed leaves the socket as it was.
            if readyState != WebSocket.CONNECTING { closed() }
        }
    }

    private func opened() {
        readyState = WebSocket.OPEN
        `protocol` = socket?.protocol ?? ""
    }

    func emitOpen() {
        for listener in openListeners { listener() }
    }

    private func emit(_ error: WebSocketError) {
        guard !errorListeners.isEmpty else { return loop.report("\(error)") }
        for listener in errorListeners { listener(error) }
    }

    private func closed() {
        readyState = WebSocket.CLOSED
        for listener in closeListeners { listener() }
        openListeners = []
        messageListeners = []
        errorListeners = []
        closeListeners = []
    }

    /// Sends text. If the socket is not open, that is an `error`.
    public func send(_ data: String) {
        guard readyState == WebSocket.OPEN, let socket, socket.readyState == .open else {
            loop.nextTick { self.emit(WebSocketError("websocket is not open")) }
            return
        }
        socket.send(data)
    }

    /// Closes the socket: `close` comes when that is done. Does nothing later.
    public func close() {
        guard readyState < WebSocket.CLOSING else { return }
        readyState = WebSocket.CLOSING
        if let socket {
            socket.close()
        } else {
            loop.nextTick { self.closed() }
        }
    }
}

extension Event where Source == WebSocket, Listener == () -> Void {
    /// The connection is open.
    public static var open: Event { Event(listeners: \.openListeners) }

    /// The connection has ended.
    public static var close: Event { Event(listeners: \.closeListeners) }
}

extension Event where Source == WebSocket, Listener == (MessageEvent) -> Void {
    /// A message has arrived.
    public static var message: Event { Event(listeners: \.messageListeners) }
}

extension Event where Source == WebSocket, Listener == (WebSocketError) -> Void {
    /// Something went wrong.
    public static var error: Event { Event(listeners: \.errorListeners) }
}
