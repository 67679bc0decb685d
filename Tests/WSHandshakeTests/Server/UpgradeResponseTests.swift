import Testing
import WSHandshake

@Suite("RFC 6455 §4.2.2 What a server answers")
struct UpgradeResponseTests {
    private func request(_ sample: SampleRequest = SampleRequest()) throws -> UpgradeRequest {
        try #require(sample.upgrade)
    }

    // R-4.2.2-7, H-28, R-4.2.2-8
    @Test func `the plain answer is exactly these bytes`() throws {
        let expected = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
            \r

            """
        #expect(text(try request().response().serialized()) == expected)
    }

    // R-4.2.2-7, B-UPG-007
    @Test func `subprotocol, extensions and further fields follow in this order`() throws {
        let extras = try HeaderFields(validating: [("Set-Cookie", "a=b"), ("Set-Cookie", "c=d"), ("X", "\u{E9}")])
        let offer = SampleRequest().with("Sec-WebSocket-Extensions", "c, a; b")
        let response = try request(offer).response(
            subprotocol: "superchat",
            extensions: [
                ExtensionOffer(name: "a", parameters: [.init(name: "b", value: "1")]), ExtensionOffer(name: "c"),
            ],
            extraFields: extras)
        let expected = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
            Sec-WebSocket-Protocol: superchat\r
            Sec-WebSocket-Extensions: a; b=1, c\r
            Set-Cookie: a=b\r
            Set-Cookie: c=d\r
            X: \u{E9}\r
            \r

            """
        #expect(text(try response.serialized()) == expected)
    }

    // R-4.2.2-5, R-9-1, R-4.2.2-6, B-HP-003
    @Test func `without a choice there is neither a subprotocol nor an extension`() throws {
        let fields = try request().response().fields
        #expect(!fields.contains("Sec-WebSocket-Protocol"))
        #expect(!fields.contains("Sec-WebSocket-Extensions"))
        #expect(!fields.contains("Content-Length"))
        #expect(!fields.contains("Transfer-Encoding"))
    }

    // R-4.2.2-5
    @Test(arguments: ["other", "CHAT", "chat2"])
    func `a subprotocol that was not offered is refused`(name: String) throws {
        let request = try request()
        #expect(throws: HandshakeMisuse.subprotocolNotOffered(name)) { try request.response(subprotocol: name) }
    }

    // B-HP-002
    @Test func `a subprotocol that was not offered is sent when the application insists`() throws {
        let response = try request().response(subprotocol: "other", allowsUnofferedSubprotocol: true)
        #expect(response.fields["Sec-WebSocket-Protocol"] == "other")
    }

