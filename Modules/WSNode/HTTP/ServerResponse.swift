public import WSConnection
import WSHandshake

/// The response to a request, with the members of Node's `http.ServerResponse`.
///
///     try response.writeHead(200, ["Content-Type": "application/json"])
///     response.end(#"{"ok": true}"#)
///
/// The head leaves with the first bytes of the body. A body that is given whole to ``end(_:)-(String)`` gets a
/// Content-Length; one that is written in pieces is chunked, or ends with the connection where the client is too old.
public final class ServerResponse: EventEmitter {
    /// The status, 200 to 999.
    public var statusCode = 200
    /// The reason phrase; nil for the standard one.
    public var statusMessage: String?
    /// Whether the head has a Date.
    public var sendDate = true
    /// Whether the head was written.
    public private(set) var headersSent = false
    /// Whether ``end()`` was called.
    public private(set) var writableEnded = false
    /// Whether all was handed to the system.
    public private(set) var writableFinished = false
    /// Whether the response was given up, or was written to its end.
    public private(set) var destroyed = false

    /// The request this is the response to.
    public let req: IncomingMessage

    var finishListeners = ListenerList<() -> Void>()
    var drainListeners = ListenerList<() -> Void>()
    var closeListeners = ListenerList<() -> Void>()

    private var fields = HeaderFields()
    private var connection: HTTPConnection?
    private var framing = Framing.none
    private var keepsAlive = false
    private var owesDrain = false

    /// How the client finds the end of the body.
    private enum Framing {
        /// There is no body, whatever is written.
        case none
        /// So many bytes are still to be written.
        case length(Int)
        case chunked
        /// It ends with the connection.
        case untilClose
    }

    init(to request: IncomingMessage, on connection: HTTPConnection) {
        req = request
        self.connection = connection
    }

    /// The connection it goes out on; nil once the response is over.
    public var socket: Socket? { connection?.socket }

    // MARK: Head

    /// Sets a field, in place of one of that name.
    ///
    /// - Throws: a TypeError for a name or value that cannot be written and for a Transfer-Encoding other than `chunked`;
    ///   an Error when the head was sent.
    public func setHeader(_ name: String, _ value: String) throws(WebSocketError) {
        try check(name, value)
        do throws(HeaderFieldError) {
            try fields.set(name: name, value: value)
        } catch {
            throw WebSocketError(error)
        }
    }

    /// Adds a field, also if there is one of that name.
    ///
    /// - Throws: as ``setHeader(_:_:)``.
    public func appendHeader(_ name: String, _ value: String) throws(WebSocketError) {
        try check(name, value)
        do throws(HeaderFieldError) {
            try fields.append(name: name, value: value)
        } catch {
            throw WebSocketError(error)
        }
    }

    private func check(_ name: String, _ value: String) throws(WebSocketError) {
        guard !headersSent else { throw .headersSent }
        switch name.lowercased() {
        case "transfer-encoding" where value.lowercased() != "chunked",
            "content-length" where value.isEmpty || Int(value) == nil || !value.utf8.allSatisfy { 48...57 ~= $0 }:
            throw WebSocketError("Invalid value \"\(value)\" for header \"\(name)\"", name: .type)
        default: break
        }
    }

    /// The value of a field that was set.
    public func getHeader(_ name: String) -> String? { fields[name] }

    /// Whether a field was set.
    public func hasHeader(_ name: String) -> Bool { fields.contains(name) }

    /// The names of the fields that were set, in lower case and in order.
    public func getHeaderNames() -> [String] {
        var names: [String] = []
        for name in fields.map({ $0.name.lowercased() }) where !names.contains(name) { names.append(name) }
        return names
    }

    /// Removes a field; does nothing once the head was sent.
    public func removeHeader(_ name: String) {
        if !headersSent { fields.remove(name: name) }
    }

