import Testing
import WSNode

@Suite("Node API §6, §11: what a peer may do wrong, and how it is called")
struct FailureTests {
    /// Bytes a peer writes, the error they are, and the code the peer is told.
    struct Case: Sendable, CustomTestStringConvertible {
        var hex: String
        var error: String
        var closeCode: Int
        var change: @Sendable (inout ServerOptions) -> Void = { _ in }
        var testDescription: String { hex }
    }

    private static func invalid(_ what: String, _ code: String) -> String {
        "RangeError: Invalid WebSocket frame: \(what) [\(code)]"
    }

    private static let rsv1 = invalid("RSV1 must be clear", "WS_ERR_UNEXPECTED_RSV_1")
    private static let rsv23 = invalid("RSV2 and RSV3 must be clear", "WS_ERR_UNEXPECTED_RSV_2_3")
    private static let fin = invalid("FIN must be set", "WS_ERR_EXPECTED_FIN")
    private static let utf8 = "Error: Invalid WebSocket frame: invalid UTF-8 sequence [WS_ERR_INVALID_UTF8]"
    private static let tooLong =
        "RangeError: Unsupported WebSocket frame: payload length > 2^53 - 1 [WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH]"
    private static let tooBig = "RangeError: Max payload size exceeded [WS_ERR_UNSUPPORTED_MESSAGE_LENGTH]"
    private static let tooMany = "RangeError: Too many message fragments [WS_ERR_TOO_MANY_BUFFERED_PARTS]"
    private static func opcode(_ number: Int) -> String { invalid("invalid opcode \(number)", "WS_ERR_INVALID_OPCODE") }
    private static func length(_ number: Int) -> String {
        invalid("invalid payload length \(number)", "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH")
    }
    private static func status(_ number: Int) -> String {
        invalid("invalid status code \(number)", "WS_ERR_INVALID_CLOSE_CODE")
    }

    // B-RECV-023, B-RECV-025, B-RECV-026, B-RECV-027, B-RECV-028, B-RECV-029, B-RECV-030, B-RECV-034, B-RECV-035,
    // B-RECV-036, B-RECV-038, B-RECV-039, B-RECV-040, B-RECV-065, B-RECV-066: to a client
    static let toClient = [
        Case(hex: "c28000000000", error: rsv1, closeCode: 1002),
        Case(hex: "a200", error: rsv23, closeCode: 1002),
        Case(hex: "9200", error: rsv23, closeCode: 1002),
        Case(hex: "b300", error: rsv23, closeCode: 1002),
        Case(hex: "0000", error: opcode(0), closeCode: 1002),
        Case(hex: "0100 0100", error: opcode(1), closeCode: 1002),
        Case(hex: "0100 0200", error: opcode(2), closeCode: 1002),
        Case(hex: "8300", error: opcode(3), closeCode: 1002),
        Case(hex: "8f00", error: opcode(15), closeCode: 1002),
        Case(hex: "0900", error: fin, closeCode: 1002),
        Case(hex: "0980", error: fin, closeCode: 1002),
        Case(hex: "c900", error: rsv1, closeCode: 1002),
        Case(
            hex: "8182 563aac80 3e53", error: invalid("MASK must be clear", "WS_ERR_UNEXPECTED_MASK"), closeCode: 1002),
        Case(hex: "897e", error: length(126), closeCode: 1002),
        Case(hex: "887f", error: length(127), closeCode: 1002),
        Case(hex: "8801 03", error: length(1), closeCode: 1002),
        Case(hex: "827f 0020000000000000", error: tooLong, closeCode: 1009),
        Case(hex: "827f 8000000000000000", error: tooLong, closeCode: 1009),
        Case(hex: "8104 cebae1bd", error: utf8, closeCode: 1007),
        Case(hex: "8806 03efcebae1bd", error: utf8, closeCode: 1007),
        Case(hex: "8802 0000", error: status(0), closeCode: 1002),
        Case(hex: "8802 03ec", error: status(1004), closeCode: 1002),
        Case(hex: "8802 03ee", error: status(1006), closeCode: 1002),
        Case(hex: "8802 1388", error: status(5000), closeCode: 1002),
    ]

    // B-RECV-032, B-RECV-041, B-RECV-044, B-RECV-045, B-RECV-059, B-RECV-061, B-RECV-065: to a server
    static let toServer = [
        Case(hex: "8102 6869", error: invalid("MASK must be set", "WS_ERR_EXPECTED_MASK"), closeCode: 1002),
        Case(hex: "8300", error: opcode(3), closeCode: 1002),
        Case(hex: "82fe 5001 00000000", error: tooBig, closeCode: 1009, change: { $0.maxPayload = 20 * 1024 }),
        Case(
            hex: "0182 00000000 6161 8082 00000000", error: tooBig, closeCode: 1009, change: { $0.maxPayload = 3 }),
        Case(
            hex: "0281 00000000 61 0081 00000000 62 0081 00000000 63", error: tooMany, closeCode: 1008,
            change: { $0.maxFragments = 2 }),
        Case(
            hex: "0280 00000000 0080 00000000 0080 00000000", error: tooMany, closeCode: 1008,
            change: { $0.maxFragments = 2 }),
    ]

