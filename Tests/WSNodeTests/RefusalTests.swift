import Testing
import WSNode

@Suite("Node API §3.8: refused handshakes")
struct RefusalTests {
    /// One request, and what it is answered with.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var line = "GET / HTTP/1.1"
        var fields: [(String, String)] = []
        var status: Int
        var body: String
        var extra: String?
        var testDescription: String { name }
    }

    private static let badKey = "Missing or invalid Sec-WebSocket-Key header"
    private static let badVersion = "Missing or invalid Sec-WebSocket-Version header"
    private static let versions = "Sec-WebSocket-Version: 13, 8"
    private static let badProtocol = "Invalid Sec-WebSocket-Protocol header"

    // B-ABORT-001, B-ABORT-002, B-ABORT-003, B-ABORT-004, B-ABORT-005, B-ABORT-006, B-ABORT-007, B-ABORT-008,
    // B-ABORT-016, B-UPG-003, W-09, W-10
    static let cases = [
        Case(name: "POST", line: "POST / HTTP/1.1", status: 405, body: "Invalid HTTP method"),
        Case(name: "Upgrade: foo", fields: [("Upgrade", "foo")], status: 400, body: "Invalid Upgrade header"),
        Case(name: "no key", fields: [("Sec-WebSocket-Key", "")], status: 400, body: badKey),
        Case(name: "a short key", fields: [("Sec-WebSocket-Key", "P5l8BJcZwRc=")], status: 400, body: badKey),
        Case(
            name: "Hixie 76",
            fields: [
                ("Sec-WebSocket-Key", ""), ("Sec-WebSocket-Version", ""), ("Sec-WebSocket-Key1", "3e6b263  4 17 80"),
                ("Sec-WebSocket-Key2", "17  9 G`ZD9   2 2b 7X 3 /r90"),
            ], status: 400, body: badKey),
        Case(
            name: "no version", fields: [("Sec-WebSocket-Version", "")], status: 400, body: badVersion, extra: versions),
        Case(
            name: "version 12", fields: [("Sec-WebSocket-Version", "12")], status: 400, body: badVersion,
            extra: versions),
        Case(
            name: "version 0xd", fields: [("Sec-WebSocket-Version", "0xd")], status: 400, body: badVersion,
            extra: versions),
        Case(
            name: "protocol foo;bar", fields: [("Sec-WebSocket-Protocol", "foo;bar")], status: 400, body: badProtocol),
        Case(name: "protocol twice", fields: [("Sec-WebSocket-Protocol", "a,a")], status: 400, body: badProtocol),
        Case(
            name: "protocol empty member", fields: [("Sec-WebSocket-Protocol", "a,,b")], status: 400, body: badProtocol),
        Case(name: "HTTP/1.0", line: "GET / HTTP/1.0", status: 400, body: "Bad Request"),
    ]

    @Test(arguments: Environment.allCases, cases)
    func `the answer`(environment: Environment, refused: Case) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            server.on(.connection) { _, _ in Issue.record("accepted") }
            server.on(.headers) { _, _ in Issue.record("accepted") }
            let peer = try loop.connectRaw(to: server)
            peer.write(Wire.request(refused.line, fields: refused.fields))
            try loop.run { peer.hasEnded }
            let head = try #require(peer.takeHead())
            let lines = head.split(separator: "\r\n").map(String.init)
            #expect(lines.first?.hasPrefix("HTTP/1.1 \(refused.status) ") == true)
            #expect(lines.contains("Connection: close"))
            #expect(lines.contains("Content-Type: text/html"))
            #expect(lines.contains("Content-Length: \(refused.body.utf8.count)"))
            if let extra = refused.extra { #expect(lines.contains(extra)) }
            #expect(peer.text == refused.body)
        }
    }

    // B-ABORT-002
    @Test(arguments: Environment.allCases)
    func `without an Upgrade field it is an ordinary request`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let peer = try loop.connectRaw(to: server)
            peer.write(Wire.request(fields: [("Upgrade", "")]))
            try loop.run { peer.hasEnded }
            #expect(peer.text.hasPrefix("HTTP/1.1 426 Upgrade Required\r\n"))
        }
    }

    // B-ABORT-019
    @Test(arguments: Environment.allCases)
    func `the bytes of a refusal`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let peer = try loop.connectRaw(to: server)
            peer.write(Wire.request("POST / HTTP/1.1"))
            try loop.run { peer.hasEnded }
            #expect(
                peer.text == "HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Type: text/html\r\n"
                    + "Content-Length: 19\r\nAllow: GET\r\n\r\nInvalid HTTP method")
        }
    }

    // B-ABORT-011, B-ABORT-018
    @Test(arguments: Environment.allCases)
    func `a server that is closing answers 503`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let peer = try loop.connectRaw(to: server)
            peer.write("GET / HTTP/1.1\r\n")
            loop.run(for: .milliseconds(5))
            var isClosed = false
            server.close { _ in isClosed = true }
            peer.write(Array(Wire.request().dropFirst("GET / HTTP/1.1\r\n".utf8.count)))
            try loop.run { peer.hasEnded }
            let head = try #require(peer.takeHead())
            #expect(head.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(peer.text == "Service Unavailable")
            #expect(!isClosed)
            peer.end()
            try loop.run { isClosed }
        }
    }

    // B-ABORT-012, B-ABORT-013, B-ABORT-014, B-ABORT-017
    @Test(
        arguments: Environment.allCases,
        [
            [("Sec-WebSocket-Version", "8")], [("Upgrade", "WebSocket")], [("Sec-WebSocket-Extensions", "foo; bar")],
            [("Sec-WebSocket-Extensions", "=;garbage,,\"")], [("Connection", "keep-alive, Upgrade")],
        ])
    func `what is accepted`(environment: Environment, fields: [(String, String)]) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let (_, accepted, head) = try loop.upgradeRaw(to: server, Wire.request(fields: fields))
            #expect(accepted.extensions == "")
            #expect(head.hasPrefix("HTTP/1.1 101 "))
            #expect(head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
            #expect(!head.contains("Extensions"))
        }
    }

    // H-30, R-7.1.1-1
    @Test(arguments: Environment.allCases)
    func `the answer can be read although a mebibyte follows the bad head`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            for head in [
                Wire.request("POST / HTTP/1.1"), Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
                Array("garbage\r\n\r\n".utf8), Wire.request("GET / HTTP/1.1", fields: [("Upgrade", "foo")]),
            ] {
                let peer = try loop.connectRaw(to: server)
                peer.write(head + [UInt8](repeating: 0x41, count: 1 << 20))
                try loop.run { peer.isOver && peer.unwrittenCount == 0 }
                #expect(peer.failure == nil)
                #expect(peer.text.hasPrefix("HTTP/1.1 4"))
                #expect(peer.text.contains("\r\n\r\n"))
                peer.end()
            }
        }
    }

    // R-7-3
    @Test(arguments: Environment.allCases)
    func `a peer that never ends its side is dropped`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.closeTimeout = .milliseconds(50) }
            let peer = try loop.connectRaw(to: server)
            peer.write(Wire.request("POST / HTTP/1.1"))
            try loop.run { peer.hasEnded }
            var isClosed = false
            server.close { _ in isClosed = true }
            #expect(!isClosed)
            try loop.run { isClosed }
        }
    }

    // R-7-3, H-a
    @Test(arguments: Environment.allCases)
    func `a request that does not come to its end is answered 408`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.handshakeTimeout = .milliseconds(50) }
            let silent = try loop.connectRaw(to: server)
            let slow = try loop.connectRaw(to: server)
            slow.write("GET / HTTP/1.1\r\n")
            let drip = loop.events.setInterval(.milliseconds(10)) { slow.write("X: y\r\n") }
            try loop.run { silent.hasEnded && slow.hasEnded }
            drip.cancel()
            #expect(silent.text.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            #expect(slow.text.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        }
    }
}
