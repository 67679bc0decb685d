import Testing
import WSHandshake

@Suite("RFC 6455 §4.1 What a client validates")
struct ClientResponseTests {
    // R-4.1-28, R-4.1-31, B-HS-025, H-36
    @Test func `a 101 is the same however it is cut, and frames after it are left over`() throws {
        let frames = "\u{81}\u{01}a\u{89}\u{00}\u{88}\u{02}\u{03}\u{E8}"
        let client = try sampleClient()
        let reading = feedEveryWay(octets(SampleResponse().text + frames), { clientMachine(client) })
        let opened = try #require(reading.answer?.opened)
        #expect(text(reading.leftOver) == frames)
        #expect(opened.subprotocol == nil)
        #expect(opened.extensions == [])
        #expect(opened.head.status == 101)
    }

    @Test func `a decision once made is repeated and takes no more bytes`() throws {
        var client = try sampleClient()
        var consumed = 0
        let bytes = octets(SampleResponse().text)
        let outcome = client.receive(bytes.span.bytes, consumed: &consumed)
        #expect(consumed == bytes.count)
        #expect(client.receive(bytes.span.bytes, consumed: &consumed) == outcome)
        #expect(consumed == 0)
    }

    // R-4.1-32, B-HS-026
    @Test func `the fields of the answer are there for the application`() throws {
        let response = SampleResponse().with("Set-Cookie", "a=b", "c=d")
        let opened = try #require(try answer(response.text)?.opened)
        #expect(opened.head.fields.values(of: "set-cookie") == ["a=b", "c=d"])
        #expect(opened.head.reason == "Switching Protocols")
    }

    // R-4.1-19, B-HS-005, B-HS-006, B-HS-022, H-33
    @Test(arguments: [200, 204, 301, 302, 304, 307, 400, 401, 403, 404, 426, 500, 503, 599, 999])
    func `another status is an ordinary answer, whatever its fields say`(status: Int) throws {
        let client = try sampleClient()
        let response = SampleResponse(line: "HTTP/1.1 \(status) x").with("Content-Length", "3")
        let reading = feedEveryWay(octets(response.text + "foo"), { clientMachine(client) })
        #expect(reading.answer?.unexpectedStatus == status)
        #expect(text(reading.leftOver) == "foo")
    }

    // R-4.1-20, B-HS-001, B-HS-002, B-HS-021
    @Test(arguments: ["websocket2", "h2c", "foo", "", "web socket", "websocket, h2c", "\"websocket\"", "websocket/13"])
    func `an Upgrade that is not websocket fails`(value: String) throws {
        let error = try answer(SampleResponse().with("Upgrade", value).text)?.error
        #expect(error == .invalidUpgrade(value))
        #expect(error?.description == "Invalid Upgrade header")
        #expect(try answer(SampleResponse().without("Upgrade").text)?.error == .invalidUpgrade(nil))
        #expect(try answer(SampleResponse().with("Upgrade", "websocket", "websocket").text)?.error != nil)
    }

    // R-4.1-20
    @Test(arguments: ["websocket", "WebSocket", "WEBSOCKET", "  websocket\t "])
    func `an Upgrade in any letter case and with whitespace around passes`(value: String) throws {
        #expect(try answer(SampleResponse().with("Upgrade", value).text)?.opened != nil)
    }

    // R-4.1-21, B-HS-021
    @Test(arguments: ["close", "keep-alive", "upgraded", "", "Upgrade;x", "\"Upgrade\""])
    func `a Connection without Upgrade fails`(value: String) throws {
        let error = try answer(SampleResponse().with("Connection", value).text)?.error
        #expect(error == .invalidConnection(value))
        #expect(error?.description == "Unexpected server response: 101")
        #expect(try answer(SampleResponse().without("Connection").text)?.error == .invalidConnection(nil))
    }

    // R-4.1-21
    @Test func `a Connection with Upgrade among others, or on a second line, passes`() throws {
        #expect(try answer(SampleResponse().with("Connection", "keep-alive, Upgrade").text)?.opened != nil)
        #expect(try answer(SampleResponse().with("Connection", "upgrade").text)?.opened != nil)
        #expect(try answer(SampleResponse().with("Connection", "keep-alive", "UPGRADE").text)?.opened != nil)
    }

