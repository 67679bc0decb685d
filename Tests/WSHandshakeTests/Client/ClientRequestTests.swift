import Testing
import WSHandshake

@Suite("RFC 6455 §4.1 What a client sends")
struct ClientRequestTests {
    private static let nonce = Array("the sample nonce".utf8)

    /// The request for an address, with options changed.
    private func request(
        _ address: String, _ change: (inout ClientHandshake.Options) throws -> Void = { _ in }
    ) throws -> RequestHead {
        var options = ClientHandshake.Options(url: try WebSocketURL(address))
        try change(&options)
        return try ClientHandshake(options, nonce: Self.nonce).request
    }

    // R-4.1-9, R-4.1-12, R-4.1-14, R-4.1-16, B-HDR-006, B-HDR-011, B-CTOR-010
    @Test func `the plain request is exactly these bytes`() throws {
        let options = ClientHandshake.Options(url: try WebSocketURL("ws://server.example.com/chat"))
        let handshake = try ClientHandshake(options, nonce: Self.nonce)
        let expected = """
            GET /chat HTTP/1.1\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Host: server.example.com\r
            \r

            """
        #expect(text(handshake.requestBytes()) == expected)
        #expect(try handshake.request.serialized() == handshake.requestBytes())
    }

    // B-HDR-004, B-HDR-010, B-HDR-013, R-4.1-15
    @Test func `every option in Node's order is exactly these bytes`() throws {
        var options = ClientHandshake.Options(url: try WebSocketURL("wss://u:p@h:8443/a?b"))
        options.headers = try HeaderFields(validating: [("Cookie", "foo=bar"), ("X", "\u{E9}")])
        options.extensions = [
            ExtensionOffer(name: "permessage-deflate", parameters: [.init(name: "client_max_window_bits")])
        ]
        options.subprotocols = ["a", "b"]
        options.origin = "https://example.com:8000"
        let expected = """
            GET /a?b HTTP/1.1\r
            Cookie: foo=bar\r
            X: \u{E9}\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r
            Sec-WebSocket-Protocol: a,b\r
            Origin: https://example.com:8000\r
            Host: h:8443\r
            Authorization: Basic dTpw\r
            \r

            """
        #expect(text(try ClientHandshake(options, nonce: Self.nonce).requestBytes()) == expected)
    }

    // R-4.1-10, R-3-4
    @Test(arguments: [
        ("ws://h", "/"), ("ws://h?x", "/?x"), ("ws://h/?", "/"), ("ws://h/a?b?c", "/a?b?c"), ("ws://h/é", "/%C3%A9"),
    ])
    func `the target is the resource name`(address: String, target: String) throws {
        #expect(try request(address).target == target)
    }

    // R-4.1-11, B-HDR-005, U-1
    @Test(arguments: [
        ("wss://localhost:8443", "localhost:8443"), ("wss://localhost:443", "localhost"),
        ("ws://localhost:88", "localhost:88"),
        ("ws://localhost:80", "localhost"), ("ws://localhost:443", "localhost:443"), ("ws://[::1]:9/", "[::1]:9"),
        ("ws://[::1]", "[::1]"),
        ("ws+unix:/s:/p", "localhost"), ("ws://u:p@h", "h"), ("ws://EXAMPLE.com", "example.com"),
    ])
    func `one Host names the server, and the port unless it is the default`(address: String, host: String) throws {
        let request = try request(address)
        #expect(request.fields.values(of: "Host") == [host])
    }

    // R-4.1-13, B-HDR-014
    @Test func `the key is the Base64 of the nonce`() throws {
        let options = ClientHandshake.Options(url: try WebSocketURL("ws://h"))
        var keys: Set<String> = []
        for number in 0..<256 {
            var nonce = [UInt8](repeating: 0, count: 16)
            nonce[number % 16] = UInt8(truncatingIfNeeded: number)
            nonce[15] = UInt8(truncatingIfNeeded: number)
            let key = try ClientHandshake(options, nonce: nonce).request.fields["Sec-WebSocket-Key"] ?? ""
            #expect(AcceptKey.isKey(key))
            keys.insert(key)
        }
        #expect(keys.count == 256)
    }

