import Testing
import WSNode

@Suite("Node API §2.7: sending")
struct SendTests {
    /// What the server's end is told of what a client does.
    private func received(
        _ environment: Environment, count: Int = 1, _ send: (WebSocket) -> Void
    ) throws -> [String] {
        var lines: [String] = []
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            send(pair.client)
            try loop.run { journal["server"].count == count }
            lines = journal["server"]
        }
        return lines
    }

    // B-SEND-001
    @Test(arguments: Environment.allCases)
    func `before open nothing is sent: the completion learns it, else it is reported`(
        environment: Environment
    ) throws {
        try withLoop(environment) { loop in
            let client = try loop.makeClient(of: try loop.makeServer())
            var outcome: WebSocketError??
            #expect(!client.send("hi") { outcome = $0 })
            #expect(outcome == nil)
            #expect(loop.reports.isEmpty)
            try loop.run { outcome != nil }
            #expect(outcome == WebSocketError("WebSocket is not open: readyState 0 (CONNECTING)"))
            let other = try loop.makeClient(of: try loop.makeServer())
            #expect(!other.send("hi"))
            #expect(loop.reports == ["send: Error: WebSocket is not open: readyState 0 (CONNECTING)"])
            #expect(other.bufferedAmount == 0)
        }
    }

    // B-SEND-002
    @Test(arguments: Environment.allCases)
    func `in states 2 and 3 of a client that gave up it only counts`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let client = try loop.makeClient(of: try loop.makeServer())
            var amounts: [Int] = []
            client.on(.error) { _ in
                #expect(!client.send("hi"))
                amounts.append(client.bufferedAmount)
                client.send()
                amounts.append(client.bufferedAmount)
            }
            client.on(.close) { _, _ in
                client.send("hi")
                amounts.append(client.bufferedAmount)
                client.send()
                amounts.append(client.bufferedAmount)
            }
            client.close()
            try loop.run { amounts.count == 4 }
            #expect(amounts == [2, 2, 4, 4])
            #expect(loop.reports.isEmpty)
        }
    }

    // B-SEND-003
    @Test(arguments: Environment.allCases)
    func `after close the completion gets the state`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            var outcomes: [String] = []
            pair.accepted.close()
            pair.accepted.send("hi") { outcomes.append("\($0?.message ?? "sent"), \(pair.accepted.bufferedAmount)") }
            #expect(outcomes.isEmpty)
            var isClosed = false
            pair.accepted.on(.close) { _, _ in isClosed = true }
            try loop.run { isClosed }
            pair.accepted.send("hi") { outcomes.append("\($0?.message ?? "sent"), \(pair.accepted.bufferedAmount)") }
            try loop.run { outcomes.count == 2 }
            #expect(outcomes.first?.hasPrefix("WebSocket is not open: readyState 2 (CLOSING), ") == true)
            #expect(outcomes.last == "WebSocket is not open: readyState 3 (CLOSED), 4")
        }
    }

    // B-SEND-004
    @Test(arguments: Environment.allCases)
    func `a million floats come back as they were`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            pair.accepted.on(.message) { data, isBinary in pair.accepted.send(data, binary: isBinary) }
            let floats = (0..<1 << 20).map { Float($0) / 3 }
            var echo: Message?
            pair.client.on(.message) { message in echo = message }
            pair.client.send(values: floats)
            try loop.run { echo != nil }
            #expect(echo?.isBinary == true)
            #expect(echo?.bytes.count == 4 << 20)
            let isEqual = floats.withUnsafeBytes { sent in
                echo?.bytes.withUnsafeBytes { $0.elementsEqual(sent) }
            }
            #expect(isEqual == true)
        }
    }

    // B-SEND-005
    @Test(arguments: Environment.allCases)
    func `text comes back as text`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            pair.accepted.on(.message) { data, isBinary in pair.accepted.send(data, binary: isBinary) }
            pair.client.send("hi")
            try loop.run { !journal["client"].isEmpty }
            #expect(journal["client"] == [#"message "hi""#])
        }
    }

    // B-SEND-006, B-SEND-017
    @Test(arguments: Environment.allCases)
    func `fragments are one message of the first one's type`(environment: Environment) throws {
        let two = try received(environment) {
            $0.send("fragment", fin: false)
            $0.send("fragment", fin: true)
        }
        #expect(two == [#"message "fragmentfragment""#])
        let three = try received(environment, count: 3) {
            $0.send("a", fin: false)
            $0.send([0x62], fin: false)
            $0.ping()
            $0.send([0x63], binary: true)
            $0.send([0x64])
        }
        #expect(three == ["ping ", #"message "abc""#, "message <64>"])
    }

    // B-SEND-007, B-SEND-014, B-SEND-016, B-SEND-009, B-SEND-010
    @Test(arguments: Environment.allCases)
    func `every form`(environment: Environment) throws {
        let lines = try received(environment, count: 12) { client in
            client.send(0)
            client.send(-1.5)
            client.send(Double.nan)
            client.send()
            client.send("")
            client.send([1, 2])
            client.send(Bytes([3]))
            client.send([0x68, 0x69], binary: false)
            client.send("hi", binary: true)
            client.send(Message(bytes: Bytes(utf8: "m"), isBinary: false))
            client.send(Message(bytes: Bytes(utf8: "m"), isBinary: false), binary: true)
            client.send(values: [UInt16(0x0201)])
        }
        #expect(
            lines == [
                #"message "0""#, #"message "-1.5""#, #"message "nan""#, "message <>", #"message """#, "message <0102>",
                "message <03>", #"message "hi""#, "message <6869>", #"message "m""#, "message <6d>", "message <0102>",
            ])
    }

    // B-SEND-008
    @Test(arguments: Environment.allCases)
    func `a part of a collection is just that part`(environment: Environment) throws {
        let bytes: [UInt8] = [0, 1, 2, 3, 4, 5]
        let floats: [Float] = [0, 1, 2, 3]
        let lines = try received(environment, count: 2) { client in
            client.send(bytes[2..<4])
            client.send(values: Array(floats[1..<2]))
        }
        #expect(lines == ["message <0203>", "message <0000803f>"])
    }

    // B-SEND-012, B-SEND-020
    @Test(arguments: Environment.allCases)
    func `completions come in the order of sending, once written`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            var order: [String] = []
            func done(_ name: String) -> WebSocket.Completion {
                { error in
                    #expect(error == nil)
                    order.append(name)
                }
            }
            pair.accepted.send("a", completion: done("small"))
            pair.accepted.send([UInt8](repeating: 0, count: 100_000), completion: done("large"))
            pair.accepted.ping(completion: done("ping"))
            try pair.accepted.pong("x", completion: done("pong"))
            pair.accepted.send(PreparedMessage(Message(bytes: Bytes(), isBinary: true)), completion: done("prepared"))
            pair.accepted.send("b", fin: false, completion: done("fragment"))
            pair.accepted.send("", completion: done("end"))
            #expect(order.isEmpty)
            try loop.run { order.count == 7 }
            #expect(order == ["small", "large", "ping", "pong", "prepared", "fragment", "end"])
            #expect(pair.accepted.bufferedAmount == 0)
        }
    }

    // B-SEND-019, F-7
    @Test(arguments: Environment.allCases)
    func `the caller's bytes are not changed, and changing them later changes nothing`(
        environment: Environment
    ) throws {
        var bytes = [UInt8](repeating: 5, count: 10_000)
        let mine = Bytes(bytes)
        let lines = try received(environment, count: 2) { client in
            client.send(bytes)
            client.send(mine)
            #expect(bytes.areAll(5))
            bytes[0] = 6
        }
        #expect(mine.areAll(5))
        #expect(lines.areAll("message <\(String(repeating: "05", count: 16))…10000>"))
    }

    // B-SEND-018: what cannot become bytes does not compile; bytes sent as text that are none are the peer's to refuse.
    @Test(arguments: Environment.allCases)
    func `bytes sent as text are not checked by the sender`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            pair.client.send([0xFF], binary: false)
            try loop.run { journal["client"].count == 1 && journal["server"].count == 2 }
            #expect(journal["client"] == ["close 1007"])
            #expect(
                journal["server"] == [
                    "error Error: Invalid WebSocket frame: invalid UTF-8 sequence [WS_ERR_INVALID_UTF8]", "close 1006",
                ])
        }
    }
}