    // R-7.1.7-1, R-7.1.7-2, R-7.4-4
    @Test(arguments: Environment.allCases, toClient)
    func `a server's fault`(environment: Environment, fault: Case) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            peer.write(Wire.hex(fault.hex))
            // Nothing after the fault is looked at.
            peer.write(Wire.text("x", masked: false) + Wire.close(1000, masked: false))
            try loop.run { peer.hasEnded }
            #expect(peer.frames == [Wire.Frame(0x88, masked: true, Wire.bigEndian(fault.closeCode, 2))])
            peer.end()
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["error \(fault.error)", "close 1006"])
        }
    }

    // R-7.1.7-1, R-7.1.7-2, R-7.4-4
    @Test(arguments: Environment.allCases, toServer)
    func `a client's fault`(environment: Environment, fault: Case) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer(fault.change)
            let (peer, accepted, _) = try loop.upgradeRaw(to: server)
            let journal = Journal(accepted)
            peer.write(Wire.hex(fault.hex))
            try loop.run { peer.hasEnded }
            #expect(peer.frames == [Wire.Frame(0x88, masked: false, Wire.bigEndian(fault.closeCode, 2))])
            peer.write(Wire.text("x", masked: true))
            peer.end()
            try loop.run { journal.has("close") }
            #expect(journal.lines == ["error \(fault.error)", "close 1006"])
        }
    }

    // B-RECV-057, R-5.2-6: unlike Node, a length in a longer form than it needs is refused.
    @Test(arguments: ["817e 0001 61", "817f 0000000000000001 61"])
    func `a length that could be shorter`(bytes: String) throws {
        try withLoop(.pipe) { loop in
            let (client, peer) = try loop.openClient()
            let journal = Journal(client)
            peer.write(Wire.hex(bytes))
            try loop.run { peer.hasEnded }
            #expect(peer.frames == [Wire.Frame(0x88, masked: true, [0x03, 0xEA])])
            #expect(
                journal.lines == [
                    "error \(Self.invalid("the payload length is not in its shortest form", "WS_ERR_NON_MINIMAL_PAYLOAD_LENGTH"))"
                ])
        }
    }

    // B-RECV-052, B-RECV-053
    @Test(arguments: Environment.allCases)
    func `without validation any bytes are text`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (client, peer) = try loop.openClient { $0.skipUTF8Validation = true }
            var text: Message?
            var reason: Bytes?
            client.on(.message) { message in text = message }
            client.on(.close) { reason = $1 }
            peer.write(Wire.hex("8101 f8 8803 03e8f8"))
            peer.end()
            try loop.run { reason != nil }
            #expect(text == Message(bytes: [0xF8], isBinary: false))
            #expect(reason == [0xF8])
        }
    }

    @Test func `a message that is not completed in time, and a peer that does not read`() throws {
        try withLoop(.pipe) { loop in
            let (client, peer) = try loop.openClient { $0.limits.messageTimeout = .seconds(5) }
            let journal = Journal(client)
            peer.write(Wire.hex("0101 61"))
            try loop.run { !journal.lines.isEmpty }
            #expect(journal.lines == ["error Error: The message was not completed in time [ETIMEDOUT]"])
            try loop.run { peer.frames == [Wire.Frame(0x88, masked: true, [0x03, 0xF0])] }

            let server = try loop.makeServer { $0.limits.maxQueuedBytes = 1000 }
            let (other, accepted, _) = try loop.upgradeRaw(to: server)
            let serverJournal = Journal(accepted)
            other.isPaused = true
            accepted.send([UInt8](repeating: 0, count: 1001))
            #expect(accepted.readyState == .closing)
            try loop.run { !serverJournal.lines.isEmpty }
            #expect(
                serverJournal.lines == [
                    "error RangeError: Too much queued output [WS_ERR_TOO_MANY_BUFFERED_PARTS]"
                ])
        }
    }

    @Test func `a peer that does not answer a keep-alive ping`() throws {
        try withLoop(.pipe) { loop in
            let (client, peer) = try loop.openClient {
                $0.limits.keepAliveInterval = .seconds(30)
                $0.limits.keepAliveTimeout = .seconds(10)
            }
            let journal = Journal(client)
            let start = loop.events.now
            try loop.run { peer.frames.map(\.first) == [0x89] }
            #expect(loop.events.now - start == .seconds(30))
            peer.write(Wire.frame(0x8A, masked: false))
            try loop.run { peer.frames.count == 2 }
            try loop.run { journal.has("close") }
            #expect(
                journal.lines == [
                    "pong ", "error Error: The peer did not answer a keep-alive ping [ETIMEDOUT]", "close 1006",
                ])
        }
    }
}
