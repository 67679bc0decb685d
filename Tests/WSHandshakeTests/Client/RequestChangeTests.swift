import Testing
import WSHandshake

@Suite("Node API: a request that is changed before it is sent")
struct RequestChangeTests {
    private func handshake() throws -> ClientHandshake {
        var options = ClientHandshake.Options(url: try WebSocketURL("ws://example.com/chat"))
        options.headers = try HeaderFields(validating: [("Cookie", "a=b"), ("X-Test", "1"), ("x-test", "2")])
        options.origin = "https://example.com"
        return try ClientHandshake(options, nonce: Array("the sample nonce".utf8))
    }

    // B-HDR-009
    @Test func `a field gets one line, in the place of all it had`() throws {
        var changed = try handshake()
        try changed.setField("X-TEST", to: "3")
        try changed.setField("Authorization", to: "Basic eDp5")
        try changed.setField("host", to: "other.example:8080")
        #expect(changed.request.fields.values(of: "x-test") == ["3"])
        #expect(changed.request.fields.values(of: "Host") == ["other.example:8080"])
        let written = text(changed.requestBytes())
        #expect(written.contains("\r\nAuthorization: Basic eDp5\r\n"))
        #expect(written.contains("\r\nCookie: a=b\r\n"))
        #expect(!written.contains(": example.com\r\n"))
    }

    // B-HDR-009
    @Test func `fields are removed, but not what the handshake consists of`() throws {
        let before = try handshake()
        var changed = before
        for name in ["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "sec-websocket-version"] {
            changed.removeField(name)
        }
        #expect(changed.request == before.request)
        for name in ["cookie", "X-Test", "Origin", "absent"] { changed.removeField(name) }
        #expect(
            changed.request.fields.map(\.name)
                == ["Sec-WebSocket-Version", "Sec-WebSocket-Key", "Connection", "Upgrade", "Host"])
    }

    // H-c
    @Test(arguments: [
        ("Upgrade", "x", HandshakeMisuse.reservedField("Upgrade")), ("connection", "x", .reservedField("connection")),
        ("Sec-WebSocket-Key", "x", .reservedField("Sec-WebSocket-Key")),
        ("Sec-WebSocket-Protocol", "x", .reservedField("Sec-WebSocket-Protocol")),
        ("Content-Length", "1", .reservedField("Content-Length")),
        ("Transfer-Encoding", "chunked", .reservedField("Transfer-Encoding")),
        ("Host", "a b", .invalidHost("a b")), ("Host", "h/p", .invalidHost("h/p")),
    ])
    func `what the handshake decides, or would give it a body, is not to be set`(
        name: String, value: String, misuse: HandshakeMisuse
    ) throws {
        let before = try handshake()
        var changed = before
        #expect(throws: misuse) { try changed.setField(name, to: value) }
        #expect(changed.request == before.request)
        #expect(!misuse.description.isEmpty)
    }

    // H-c
    @Test(arguments: [("X Y", "1"), ("", "1"), ("X", "1\r\nY: 2"), ("X", "\u{0}")])
    func `what cannot be written as a field is refused, in the words of the field's fault`(
        name: String, value: String
    ) throws {
        let before = try handshake()
        var changed = before
        let misuse = #expect(throws: HandshakeMisuse.self) { try changed.setField(name, to: value) }
        guard case .field(let fault) = misuse else {
            Issue.record("\(String(describing: misuse))")
            return
        }
        #expect(misuse?.description == fault.description)
        #expect(changed.request == before.request)
    }

    // H-c
    @Test func `credentials are in no text about them`() throws {
        var options = ClientHandshake.Options(url: try WebSocketURL("ws://h"))
        options.auth = "me:sec\nret"
        let misuse = #expect(throws: HandshakeMisuse.invalidCredentials) {
            try ClientHandshake(options, nonce: Array("the sample nonce".utf8))
        }
        #expect(misuse?.description == "The credentials contain a control character")
    }
}