    /// Sets status, reason phrase and fields at once.
    ///
    /// - Throws: a RangeError for a status outside 200 to 999, a TypeError for a phrase that cannot be written, and as
    ///   ``setHeader(_:_:)``.
    @discardableResult
    public func writeHead(
        _ statusCode: Int, _ statusMessage: String?, _ headers: KeyValuePairs<String, String> = [:]
    ) throws(WebSocketError) -> ServerResponse {
        guard !headersSent else { throw .headersSent }
        try Self.check(statusCode, statusMessage)
        for (name, value) in headers { try setHeader(name, value) }
        self.statusCode = statusCode
        self.statusMessage = statusMessage
        return self
    }

    /// Sets status and fields at once.
    ///
    /// - Throws: as ``writeHead(_:_:_:)``.
    @discardableResult
    public func writeHead(
        _ statusCode: Int, _ headers: KeyValuePairs<String, String> = [:]
    ) throws(WebSocketError) -> ServerResponse {
        try writeHead(statusCode, nil, headers)
    }

    private static func check(_ statusCode: Int, _ statusMessage: String?) throws(WebSocketError) {
        guard (200...999).contains(statusCode) else {
            throw WebSocketError(
                "Invalid status code: \(statusCode)", name: .range, code: "ERR_HTTP_INVALID_STATUS_CODE")
        }
        if let statusMessage, !HTTPGrammar.isFieldValue(statusMessage) {
            throw WebSocketError("Invalid character in statusMessage", name: .type, code: "ERR_INVALID_CHAR")
        }
    }

    /// Sends the head before there is a body.
    public func flushHeaders() {
        if !headersSent { sendHead(wholeBody: nil) }
    }

    /// Tells a client that waits to go on and send its body (RFC 9110 §10.1.1).
    public func writeContinue() {
        guard !headersSent else { return }
        connection?.socket.write("HTTP/1.1 100 Continue\r\n\r\n")
    }

    // MARK: Body

    /// Writes a piece of the body. Dropped if the response has none (to HEAD, with 204 and 304), has ended, or is longer
    /// than its Content-Length says.
    ///
    /// - Returns: whether little enough is queued to go on; otherwise `drain` tells when all has been written.
    @discardableResult
    public func write(_ bytes: Bytes) -> Bool {
        guard !writableEnded, connection != nil else { return false }
        if !headersSent { sendHead(wholeBody: nil) }
        return writeBody(bytes)
    }

    /// Writes the UTF-8 of a text as a piece of the body.
    @discardableResult
    public func write(_ text: String) -> Bool { write(Bytes(utf8: text)) }

    /// Ends the response.
    public func end() { end(Bytes()) }

    /// Writes the UTF-8 of a text, and ends the response.
    public func end(_ text: String) { end(Bytes(utf8: text)) }

    /// Writes the last piece of the body, and ends the response.
    public func end(_ bytes: Bytes) {
        guard !writableEnded, connection != nil else { return }
        if !headersSent { sendHead(wholeBody: bytes.count) }
        writeBody(bytes)
        writableEnded = true
        switch framing {
        case .chunked: connection?.socket.write("0\r\n\r\n")
        case .length(let missing) where missing > 0:
            // The client waits for more than there is.
            connection?.report("The response ended \(missing) bytes short of its Content-Length")
            return destroy()
        case .none, .length, .untilClose: break
        }
        guard let socket, socket.writableLength == 0 else { return }
        socket.loop.nextTick { self.flushed() }
    }

    /// Gives the connection up.
    public func destroy() { connection?.socket.destroy() }

    @discardableResult
    private func writeBody(_ bytes: Bytes) -> Bool {
        guard let socket, !bytes.isEmpty else { return true }
        let isBelowMark: Bool
        switch framing {
        case .none: return true
        case .untilClose: isBelowMark = socket.write(bytes)
        case .chunked:
            socket.write(String(bytes.count, radix: 16) + "\r\n")
            socket.write(bytes)
            isBelowMark = socket.write("\r\n")
        case .length(let room):
            if bytes.count > room { connection?.report("The response is longer than its Content-Length") }
            let piece = bytes.slice(0..<room)
            framing = .length(room - piece.count)
            isBelowMark = socket.write(piece)
        }
        if !isBelowMark { owesDrain = true }
        return isBelowMark
    }

