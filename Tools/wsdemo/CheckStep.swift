import WSNode

/// One thing a client does, and what both sides have to see of it, in any order.
struct CheckStep: Sendable {
    let name: String
    let action: String
    let perform: @Sendable (WebSocket) throws(WebSocketError) -> Void
    let expected: [Observation]

    /// All of the self-check but the opening handshake.
    static let all: [CheckStep] = {
        let text = "Hello, W\u{f6}rld \u{1f44b}"
        let bytes: [UInt8] = [0x00, 0x01, 0x7F, 0x80, 0xFF]
        return [
            CheckStep(
                name: "text", action: "sends text \"\(text)\"",
                perform: { socket throws(WebSocketError) in socket.send(text) },
                expected: [Observation(.server, .text(text)), Observation(.client, .text(text))]),
            CheckStep(
                name: "binary", action: "sends \(bytes.count) bytes: \(Bytes(bytes))",
                perform: { socket throws(WebSocketError) in socket.send(bytes) },
                expected: [Observation(.server, .binary(bytes)), Observation(.client, .binary(bytes))]),
            CheckStep(
                name: "ping and pong", action: "sends a ping with \"there?\"",
                perform: { socket throws(WebSocketError) in try socket.ping("there?") },
                expected: [Observation(.server, .ping("there?")), Observation(.client, .pong("there?"))]),
            CheckStep(
                name: "fragmented message", action: "sends text in three fragments, and a ping between them",
                perform: { socket throws(WebSocketError) in
                    socket.send("one ", fin: false)
                    socket.send("two ", fin: false)
                    try socket.ping("between")
                    socket.send("three")
                },
                expected: [
                    Observation(.server, .ping("between")), Observation(.client, .pong("between")),
                    Observation(.server, .text("one two three")), Observation(.client, .text("one two three")),
                ]),
            CheckStep(
                name: "clean close", action: "closes with 1000 \"that was all\"",
                perform: { socket throws(WebSocketError) in try socket.close(.normalClosure, "that was all") },
                expected: [
                    Observation(.server, .closed(.normalClosure, "that was all")),
                    Observation(.client, .closed(.normalClosure, "that was all")),
                ]),
        ]
    }()
}