    // R-4.2.2-5, H-4, H-c, W-06
    @Test(arguments: everyOctet)
    func `a subprotocol that is no token never reaches the wire`(octet: UInt8) throws {
        let name = "a" + String(octet: octet)
        let request = try request()
        if tokenOctets.contains(octet) {
            let response = try request.response(subprotocol: name, allowsUnofferedSubprotocol: true)
            #expect(response.fields["Sec-WebSocket-Protocol"] == name)
        } else {
            #expect(throws: HandshakeMisuse.invalidSubprotocol(name)) {
                try request.response(subprotocol: name, allowsUnofferedSubprotocol: true)
            }
        }
    }

    // R-4.2.2-5, B-HP-004
    @Test func `an empty subprotocol never reaches the wire`() throws {
        let request = try request()
        #expect(throws: HandshakeMisuse.invalidSubprotocol("")) {
            try request.response(subprotocol: "", allowsUnofferedSubprotocol: true)
        }
    }

    // H-4, H-c, R-4.3-1
    @Test(arguments: everyOctet)
    func `an extension that is no token never reaches the wire`(octet: UInt8) throws {
        let part = "a" + String(octet: octet)
        let request = try request(
            SampleRequest().with("Sec-WebSocket-Extensions", tokenOctets.contains(octet) ? "x, \(part)" : "x"))
        let offers = [
            ExtensionOffer(name: part), ExtensionOffer(name: "x", parameters: [.init(name: part)]),
            ExtensionOffer(name: "x", parameters: [.init(name: "y", value: part)]),
        ]
        for offer in offers {
            if tokenOctets.contains(octet) {
                #expect(throws: Never.self) { try request.response(extensions: [offer]) }
            } else {
                #expect(throws: HandshakeMisuse.invalidExtension(part)) { try request.response(extensions: [offer]) }
            }
        }
    }

    // R-9.1-3
    @Test func `a formatted extension value is sent as it is, when it is one`() throws {
        let request = try request(
            SampleRequest().with("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"))
        let response = try request.response(extensionsField: "permessage-deflate; client_max_window_bits=8")
        #expect(response.fields["Sec-WebSocket-Extensions"] == "permessage-deflate; client_max_window_bits=8")
        #expect(try request.response(extensionsField: nil).fields.count == 3)
        for value in ["", "a\r\nX: y", "a;", "é"] {
            #expect(throws: HandshakeMisuse.invalidExtension(value)) { try request.response(extensionsField: value) }
        }
        let extras = try HeaderFields(validating: [("Sec-WebSocket-Extensions", "a;")])
        #expect(throws: HandshakeMisuse.invalidExtension("a;")) { try request.response(extraFields: extras) }
    }

    // R-9-1, R-4.2.2-6, V8-7
    @Test(arguments: [nil, "", "foo;=", "a", "permessage-deflate-x, a; permessage-deflate"])
    func `an extension that was not offered is refused`(offered: String?) throws {
        let sample = offered.map { SampleRequest().with("Sec-WebSocket-Extensions", $0) } ?? SampleRequest()
        let request = try request(sample)
        let misuse = HandshakeMisuse.invalidExtension("permessage-deflate")
        #expect(throws: misuse) { try request.response(extensions: [ExtensionOffer(name: "permessage-deflate")]) }
        #expect(throws: misuse) {
            try request.response(extensionsField: "permessage-deflate; server_no_context_takeover")
        }
        let extras = try HeaderFields(validating: [("Sec-WebSocket-Extensions", "permessage-deflate")])
        #expect(throws: misuse) { try request.response(extraFields: extras) }
    }

    // R-4.2.2-8, R-11.3-2, H-28
    @Test(arguments: [
        "Upgrade", "connection", "Sec-WebSocket-Accept", "Content-Length", "transfer-encoding",
    ])
    func `a field that is the handshake's own is refused among the others`(name: String) throws {
        let request = try request()
        let extras = try HeaderFields(validating: [(name, "x")])
        #expect(throws: HandshakeMisuse.reservedField(name)) { try request.response(extraFields: extras) }
    }

    // R-4.2.2-8, R-11.3-2
    @Test func `subprotocol and extensions stand in the answer once`() throws {
        let request = try request()
        let subprotocol = try HeaderFields(validating: [("Sec-WebSocket-Protocol", "chat")])
        let extensions = try HeaderFields(validating: [("Sec-WebSocket-Extensions", "a")])
        #expect(throws: HandshakeMisuse.repeatedField("Sec-WebSocket-Protocol")) {
            try request.response(subprotocol: "chat", extraFields: subprotocol)
        }
        #expect(throws: HandshakeMisuse.repeatedField("Sec-WebSocket-Extensions")) {
            try request.response(extensions: [ExtensionOffer(name: "a")], extraFields: extensions)
        }
        let twice = try HeaderFields(validating: [
            ("Sec-WebSocket-Protocol", "chat"), ("sec-websocket-protocol", "chat"),
        ])
        #expect(throws: HandshakeMisuse.repeatedField("Sec-WebSocket-Protocol")) {
            try request.response(extraFields: twice)
        }
    }

    // B-UPG-008, W-06
    @Test func `a subprotocol among the further fields is checked like any other`() throws {
        let request = try request()
        func fields(_ name: String) throws -> HeaderFields {
            try HeaderFields(validating: [("Sec-WebSocket-Protocol", name)])
        }
        #expect(try request.response(extraFields: fields("chat")).fields["Sec-WebSocket-Protocol"] == "chat")
        #expect(throws: HandshakeMisuse.subprotocolNotOffered("foo")) {
            try request.response(extraFields: fields("foo"))
        }
        #expect(throws: HandshakeMisuse.invalidSubprotocol("a, b")) {
            try request.response(extraFields: fields("a, b"))
        }
        let response = try request.response(extraFields: fields("foo"), allowsUnofferedSubprotocol: true)
        #expect(response.fields["Sec-WebSocket-Protocol"] == "foo")
    }

    // R-4.2.2-9, R-4.1-28
    @Test func `what a server sends right after its answer reaches the client`() throws {
        let client = try sampleClient(subprotocols: ["chat"])
        let outcome = feed(client.requestBytes(), serverMachine()).answer
        guard case .upgrade(let request) = outcome else {
            Issue.record("\(String(describing: outcome))")
            return
        }
        let frame: [UInt8] = [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]
        let answer = try request.response(subprotocol: "chat").serialized() + frame
        let reading = feedEveryWay(answer, { clientMachine(client) })
        #expect(reading.answer?.opened?.subprotocol == "chat")
        #expect(reading.leftOver == frame)
    }
}
