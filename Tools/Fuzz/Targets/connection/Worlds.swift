import WSConnection
import WSFrame
import WSHandshake

/// What the connections of all runs share, made once.
enum World {
    /// Four sets of limits, each with whole messages and with messages in parts.
    static let configurations: [ConnectionConfiguration.Shared] = {
        var all: [ConnectionConfiguration.Shared] = []
        for inParts in [false, true] {
            for limits in [tight, tighter, Limits.standard, unlimited] {
                all.append(
                    ConnectionConfiguration.Shared(
                        ConnectionConfiguration(
                            limits: limits, answersPings: limits.maxPayload > 0, deliversMessagesInParts: inParts,
                            referenceThreshold: limits.maxPayload == 64 ? 32 : 200)))
            }
        }
        return all
    }()

    private static var tight: Limits {
        var limits = Limits()
        limits.maxPayload = 300
        limits.maxFragments = 4
        limits.maxPendingPongs = 2
        limits.highWaterMark = 256
        limits.handshakeTimeout = .seconds(10)
        limits.closeTimeout = .seconds(5)
        return limits
    }

    private static var tighter: Limits {
        var limits = Limits()
        limits.maxPayload = 64
        limits.maxPendingPongs = 1
        limits.highWaterMark = 64
        limits.maxQueuedBytes = 700
        limits.messageTimeout = .seconds(3)
        limits.keepAliveInterval = .seconds(2)
        limits.keepAliveTimeout = .seconds(1)
        limits.head = HeadLimits(maxBytes: 400, maxLineBytes: 100, maxFields: 8, maxInterimResponses: 1)
        return limits
    }

    private static var unlimited: Limits {
        var limits = Limits.hardened
        limits.maxPayload = 0
        limits.maxFragments = 0
        return limits
    }

    static let clientHandshake: ClientHandshake = {
        do {
            var options = ClientHandshake.Options(url: try WebSocketURL("ws://example.com/chat"))
            options.subprotocols = ["chat"]
            return try ClientHandshake(options, nonce: Array("the sample nonce".utf8))
        } catch {
            finding("the handshake can be made", file: #fileID, line: #line)
        }
    }()

    /// A request that is accepted, and an answer to `clientHandshake` that is.
    static let request = Bytes(
        utf8: "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Protocol: chat\r\n\r\n")
    static let response = Bytes(
        utf8: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n")

    /// ``Pattern``, to cut payloads from.
    static let payload = Bytes((0..<70_000).map(Pattern.byte))
    static let texts: [String] = [0, 1, 10, 125, 126, 300].map { String(payload.slice(0..<$0)) }
    static var prepared: [PreparedMessage] {
        [40, 300].map { PreparedMessage(Message(bytes: payload.slice(0..<$0), isBinary: $0 > 100)) }
    }
    static let codes: [CloseCode?] = [
        nil, .normalClosure, .goingAway, CloseCode(4999), CloseCode(1005), CloseCode(999), .protocolError,
    ]
    static let reasons = ["", "done", String(repeating: "é", count: 62), texts[3]]
}
