import WSNode

/// What happened to sockets, in order, one line for each event:
///
///     client open · client message "hi" · client message <0102> · client ping hi
///     client close 1000 bye · client error RangeError: … [WS_ERR_…] · client upgrade 101
final class Journal {
    private(set) var lines: [String] = []

    init() {}

    /// A journal of both ends of a pair.
    init(_ pair: Pair) {
        watch(pair.client, as: "client")
        watch(pair.accepted, as: "server")
    }

    /// A journal of one socket.
    init(_ socket: WebSocket) {
        watch(socket, as: "")
    }

    func note(_ line: String) { lines.append(line) }

    /// The lines of one of the sockets, without its name.
    subscript(name: String) -> [String] {
        lines.filter { $0.hasPrefix(name + " ") }.map { String($0.dropFirst(name.count + 1)) }
    }

    // The next two are here since a closure inside `#expect` may get the code of another one: with Swift 6.3.1 the two can
    // have the same mangled name.

    /// The lines that begin so.
    func lines(beginning: String) -> [String] { lines.filter { $0.hasPrefix(beginning) } }

    /// The lines that do not begin so.
    func lines(without beginning: String) -> [String] { lines.filter { !$0.hasPrefix(beginning) } }

    /// Whether a line begins so.
    func has(_ beginning: String) -> Bool { lines.contains { $0.hasPrefix(beginning) } }

    /// Listens to all events of a socket but `unexpectedResponse`, a listener for which changes what happens.
    func watch(_ socket: WebSocket, as name: String) {
        let prefix = name.isEmpty ? "" : name + " "
        socket.on(.open) { self.note("\(prefix)open") }
        socket.on(.message) { data, isBinary in
            self.note(isBinary ? "\(prefix)message <\(hex(data))>" : "\(prefix)message \"\(data.text)\"")
        }
        socket.on(.ping) { self.note("\(prefix)ping \(String($0))") }
        socket.on(.pong) { self.note("\(prefix)pong \(String($0))") }
        socket.on(.drain) { self.note("\(prefix)drain") }
        socket.on(.upgrade) { self.note("\(prefix)upgrade \($0.statusCode)") }
        socket.on(.error) { self.note("\(prefix)error \(describe($0))") }
        socket.on(.close) { code, reason in
            self.note(
                reason.isEmpty ? "\(prefix)close \(code.rawValue)" : "\(prefix)close \(code.rawValue) \(String(reason))"
            )
        }
    }
}

/// `Kind: message [CODE]`
func describe(_ error: WebSocketError) -> String {
    error.code.map { "\(error) [\($0)]" } ?? "\(error)"
}

/// Bytes in hexadecimal: at most 16 of them, then how many there are.
func hex(_ bytes: some Collection<UInt8>) -> String {
    let shown = bytes.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return bytes.count > 16 ? "\(shown)…\(bytes.count)" : shown
}

func hex(_ message: Message) -> String { hex(message.bytes) }

extension Sequence where Element: Equatable {
    /// Whether all elements are this one.
    func areAll(_ element: Element) -> Bool { allSatisfy { $0 == element } }
}
