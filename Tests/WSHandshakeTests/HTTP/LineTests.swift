import Testing
import WSHandshake

@Suite("RFC 9112 §2.2 Lines of a head")
struct LineTests {
    // H-1
    @Test func `a line feed inside a multibyte character ends the line all the same`() {
        // 0xE2 0x0A 0xAC would be no line end to somebody who decodes UTF-8 first.
        #expect(parseRequest("GET / HTTP/1.1\r\nX: \u{E2}\n\u{AC}\r\n\r\n")?.error == .bareLineFeed)
        #expect(
            parseRequest("GET / HTTP/1.1\r\nX: \u{E2}\u{82}\u{AC}\r\n\r\n")?.head?.fields["X"] == "\u{E2}\u{82}\u{AC}")
    }

    // H-2
    @Test(arguments: [
        "GET / HTTP/1.1\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\n",
        "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
    ])
    func `a lone line feed is refused in a request`(head: String) {
        #expect(feedEveryWay(octets(head), { requestMachine() }).answer == .error(.bareLineFeed))
        #expect(HeadError.bareLineFeed.status == 400)
    }

    // H-2
    @Test(arguments: [
        "HTTP/1.1 101 x\nUpgrade: websocket\r\n\r\n", "HTTP/1.1 101 x\r\nUpgrade: websocket\n\r\n",
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\n",
    ])
    func `a lone line feed is refused in a response`(head: String) {
        #expect(feedEveryWay(octets(head), { responseMachine() }).answer == .error(.bareLineFeed))
    }

    // H-3
    @Test(arguments: [
        "GE\rT / HTTP/1.1\r\nHost: h\r\n\r\n", "GET /\ra HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHo\rst: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n\rX", "\rGET / HTTP/1.1\r\n\r\n",
    ])
    func `a carriage return without line feed is refused wherever it stands`(head: String) {
        #expect(feedEveryWay(octets(head), { requestMachine() }).answer == .error(.bareCarriageReturn))
        #expect(HeadError.bareCarriageReturn.status == 400)
    }

    // H-3
    @Test(arguments: [
        "HTTP/1.1 101 a\rb\r\n\r\n", "HTTP/1.1 101 x\r\nUpgrade: a\rb\r\n\r\n", "HTTP/1.1 101 x\r\n\r\r\n",
    ])
    func `a carriage return without line feed is refused in a response`(head: String) {
        #expect(feedEveryWay(octets(head), { responseMachine() }).answer == .error(.bareCarriageReturn))
    }

    // H-5
    @Test func `one empty line before the request line is skipped`() {
        let reading = feedEveryWay(octets("\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\nrest"), { requestMachine() })
        #expect(reading.answer?.head?.target == "/a")
        #expect(text(reading.leftOver) == "rest")
    }

    // H-5
    @Test(arguments: [2, 3, 1000])
    func `more empty lines than the limit are refused`(count: Int) {
        let head = String(repeating: "\r\n", count: count) + "GET / HTTP/1.1\r\n\r\n"
        #expect(parseRequest(head)?.error == .tooManyEmptyLines)
        #expect(HeadError.tooManyEmptyLines.status == 400)
    }

    // H-5, H-35
    @Test(arguments: [(2, true), (3, true), (4, false)])
    func `the limit of empty lines can be changed`(count: Int, passes: Bool) {
        let head = String(repeating: "\r\n", count: count) + "GET / HTTP/1.1\r\n\r\n"
        let answer = parseRequest(head, limits: HeadLimits(maxLeadingEmptyLines: 3))
        #expect((answer?.head != nil) == passes)
    }

    // H-5
    @Test func `an empty line before a status line is refused`() {
        #expect(parseResponse("\r\nHTTP/1.1 101 x\r\n\r\n")?.error == .malformedVersion)
    }

    // H-6
    @Test(arguments: [" Host: x", "\tHost: x", " ", " :", "  folded"])
    func `whitespace between the start line and the first field is refused`(line: String) {
        let request = "GET / HTTP/1.1\r\n\(line)\r\nHost: h\r\n\r\n"
        #expect(feedEveryWay(octets(request), { requestMachine() }).answer == .error(.whitespaceBeforeFirstField))
        #expect(parseResponse("HTTP/1.1 101 x\r\n\(line)\r\n\r\n")?.error == .whitespaceBeforeFirstField)
        #expect(HeadError.whitespaceBeforeFirstField.status == 400)
    }

    // H-14
    @Test(arguments: everyOctet)
    func `a control octet ends the reading where it stands`(octet: UInt8) {
        // Nothing follows it: a fault is told without waiting for the end of the line.
        let isControl = (octet < 0x20 && octet != 0x09) || octet == 0x7F
        let answer = parseRequest("GET / HTTP/1.1\r\nX: a" + String(octet: octet))
        switch octet {
        case 0x0A: #expect(answer == .error(.bareLineFeed))
        case 0x0D: #expect(answer == nil)
        case _ where isControl: #expect(answer == .error(.controlOctet(octet)))
        default: #expect(answer == nil)
        }
    }

    @Test func `a parser that has failed throws the same error for ever`() {
        var machine = requestMachine()
        let bad = octets("GET  / HTTP/1.1\r\n")
        let good = octets("GET / HTTP/1.1\r\n\r\n")
        var consumed = 0
        #expect(machine(bad.span.bytes, &consumed) == .error(.malformedRequestLine))
        for _ in 0..<3 {
            #expect(machine(good.span.bytes, &consumed) == .error(.malformedRequestLine))
            #expect(consumed == 0)
        }
        machine = requestMachine()
        #expect(machine(good.span.bytes, &consumed)?.head != nil)
    }

    // H-35
    @Test func `each head of a connection has the limits to itself`() {
        let machine = requestMachine(limits: HeadLimits(maxBytes: 60))
        for piece in Array(repeating: ["\r\nGET / HTTP/1.1\r\n", "Host: example.com\r\n", "\r\n"], count: 5).joined() {
            var consumed = 0
            #expect(machine(octets(piece).span.bytes, &consumed)?.error == nil)
            #expect(consumed == piece.utf8.count)
        }
    }

    @Test func `a parser reads one head after another`() {
        let machine = requestMachine()
        let stream = octets("GET /1 HTTP/1.1\r\nA: b\r\n\r\n\r\nGET /2 HTTP/1.1\r\nC: d\r\n\r\nGET")
        var consumed = 0
        let first = machine(stream.span.bytes, &consumed)
        #expect(first?.head?.target == "/1")
        var rest = Array(stream[consumed...])
        let second = machine(rest.span.bytes, &consumed)
        #expect(second?.head?.target == "/2")
        #expect(second?.head?.fields.map(\.name) == ["C"])
        rest = Array(rest[consumed...])
        #expect(machine(rest.span.bytes, &consumed) == nil)
        #expect(consumed == 3)
    }
}
