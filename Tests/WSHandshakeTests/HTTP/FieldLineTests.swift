import Testing
import WSHandshake

@Suite("RFC 9112 §5 Field lines")
struct FieldLineTests {
    private func request(_ lines: String) -> ParsingAnswer<RequestHead>? {
        parseRequest("GET / HTTP/1.1\r\n\(lines)\r\n\r\n")
    }

    private func response(_ lines: String) -> ParsingAnswer<ResponseHead>? {
        parseResponse("HTTP/1.1 101 x\r\n\(lines)\r\n\r\n")
    }

    // H-13
    @Test(arguments: everyOctet)
    func `a field name is made of token characters`(octet: UInt8) {
        let name = "x" + String(octet: octet) + "y"
        let answer = request("\(name): v")
        switch octet {
        case _ where tokenOctets.contains(octet):
            #expect(answer?.head?.fields.first?.name == name)
            #expect(answer?.head?.fields[name] == "v")
        case 0x3A: #expect(answer?.head?.fields["x"] == "y: v")
        case 0x20, 0x09: #expect(answer?.error == .whitespaceBeforeColon)
        case 0x0A: #expect(answer?.error == .bareLineFeed)
        case 0x0D: #expect(answer?.error == .bareCarriageReturn)
        case 0..<0x20, 0x7F: #expect(answer?.error == .controlOctet(octet))
        default: #expect(answer?.error == .invalidFieldName(octet: octet))
        }
    }

    // H-13
    @Test(arguments: [
        ("Host : x", HeadError.whitespaceBeforeColon), ("Host\t: x", .whitespaceBeforeColon), (": x", .emptyFieldName),
        (":", .emptyFieldName), ("Host", .missingColon), ("Host h", .whitespaceBeforeColon),
        ("\"q\": x", .invalidFieldName(octet: 0x22)),
        ("(c): x", .invalidFieldName(octet: 0x28)), ("a@b: x", .invalidFieldName(octet: 0x40)),
        ("\u{E9}: x", .invalidFieldName(octet: 0xE9)),
        ("{a}: x", .invalidFieldName(octet: 0x7B)),
    ])
    func `a line without a token before its colon is refused`(line: String, error: HeadError) {
        #expect(feedEveryWay(octets("GET / HTTP/1.1\r\n\(line)\r\n\r\n"), { requestMachine() }).answer == .error(error))
        #expect(response(line)?.error == error)
        #expect(error.status == 400)
    }

    // H-14
    @Test(arguments: everyOctet)
    func `a field value is tab, space, visible ASCII and octets above 0x7F`(octet: UInt8) {
        let value = "a" + String(octet: octet) + "b"
        let answer = request("X: \(value)")
        switch octet {
        case 0x09, 0x20..<0x7F, 0x80...: #expect(answer?.head?.fields["X"] == value)
        case 0x0A: #expect(answer?.error == .bareLineFeed)
        case 0x0D: #expect(answer?.error == .bareCarriageReturn)
        default: #expect(answer?.error == .controlOctet(octet))
        }
        #expect(answer?.error?.status == (answer?.head == nil ? 400 : nil))
    }

    // H-15
    @Test(arguments: [
        ("X:v", "v"), ("X: v", "v"), ("X:  v  ", "v"), ("X:\tv\t", "v"), ("X: \t v \t ", "v"), ("X:", ""), ("X: ", ""),
        ("X: \t ", ""),
        ("X: a b", "a b"), ("X: a\tb", "a\tb"), ("X::", ":"), ("X: \u{A0}v\u{A0}", "\u{A0}v\u{A0}"),
    ])
    func `whitespace around a value is dropped`(line: String, value: String) {
        let reading = feedEveryWay(octets("GET / HTTP/1.1\r\n\(line)\r\n\r\n"), { requestMachine() })
        #expect(reading.answer?.head?.fields["x"] == value)
    }

    // H-16
    @Test(arguments: [" folded", "\tfolded", " ", "\t", " a: b"])
    func `a folded field is refused in a request`(continuation: String) {
        for name in ["Host", "Upgrade", "Sec-WebSocket-Key", "X"] {
            let answer = request("\(name): a\r\n\(continuation)")
            #expect(answer?.error == .foldedField)
        }
        #expect(HeadError.foldedField.status == 400)
    }

    // H-17
    @Test(arguments: [
        ("X: a\r\n b", "a b"), ("X: a\r\n\tb", "a b"), ("X: a \r\n   b  ", "a b"), ("X: a\r\n b\r\n c", "a b c"),
        ("X:\r\n a", "a"),
        ("X: a\r\n ", "a"), ("X: a\r\n \r\n b", "a b"), ("X: \u{E9}\r\n \u{FF}", "\u{E9} \u{FF}"),
    ])
    func `a fold in a response means a space`(lines: String, value: String) throws {
        let reading = feedEveryWay(octets("HTTP/1.1 101 x\r\n\(lines)\r\nY: z\r\n\r\nrest"), { responseMachine() })
        let head = try #require(reading.answer?.head)
        #expect(head.fields["X"] == value)
        #expect(head.fields["Y"] == "z")
        #expect(text(reading.leftOver) == "rest")
    }

    // H-17
    @Test func `a folded subprotocol is no longer a token`() throws {
        let response = SampleResponse().text.replacing("\r\n\r\n", with: "\r\nSec-WebSocket-Protocol: a\r\n b\r\n\r\n")
        #expect(try answer(response, subprotocols: ["a", "b"])?.error == .invalidSubprotocol("a b"))
    }

    // H-18, R-9.1-2
    @Test func `fields keep their order and their repetitions`() throws {
        let head = try #require(request("B: 1\r\nA: 2\r\nb: 3")?.head)
        #expect(head.fields.map(\.name) == ["B", "A", "b"])
        #expect(head.fields.values(of: "B") == ["1", "3"])
        #expect(head.fields.joined("b") == "1, 3")
    }

    // R-4.1-27, R-4.2.1-13
    @Test(arguments: ["Sec-WebSocket-Key", "sec-websocket-key", "SEC-WEBSOCKET-KEY", "sEC-wEBsOCKET-kEY"])
    func `names compare without case and keep their spelling`(name: String) throws {
        let head = try #require(request("\(name): v")?.head)
        #expect(head.fields.first?.name == name)
        #expect(head.fields["Sec-WebSocket-Key"] == "v")
        #expect(head.fields["sec-websocket-KEY"] == "v")
    }

    // R-8.1-1
    @Test func `octets above 0x7F survive reading and writing`() throws {
        let value = String(String.UnicodeScalarView((0x80...0xFF).map { Unicode.Scalar(UInt8($0)) }))
        let head = try #require(request("X: \(value)")?.head)
        #expect(head.fields["X"] == value)
        let written = try head.serialized()
        #expect(written == octets("GET / HTTP/1.1\r\nX: \(value)\r\n\r\n"))
    }

    // R-4.2.1-12
    @Test func `a head may hold nothing but its start line`() {
        #expect(parseRequest("GET / HTTP/1.1\r\n\r\n")?.head?.fields.isEmpty == true)
        #expect(parseResponse("HTTP/1.1 101\r\n\r\n")?.head?.fields.isEmpty == true)
    }
}