    // R-4.1-22, B-HS-003
    @Test(arguments: [
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOp=", "S3PPLMBITXAQ9KYGZZHZRBK+XOO=", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo",
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo==",
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=x", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo= x", "", "\"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\"",
        "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xO\u{F6}=",
    ])
    func `a wrong Sec-WebSocket-Accept fails`(value: String) throws {
        let error = try answer(SampleResponse().with("Sec-WebSocket-Accept", value).text)?.error
        #expect(error == .invalidAccept(value))
        #expect(error?.description == "Invalid Sec-WebSocket-Accept header")
    }

    // R-4.1-22, R-4.1-26, R-11.3-2
    @Test func `a Sec-WebSocket-Accept comes once, whitespace around it aside`() throws {
        let accept = SampleRequest.accept
        #expect(try answer(SampleResponse().with("Sec-WebSocket-Accept", "  \(accept)\t").text)?.opened != nil)
        #expect(try answer(SampleResponse().without("Sec-WebSocket-Accept").text)?.error == .invalidAccept(nil))
        let twice = try answer(SampleResponse().with("Sec-WebSocket-Accept", accept, accept).text)
        #expect(twice?.error == .invalidAccept("\(accept), \(accept)"))
    }

    // R-4.1-24, S-10, B-HS-015
    @Test(arguments: ["foo", "", "a, b", "\u{E9}"])
    func `a subprotocol fails when none was offered`(value: String) throws {
        let error = try answer(SampleResponse().with("Sec-WebSocket-Protocol", value).text)?.error
        #expect(error == .subprotocolNotRequested(value))
        #expect(error?.description == "Server sent a subprotocol but none was requested")
    }

    // R-4.1-24, R-4.1-26, B-HS-016, B-HS-017, B-HS-019
    @Test(arguments: ["baz", "", "FOO", "foo, bar", "foo,bar", "foo bar", "\"foo\"", "foo;q"])
    func `a subprotocol that is not one of those offered fails`(value: String) throws {
        let response = SampleResponse().with("Sec-WebSocket-Protocol", value).text
        let error = try answer(response, subprotocols: ["foo", "bar"])?.error
        #expect(error == .invalidSubprotocol(value))
        #expect(error?.description == "Server sent an invalid subprotocol")
    }

    // R-4.1-26, R-11.3-2
    @Test func `a subprotocol comes once`() throws {
        let twice = SampleResponse().with("Sec-WebSocket-Protocol", "foo", "foo").text
        #expect(try answer(twice, subprotocols: ["foo", "bar"])?.error == .invalidSubprotocol("foo, foo"))
    }

    // R-4.1-25, B-HS-018
    @Test func `no subprotocol fails when some were offered`() throws {
        let error = try answer(SampleResponse().text, subprotocols: ["foo", "bar"])?.error
        #expect(error == .noSubprotocol)
        #expect(error?.description == "Server sent no subprotocol")
    }

    // R-4.1-31
    @Test(arguments: ["foo", "bar"])
    func `the subprotocol in use is the one the server names`(name: String) throws {
        let response = SampleResponse().with("Sec-WebSocket-Protocol", name).text
        #expect(try answer(response, subprotocols: ["foo", "bar"])?.opened?.subprotocol == name)
    }

    // R-4.1-23, B-HS-010
    @Test(arguments: ["foo", "", "foo;="])
    func `an extension fails when none was offered`(value: String) throws {
        let error = try answer(SampleResponse().with("Sec-WebSocket-Extensions", value).text)?.error
        #expect(error == .extensionsNotRequested(value))
        #expect(error?.description == "Server sent a Sec-WebSocket-Extensions header but no extension was requested")
    }

    // R-4.1-23, B-HS-013, B-HS-014, V8-7
    @Test(arguments: [
        ("foo", "foo"), ("permessage-deflate,foo", "foo"),
        ("permessage-deflate, permessage-deflate", "permessage-deflate"),
        ("x-webkit-deflate-frame", "x-webkit-deflate-frame"), ("PERMESSAGE-DEFLATE", "PERMESSAGE-DEFLATE"),
    ])
    func `an extension that was not offered, or comes twice, fails`(value: String, name: String) throws {
        let response = SampleResponse().with("Sec-WebSocket-Extensions", value).text
        let error = try answer(response, extensions: ["permessage-deflate"])?.error
        #expect(error == .extensionNotRequested(name))
        #expect(error?.description == "Server indicated an extension that was not requested")
    }

