import WSConnection
import WSFrame

// The connection's wishes and getters at the endpoint's own time, in the words of tests.
extension Endpoint {
    var now: Duration { clock.now }
    var state: Connection.State { connection.state }
    var hasOutput: Bool { connection.hasOutput }
    var bufferedAmount: Int { connection.bufferedAmount }
    var wantsToRead: Bool { connection.wantsToRead }
    var hasPostponedInput: Bool { connection.hasPostponedInput }
    var inputLimit: Int { connection.inputLimit }
    var streamAction: Connection.StreamAction { connection.nextStreamAction }
    var deadline: Duration? { connection.nextDeadline }

    @discardableResult
    func send(_ text: String, isFinal: Bool = true, compress: Bool = true) throws(SendError) -> Bool {
        try connection.send(text: text, isFinal: isFinal, compress: compress, now: now)
    }

    @discardableResult
    func send(
        _ bytes: [UInt8], isBinary: Bool = true, isFinal: Bool = true, compress: Bool = true
    ) throws(SendError) -> Bool {
        try connection.send(Bytes(bytes), isBinary: isBinary, isFinal: isFinal, compress: compress, now: now)
    }

    @discardableResult
    func send(_ prepared: PreparedMessage) throws(SendError) -> Bool {
        try connection.send(prepared, now: now)
    }

    @discardableResult
    func ping(_ bytes: [UInt8] = []) throws(SendError) -> Bool {
        try connection.sendPing(Bytes(bytes), now: now)
    }

    @discardableResult
    func pong(_ bytes: [UInt8] = []) throws(SendError) -> Bool {
        try connection.sendPong(Bytes(bytes), now: now)
    }

    func close(_ code: UInt16? = nil, _ reason: String = "") throws(SendError) {
        try connection.close(code: code.map { CloseCode($0) }, reason: reason, now: now)
    }

    func abort() {
        connection.abort(now: now)
    }
}
