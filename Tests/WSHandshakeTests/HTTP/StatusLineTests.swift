import Testing
import WSHandshake

@Suite("RFC 9112 §4 Status line")
struct StatusLineTests {
    // H-31, H-34
    @Test(arguments: [
        ("HTTP/1.1 101 Switching Protocols", 101, "Switching Protocols"),
        ("HTTP/1.1 101 ", 101, ""),
        ("HTTP/1.1 101", 101, ""),
        ("HTTP/1.1 200  two spaces ", 200, " two spaces "),
        ("HTTP/1.0 404 not\tfound", 404, "not\tfound"),
        ("HTTP/1.1 100 Continue", 100, "Continue"),
        ("HTTP/1.1 999 \u{E9}\u{FF}", 999, "\u{E9}\u{FF}"),
        ("HTTP/1.1 500 500 500", 500, "500 500"),
    ])
    func `version, three digits and any reason make a status line`(line: String, status: Int, reason: String) throws {
        let reading = feedEveryWay(octets("\(line)\r\nA: b\r\n\r\n\u{81}\u{00}"), { responseMachine() })
        let head = try #require(reading.answer?.head)
        #expect(head.status == status)
        #expect(head.reason == reason)
        #expect(head.fields["a"] == "b")
        #expect(reading.leftOver == [0x81, 0x00])
    }

    // H-31
    @Test(arguments: [
        "HTTP/1.1 0101 x", "HTTP/1.1 1x1", "HTTP/1.1 1x1 x", "HTTP/1.1 10", "HTTP/1.1 10 x", "HTTP/1.1 1010",
        "HTTP/1.1  101 x",
        "HTTP/1.1 101x", "HTTP/1.1 101\tx", "HTTP/1.1\t101 x", "HTTP/1.1 +01 x", "HTTP/1.1 -01 x", "HTTP/1.1 099 x",
        "HTTP/1.1 ",
        "HTTP/1.1", "HTTP/1.1 \u{B2}01 x", "HTTP/1.10 101 x", "HTTP/1.1x101 x",
    ])
    func `anything else is no status line`(line: String) {
        #expect(feedEveryWay(octets("\(line)\r\n\r\n"), { responseMachine() }).answer == .error(.malformedStatusLine))
    }

    // H-8, H-31, B-HS-024
    @Test(arguments: [
        "http/1.1 101 x", " HTTP/1.1 101 x", "SSH-2.0-OpenSSH_9.6", "ICY 200 OK", "x",
        "220 smtp.example.com ESMTP", "GET / HTTP/1.1",
    ])
    func `what is no HTTP is told by its version`(line: String) {
        #expect(parseResponse("\(line)\r\n\r\n")?.error == .malformedVersion)
    }

    // H-8
    @Test func `a response of another major version is refused`() {
        #expect(parseResponse("HTTP/2.0 101 x\r\n\r\n")?.error == .unsupportedVersion(major: 2, minor: 0))
    }

    // H-35
    @Test(arguments: [(8191, true), (8192, true), (8193, false)])
    func `a status line of 8 KiB passes and one octet more fails`(count: Int, passes: Bool) {
        let line = "HTTP/1.1 101 " + String(repeating: "r", count: count - 13)
        let answer = parseResponse("\(line)\r\n\r\n")
        #expect((answer?.head != nil) == passes)
        #expect(answer?.error == (passes ? nil : .statusLineTooLong(limit: 8192)))
    }
}