    // R-9.1-1, B-HS-011
    @Test(arguments: ["foo;=", "", "permessage-deflate;", "permessage-deflate; a=\"", ",", "permessage-deflate,"])
    func `a malformed extension value fails`(value: String) throws {
        let response = SampleResponse().with("Sec-WebSocket-Extensions", value).text
        let error = try answer(response, extensions: ["permessage-deflate"])?.error
        #expect(error?.description == "Invalid Sec-WebSocket-Extensions header")
        guard case .invalidExtensions = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    // R-4.1-26, R-11.3-2
    @Test func `the extensions of an answer stand on one line`() throws {
        let response = SampleResponse().with("Sec-WebSocket-Extensions", "a", "b").text
        let error = try answer(response, extensions: ["a", "b"])?.error
        #expect(error == .repeatedExtensions)
        #expect(error?.description == "Invalid Sec-WebSocket-Extensions header")
    }

    // R-4.1-31, R-9.1-3, R-9.1-4, B-HS-012
    @Test func `the extensions in use come in the server's order with their parameters`() throws {
        let response = SampleResponse().with("Sec-WebSocket-Extensions", "b; x=7, a; y").text
        let opened = try answer(response, extensions: ["a", "b", "c"])?.opened
        #expect(
            opened?.extensions == [
                ExtensionOffer(name: "b", parameters: [.init(name: "x", value: "7")]),
                ExtensionOffer(name: "a", parameters: [.init(name: "y")]),
            ])
        // Whether `x=7` was asked for is the extension's to judge.
        #expect(
            ClientHandshakeError.unacceptableExtensionParameters("b").description
                == "Invalid Sec-WebSocket-Extensions header")
    }

    // R-4.1-27
    @Test func `names in any letter case pass`() throws {
        var response = SampleResponse()
        response.fields = response.fields.map { ($0.name.uppercased(), $0.value) }
        #expect(try answer(response.text)?.opened != nil)
    }

    // H-32, B-HS-025
    @Test(arguments: [("Content-Length", "5"), ("Transfer-Encoding", "chunked"), ("Content-Length", "x")])
    func `a 101 with a length is still a switch, and frames follow`(name: String, value: String) throws {
        let client = try sampleClient()
        let reading = feedEveryWay(
            octets(SampleResponse().with(name, value).text + "\u{88}\u{00}"), { clientMachine(client) })
        #expect(reading.answer?.opened != nil)
        #expect(reading.leftOver == [0x88, 0x00])
    }

    // H-31, H-34
    @Test(arguments: [
        "HTTP/1.1 101", "HTTP/1.1 101 ", "HTTP/1.1 101 Web Socket Protocol Handshake", "HTTP/1.1 101 404 Not Found",
    ])
    func `the reason does not matter`(line: String) throws {
        #expect(try answer(SampleResponse(line: line).text)?.opened != nil)
    }

    // H-26, R-4.1-30
    @Test func `a 101 in HTTP 1.0 fails`() throws {
        let error = try answer(SampleResponse(line: "HTTP/1.0 101 x").text)?.error
        #expect(error == .unsupportedVersion(.http10))
        #expect(error?.description == "Unexpected server response: 101")
    }

    // B-HS-024
    @Test(arguments: [
        ("SSH-2.0-OpenSSH_9.6\r\n", HeadError.malformedVersion), ("\u{15}\u{03}\u{01}", .controlOctet(0x15)),
        ("HTTP/1.1 abc\r\n", .malformedStatusLine),
        ("HTTP/1.1 101 x\r\nA : b\r\n", .whitespaceBeforeColon), ("\u{88}\u{02}\u{03}\u{E8}", .controlOctet(0x02)),
        ("hello\n", .bareLineFeed),
    ])
    func `what is no HTTP response fails`(bytes: String, error: HeadError) throws {
        let failure = try answer(bytes)
        #expect(failure == .failed(.head(error), response: nil))
        #expect(failure?.error?.description == "Parse Error: \(error)")
    }
}