    // MARK: Writing the head

    /// - Parameter wholeBody: how long the body is, if that is known.
    private func sendHead(wholeBody count: Int?) {
        guard let connection else { return }
        do throws(WebSocketError) {
            try Self.check(statusCode, statusMessage)
        } catch {
            connection.report("\(error)")
            (statusCode, statusMessage) = (500, nil)
        }
        let reason = statusMessage ?? HTTPStatus.reasonPhrase(for: statusCode)
        var head = ResponseHead(status: statusCode, reason: reason, fields: fields)
        decideFraming(&head.fields, wholeBody: count)
        decidePersistence(&head.fields, connection)
        if sendDate, !head.fields.contains("Date") {
            try? head.fields.append(name: "Date", value: connection.server.loop.httpDate)
        }
        headersSent = true
        if let bytes = try? head.serialized() { connection.socket.write(Bytes(bytes)) }
    }

    private func decideFraming(_ fields: inout HeaderFields, wholeBody count: Int?) {
        let isChunked = fields.contains("Transfer-Encoding")
        fields.remove(name: "Transfer-Encoding")
        if isChunked || statusCode == 204 { fields.remove(name: "Content-Length") }
        if req.method == "HEAD" || statusCode == 204 || statusCode == 304 {
            framing = .none
            let mayTellLength = req.method == "HEAD" && statusCode != 204 && statusCode != 304 && !isChunked
            if mayTellLength, let count, count > 0, !fields.contains("Content-Length") {
                try? fields.append(name: "Content-Length", value: "\(count)")
            }
        } else if let length = fields["Content-Length"].flatMap({ Int($0) }) {
            framing = .length(length)
        } else if let count, !isChunked {
            framing = .length(count)
            try? fields.append(name: "Content-Length", value: "\(count)")
        } else if req.head.version >= .http11 {
            framing = .chunked
            try? fields.append(name: "Transfer-Encoding", value: "chunked")
        } else {
            framing = .untilClose
        }
    }

    private func decidePersistence(_ fields: inout HeaderFields, _ connection: HTTPConnection) {
        keepsAlive = connection.mayKeepAlive && !fields.hasToken("close", in: "Connection")
        if case .untilClose = framing { keepsAlive = false }
        if !keepsAlive {
            try? fields.set(name: "Connection", value: "close")
        } else if !fields.contains("Connection") {
            try? fields.append(name: "Connection", value: "keep-alive")
            let seconds = connection.server.options.keepAliveTimeout.components.seconds
            try? fields.append(name: "Keep-Alive", value: "timeout=\(seconds)")
        }
    }

    // MARK: From the connection

    /// All that was written has gone out.
    func flushed() {
        guard writableEnded else {
            guard owesDrain else { return }
            owesDrain = false
            for listener in drainListeners.due() { listener() }
            return
        }
        guard !writableFinished, let connection else { return }
        writableFinished = true
        for listener in finishListeners.due() { listener() }
        closed()
        connection.responseEnded(keepsAlive: keepsAlive)
    }

    /// The listener that should have answered has thrown.
    func failed(_ error: any Error) {
        connection?.report("\(error)")
        guard !headersSent else { return destroy() }
        fields = HeaderFields()
        (statusCode, statusMessage) = (500, nil)
        end(HTTPStatus.reasonPhrase(for: 500))
    }

    /// Answers with an error, and ends the connection.
    func refuse(_ refusal: HandshakeRefusal) { connection?.refuse(refusal) }

    /// Nothing more will be written.
    func closed() {
        guard !destroyed else { return }
        destroyed = true
        connection = nil
        for listener in closeListeners.due() { listener() }
        // There are no more events. Listeners nearly always refer to the response, which would keep it for ever.
        let removed = (finishListeners.takeAll(), drainListeners.takeAll(), closeListeners.takeAll())
        withExtendedLifetime(removed) {}
    }
}
