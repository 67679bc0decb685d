import WSHandshake

/// A 101 to a client whose nonce is `the sample nonce`, as in RFC 6455 §1.3.
struct SampleResponse {
    var line = "HTTP/1.1 101 Switching Protocols"
    var fields: [(name: String, value: String)] = [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", SampleRequest.accept),
    ]

    init() {}

    init(line: String) { self.line = line }

    func without(_ name: String) -> SampleResponse {
        var response = self
        response.fields.removeAll { $0.name == name }
        return response
    }

    func with(_ name: String, _ values: String...) -> SampleResponse {
        var response = without(name)
        for value in values { response.fields.append((name, value)) }
        return response
    }

    var text: String {
        "\(line)\r\n" + fields.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
    }
}

/// A client that has sent its request with the nonce of RFC 6455 §1.3.
func sampleClient(
    subprotocols: [String] = [], extensions: [String] = [], limits: HeadLimits = .standard
) throws -> ClientHandshake {
    var options = ClientHandshake.Options(url: try WebSocketURL("ws://server.example.com/chat"))
    options.subprotocols = subprotocols
    options.extensions = extensions.map { ExtensionOffer(name: $0) }
    options.limits = limits
    return try ClientHandshake(options, nonce: Array("the sample nonce".utf8))
}

/// The client's decision about a response given in one piece; nil while it needs more.
func answer(
    _ response: String, subprotocols: [String] = [], extensions: [String] = [], limits: HeadLimits = .standard
) throws -> ClientHandshake.Outcome? {
    let client = try sampleClient(subprotocols: subprotocols, extensions: extensions, limits: limits)
    return feed(octets(response), clientMachine(client)).answer
}

extension ClientHandshake.Outcome {
    /// What opened the connection, if anything did.
    var opened: UpgradeResponse? { if case .opened(let response) = self { response } else { nil } }
    /// Why it failed, if it did.
    var error: ClientHandshakeError? { if case .failed(let error, _) = self { error } else { nil } }
    /// The status of an answer that is no switch.
    var unexpectedStatus: Int? { if case .unexpectedResponse(let head) = self { head.status } else { nil } }
}