    // R-4.1-13
    @Test(arguments: [0, 1, 15, 17, 32])
    func `a nonce is 16 bytes long`(count: Int) throws {
        let options = ClientHandshake.Options(url: try WebSocketURL("ws://h"))
        #expect(throws: HandshakeMisuse.invalidNonce(byteCount: count)) {
            try ClientHandshake(options, nonce: [UInt8](repeating: 1, count: count))
        }
    }

    // R-4.1-15, B-CTOR-005, B-CTOR-006
    @Test(arguments: [
        ([""], ""), (["a b"], "a b"), (["a,b"], "a,b"), (["a", "a"], "a"), (["a", "é"], "é"), (["a", "b", "a"], "a"),
        (["a\r\nX: y"], "a\r\nX: y"),
        (["a", ""], ""), (["a;q"], "a;q"),
    ])
    func `a subprotocol that is no token, or comes twice, is refused`(names: [String], invalid: String) throws {
        let error = #expect(throws: HandshakeMisuse.invalidSubprotocol(invalid)) {
            try request("ws://h") { $0.subprotocols = names }
        }
        #expect(error?.description == "An invalid or duplicated subprotocol was specified")
    }

    // R-4.1-15, H-4, H-c
    @Test(arguments: everyOctet)
    func `each character of a subprotocol, extension, origin and credential is checked`(octet: UInt8) throws {
        let part = "a" + String(octet: octet)
        let subprotocol = Result { try request("ws://h") { $0.subprotocols = [part] } }
        let extensions = Result { try request("ws://h") { $0.extensions = [ExtensionOffer(name: part)] } }
        #expect(((try? subprotocol.get()) != nil) == tokenOctets.contains(octet))
        #expect(((try? extensions.get()) != nil) == tokenOctets.contains(octet))

        let isControl = octet < 0x20 || octet == 0x7F
        let origin = Result { try request("ws://h") { $0.origin = part + "b" } }
        #expect(((try? origin.get()) != nil) == (!isControl || octet == 0x09))
        let credentials = Result { try request("ws://h") { $0.auth = part } }
        #expect(((try? credentials.get()) != nil) == !isControl)
    }

    // B-HDR-007, B-HDR-008, V8-2, V8-4
    @Test func `the origin goes where the version wants it`() throws {
        let new = try request("ws://h") { $0.origin = "https://example.com:8000" }
        #expect(new.fields["Origin"] == "https://example.com:8000")
        #expect(new.fields["Sec-WebSocket-Origin"] == nil)
        let old = try request("ws://h") {
            $0.origin = "https://example.com:8000"
            $0.version = .hybi8
        }
        #expect(old.fields["Origin"] == nil)
        #expect(old.fields["Sec-WebSocket-Origin"] == "https://example.com:8000")
        #expect(old.fields.values(of: "Sec-WebSocket-Version") == ["8"])
    }

    // B-HDR-008, B-HDR-015
    @Test func `an origin among the headers loses to the option, in the field of either version`() throws {
        for (version, name) in [(ProtocolVersion.rfc6455, "Origin"), (.hybi8, "Sec-WebSocket-Origin")] {
            for origin in [nil, "http://option"] {
                let head = try request("ws://h") {
                    $0.version = version
                    $0.origin = origin
                    $0.headers = try HeaderFields(validating: [(name, "http://header")])
                }
                #expect(head.fields.values(of: name) == [origin ?? "http://header"])
            }
        }
    }

    // B-HDR-001, B-HDR-002, B-HDR-003, B-HDR-016, R-3-6, W-07
    @Test(arguments: [
        ("ws://test:testpass@h", nil, "Basic dGVzdDp0ZXN0cGFzcw=="), ("ws://h", "user:pass", "Basic dXNlcjpwYXNz"),
        ("ws://test:testpass@h", "user:pass", "Basic dGVzdDp0ZXN0cGFzcw=="), ("ws://u@h", nil, "Basic dTo="),
        ("ws://u%40x:p@h", nil, "Basic dUB4OnA="),
        ("ws://Aladdin:open%20sesame@h", nil, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ("ws://h", "é:", "Basic w6k6"), ("ws://h", nil, nil),
    ])
    func `credentials of the address, else of the option, become Basic authentication`(
        address: String, auth: String?, expected: String?
    ) throws {
        let request = try request(address) { $0.auth = auth }
        #expect(request.fields["Authorization"] == expected)
        #expect(request.fields.count(of: "Authorization") == (expected == nil ? 0 : 1))
    }

    // B-HDR-015, R-4.1-18, R-11.3-1
    @Test(arguments: ["Sec-WebSocket-Key", "SEC-WEBSOCKET-VERSION", "connection", "Upgrade", "Sec-WebSocket-Accept"])
    func `the application cannot replace the fields of the handshake`(name: String) throws {
        let plain = try request("ws://h")
        let request = try request("ws://h") { try $0.headers.append(name: name, value: "mine") }
        #expect(request == plain)
    }

    // R-4.1-18
    @Test(arguments: [
        ("Sec-WebSocket-Extensions", "x"), ("Sec-WebSocket-Protocol", "a"), ("Origin", "http://o"),
    ])
    func `an option that is set wins over the application's field, else the field is sent`(
        name: String, value: String
    ) throws {
        let alone = try request("ws://h") { try $0.headers.append(name: name, value: "mine") }
        #expect(alone.fields.values(of: name) == ["mine"])
        let both = try request("ws://h") {
            try $0.headers.append(name: name, value: "mine")
            $0.extensions = [ExtensionOffer(name: "x")]
            $0.subprotocols = ["a"]
            $0.origin = "http://o"
        }
        #expect(both.fields.values(of: name) == [value])
    }

    // R-4.1-11, R-4.1-18
    @Test func `Host and Authorization are the application's to replace, once`() throws {
        let replaced = try request("ws://u:p@h:1") {
            try $0.headers.append(name: "host", value: "other:2")
            try $0.headers.append(name: "Authorization", value: "Bearer x")
        }
        #expect(replaced.fields.values(of: "Host") == ["other:2"])
        #expect(replaced.fields.values(of: "Authorization") == ["Bearer x"])
        for (name, value) in [("Host", "h"), ("Authorization", "x")] {
            #expect(throws: HandshakeMisuse.repeatedField(name)) {
                try request("ws://h") {
                    try $0.headers.append(name: name, value: value)
                    try $0.headers.append(name: name, value: value)
                }
            }
        }
        for host in ["", "a b", "h:99999", "u@h", "é"] {
            #expect(throws: HandshakeMisuse.invalidHost(host)) {
                try request("ws://h") { try $0.headers.append(name: "Host", value: host) }
            }
        }
    }

    // R-4.1-18, H-24, H-d
    @Test(arguments: ["Content-Length", "transfer-encoding"])
    func `a field that announces a body is refused`(name: String) {
        #expect(throws: HandshakeMisuse.reservedField(name)) {
            try request("ws://h") { try $0.headers.append(name: name, value: "5") }
        }
    }

    // R-4.1-17
    @Test func `the request is complete: a server needs nothing after it`() throws {
        let client = try sampleClient(subprotocols: ["a"], extensions: ["x"])
        let reading = feedEveryWay(client.requestBytes(), { serverMachine() })
        guard case .upgrade(let upgrade) = reading.answer else {
            Issue.record("\(String(describing: reading.answer))")
            return
        }
        #expect(upgrade.key == SampleRequest.key)
        #expect(upgrade.subprotocols == ["a"])
        #expect(upgrade.extensionsField == "x")
        #expect(reading.leftOver.isEmpty)
    }

    // U-8, H-35
    @Test func `a long path is sent whole and read by a server`() throws {
        let path = "/" + String(repeating: "p", count: 7899)
        let request = try request("ws://h" + path)
        #expect(request.target == path)
        guard case .upgrade(let upgrade) = feed(try request.serialized(), serverMachine()).answer else {
            Issue.record("not accepted")
            return
        }
        #expect(upgrade.path == path)
    }
}
