import WSHandshake

/// The request of RFC 6455 §1.2, whose lines a test replaces, drops or adds to.
struct SampleRequest {
    var line = "GET /chat HTTP/1.1"
    var fields: [(name: String, value: String)] = [
        ("Host", "server.example.com"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", SampleRequest.key),
        ("Origin", "http://example.com"),
        ("Sec-WebSocket-Protocol", "chat, superchat"),
        ("Sec-WebSocket-Version", "13"),
    ]

    /// The key of RFC 6455 §1.3 and the answer to it.
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    init() {}

    init(line: String) { self.line = line }

    /// Without the lines of that name.
    func without(_ name: String) -> SampleRequest {
        var request = self
        request.fields.removeAll { $0.name == name }
        return request
    }

    /// With these lines in place of those of that name, at the end.
    func with(_ name: String, _ values: String...) -> SampleRequest {
        var request = without(name)
        for value in values { request.fields.append((name, value)) }
        return request
    }

    /// With one more line.
    func adding(_ name: String, _ value: String) -> SampleRequest {
        var request = self
        request.fields.append((name, value))
        return request
    }

    var text: String {
        "\(line)\r\n" + fields.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
    }

    /// The server's decision about this request.
    var outcome: ServerHandshake.Outcome? { serve(text).answer }

    /// The request as accepted; nil when it was not.
    var upgrade: UpgradeRequest? {
        if case .upgrade(let request) = outcome { request } else { nil }
    }

    /// The refusal; nil when it was accepted or taken for an ordinary request.
    var refusal: HandshakeRefusal? {
        if case .refused(let refusal) = outcome { refusal } else { nil }
    }

    var isPlain: Bool {
        if case .plainRequest = outcome { true } else { false }
    }
}
