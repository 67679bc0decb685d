import Testing
import WSNode

/// Either of the two frames that `ping` and `pong` send.
enum ControlKind: String, CaseIterable, Sendable {
    case ping, pong

    func send(_ socket: WebSocket, _ completion: WebSocket.Completion? = nil) {
        switch self {
        case .ping: socket.ping(completion: completion)
        case .pong: socket.pong(completion: completion)
        }
    }

    func send(_ socket: WebSocket, _ text: String, _ completion: WebSocket.Completion? = nil) throws(WebSocketError) {
        switch self {
        case .ping: try socket.ping(text, completion: completion)
        case .pong: try socket.pong(text, completion: completion)
        }
    }
}

@Suite("Node API §2.6: ping and pong")
struct PingPongTests {
    private static let connecting = WebSocketError("WebSocket is not open: readyState 0 (CONNECTING)")
    private static let closing = WebSocketError("WebSocket is not open: readyState 2 (CLOSING)")
    private static let closed = WebSocketError("WebSocket is not open: readyState 3 (CLOSED)")

    // B-PING-001, B-PONG-001
    @Test(arguments: Environment.allCases, ControlKind.allCases)
    func `before open they throw, or tell the completion`(environment: Environment, kind: ControlKind) throws {
        try withLoop(environment) { loop in
            let client = try loop.makeClient(of: try loop.makeServer())
            #expect(throws: Self.connecting) { try kind.send(client, "hi") }
            #expect(throws: Self.connecting) { try kind.send(client, "hi") { _ in Issue.record("called back") } }
            var outcome: WebSocketError??
            kind.send(client) { outcome = $0 }
            #expect(outcome == nil)
            #expect(client.bufferedAmount == 0)
            try loop.run { outcome != nil }
            #expect(outcome == Self.connecting)
            kind.send(client)
        }
    }

    // B-PING-002, B-PONG-002
    @Test(arguments: Environment.allCases, ControlKind.allCases)
    func `in states 2 and 3 of a client that gave up they only count`(
        environment: Environment, kind: ControlKind
    ) throws {
        try withLoop(environment) { loop in
            let client = try loop.makeClient(of: try loop.makeServer())
            var amounts: [Int] = []
            client.on(.error) { _ in
                #expect(client.readyState == .closing)
                amounts.append(client.bufferedAmount)
                #expect(throws: Never.self) { try kind.send(client, "hi") }
                amounts.append(client.bufferedAmount)
                kind.send(client)
                amounts.append(client.bufferedAmount)
            }
            client.on(.close) { _, _ in
                #expect(client.readyState == .closed)
                #expect(throws: Never.self) { try kind.send(client, "hi") }
                amounts.append(client.bufferedAmount)
                kind.send(client)
                amounts.append(client.bufferedAmount)
            }
            client.close()
            try loop.run { amounts.count == 5 }
            #expect(amounts == [0, 2, 2, 4, 4])
        }
    }

    // B-PING-003, B-PONG-003
    @Test(arguments: Environment.allCases, ControlKind.allCases)
    func `after close the completion gets the state`(environment: Environment, kind: ControlKind) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            var errors: [WebSocketError?] = []
            pair.accepted.close()
            try kind.send(pair.accepted, "hi") { errors.append($0) }
            var isClosed = false
            pair.accepted.on(.close) { _, _ in
                isClosed = true
                #expect(pair.accepted.bufferedAmount == 2)
            }
            try loop.run { isClosed }
            kind.send(pair.accepted) { errors.append($0) }
            #expect(pair.accepted.bufferedAmount == 2)
            try loop.run { errors.count == 2 }
            #expect(errors == [Self.closing, Self.closed])
        }
    }

    // B-PING-004, B-PING-005, B-PONG-004, B-PONG-005
    @Test(arguments: Environment.allCases, ControlKind.allCases)
    func `with and without data, with and without a completion`(environment: Environment, kind: ControlKind) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal()
            pair.accepted.on(.ping) { journal.note("ping \(String($0))") }
            pair.accepted.on(.pong) { journal.note("pong \(String($0))") }
            var outcomes: [WebSocketError?] = []
            kind.send(pair.client) { outcomes.append($0) }
            kind.send(pair.client)
            try kind.send(pair.client, "hi") { outcomes.append($0) }
            try kind.send(pair.client, "hi")
            try loop.run { journal.lines.count == 4 && outcomes.count == 2 }
            #expect(journal.lines == ["\(kind) ", "\(kind) ", "\(kind) hi", "\(kind) hi"])
            #expect(outcomes == [nil, nil])
        }
    }

    // B-PING-006, B-PONG-006
    @Test(arguments: Environment.allCases)
    func `a number goes as its text`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair(client: { $0.autoPong = false })
            let journal = Journal(pair)
            try pair.client.ping(0)
            try pair.client.pong(0)
            try loop.run { journal["server"].count == 2 }
            #expect(journal["server"] == ["ping 0", "pong 0"])
        }
    }

    // B-PING-007, B-PING-008, B-PONG-007
    @Test(arguments: Environment.allCases, ControlKind.allCases)
    func `the data is at most 125 bytes of UTF-8`(environment: Environment, kind: ControlKind) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            let tooLong = WebSocketError("The data size must not be greater than 125 bytes", name: .range)
            #expect(throws: tooLong) { try kind.send(pair.client, String(repeating: "x", count: 126)) }
            #expect(throws: tooLong) { try kind.send(pair.client, String(repeating: "é", count: 63)) }
            #expect(throws: tooLong) { try pair.client.ping([UInt8](repeating: 0, count: 126)) }
            #expect(pair.client.bufferedAmount == 0)
            try kind.send(pair.client, String(repeating: "é", count: 62) + "x")
            try loop.run { !journal["server"].isEmpty }
            #expect(journal["server"] == ["\(kind) \(String(repeating: "é", count: 62))x"])
        }
    }

    // B-PONG-008
    @Test(arguments: Environment.allCases)
    func `a ping is answered without the program's doing`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            try pair.client.ping("hi")
            try loop.run { journal.lines.count == 2 }
            #expect(journal["server"] == ["ping hi"])
            #expect(journal["client"] == ["pong hi"])
        }
    }

    // B-SRV-007
    @Test(arguments: Environment.allCases)
    func `a server that does not answer pings still reports them`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair(server: { $0.autoPong = false })
            let journal = Journal(pair)
            try pair.client.ping("hi")
            try loop.run { !journal["server"].isEmpty }
            pair.accepted.send("marker")
            try loop.run { !journal["client"].isEmpty }
            #expect(journal.lines == ["server ping hi", #"client message "marker""#])
        }
    }
}
