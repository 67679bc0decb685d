import Testing
import WSHandshake

@Suite("RFC 9112 §3 Request line")
struct RequestLineTests {
    private func head(_ line: String) -> String { "\(line)\r\nHost: h\r\n\r\n" }

    // H-7
    @Test func `method, target and version are cut at single spaces`() throws {
        let answer = feedEveryWay(octets(head("GET /a?b=c HTTP/1.1") + "rest"), { requestMachine() })
        let request = try #require(answer.answer?.head)
        #expect(request.method == "GET")
        #expect(request.target == "/a?b=c")
        #expect(request.version == .http11)
        #expect(text(answer.leftOver) == "rest")
    }

    // H-7
    @Test(arguments: [
        ("GET  / HTTP/1.1", HeadError.malformedRequestLine),
        ("GET /  HTTP/1.1", .malformedVersion),
        (" GET / HTTP/1.1", .malformedRequestLine),
        ("GET / HTTP/1.1 ", .malformedVersion),
        ("GET\t/ HTTP/1.1", .invalidMethod(octet: 0x09)),
        ("GET /\tHTTP/1.1", .invalidTarget(octet: 0x09)),
        ("GET / HTTP/1.1\t", .malformedVersion),
        ("GET /\u{0B}HTTP/1.1", .controlOctet(0x0B)),
        ("GET /\u{0C} HTTP/1.1", .controlOctet(0x0C)),
        ("GET / a HTTP/1.1", .malformedVersion),
        ("GET /", .malformedRequestLine),
        ("GET", .malformedRequestLine),
        ("GET / ", .malformedVersion),
        (" ", .malformedRequestLine),
    ])
    func `anything but method, space, target, space, version is refused`(line: String, error: HeadError) {
        #expect(feedEveryWay(octets(head(line)), { requestMachine() }).answer == .error(error))
        #expect(error.status == 400)
    }

    // H-8
    @Test(arguments: [
        "http/1.1", "HTTP/1.10", "HTTP/1.1x", "HTTP/1", "HTTP/1.", "HTTP/.1", "HTTP/11", "HTTP 1.1", "HTTP/1,1",
        "HTTP/a.1",
        "HTTP/1.a", "XTTP/1.1", "HTTPS/1.1", "HTTP/+1.1", "HTTP/01.1", "WS/1.1", "1.1",
    ])
    func `a version is HTTP, slash, digit, dot, digit, and nothing else`(version: String) {
        #expect(parseRequest(head("GET / \(version)"))?.error == .malformedVersion)
        #expect(HeadError.malformedVersion.status == 400)
    }

    // H-8, R-4.2.1-2
    @Test(arguments: [(UInt8(0), UInt8(9)), (2, 0), (3, 0), (9, 9), (0, 0)])
    func `another major version is answered with 505`(major: UInt8, minor: UInt8) {
        let error = HeadError.unsupportedVersion(major: major, minor: minor)
        #expect(parseRequest(head("GET / HTTP/\(major).\(minor)"))?.error == error)
        #expect(error.status == 505)
    }

    // H-8
    @Test(arguments: 0...9 as ClosedRange<UInt8>)
    func `every minor version of HTTP 1 is read`(minor: UInt8) {
        #expect(parseRequest(head("GET / HTTP/1.\(minor)"))?.head?.version == HTTPVersion(major: 1, minor: minor))
    }

    // H-9
    @Test(arguments: everyOctet)
    func `a method is made of token characters`(octet: UInt8) {
        let answer = parseRequest(head("G" + String(octet: octet) + "T / HTTP/1.1"))
        switch octet {
        case _ where tokenOctets.contains(octet): #expect(answer?.head?.method == "G" + String(octet: octet) + "T")
        // A space ends the method, and `T` is then no target followed by a version.
        case 0x20: #expect(answer?.error == .malformedVersion)
        case 0x0A: #expect(answer?.error == .bareLineFeed)
        case 0x0D: #expect(answer?.error == .bareCarriageReturn)
        case 0x00..<0x09, 0x0B..<0x20, 0x7F: #expect(answer?.error == .controlOctet(octet))
        default: #expect(answer?.error == .invalidMethod(octet: octet))
        }
    }

    // H-9
    @Test func `methods keep their case`() {
        #expect(parseRequest(head("get / HTTP/1.1"))?.head?.method == "get")
        #expect(parseRequest(head("M-SEARCH / HTTP/1.1"))?.head?.method == "M-SEARCH")
    }

    // H-9
    @Test(arguments: [1 << 14, 1 << 20])
    func `a method without end is answered with 501`(count: Int) {
        let answer = parseRequest(String(repeating: "A", count: count), limits: HeadLimits(maxBytes: 1 << 21))
        #expect(answer?.error == .methodTooLong)
        #expect(HeadError.methodTooLong.status == 501)
    }

    // H-10
    @Test(arguments: everyOctet)
    func `a target is visible ASCII without fragment`(octet: UInt8) {
        let target = "/a" + String(octet: octet) + "b"
        let answer = parseRequest(head("GET \(target) HTTP/1.1"))
        switch octet {
        case 0x20: #expect(answer?.error == .malformedVersion)
        case 0x23, 0x09: #expect(answer?.error == .invalidTarget(octet: octet))
        case 0x21..<0x7F: #expect(answer?.head?.target == target)
        case 0x80...: #expect(answer?.error == .invalidTarget(octet: octet))
        case 0x0A: #expect(answer?.error == .bareLineFeed)
        case 0x0D: #expect(answer?.error == .bareCarriageReturn)
        default: #expect(answer?.error == .controlOctet(octet))
        }
    }

    // H-10, H-35, U-8
    @Test(arguments: [(8191, true), (8192, true), (8193, false), (12000, false)])
    func `a target of 8 KiB passes and one octet more is answered with 414`(count: Int, passes: Bool) {
        let target = "/" + String(repeating: "a", count: count - 1)
        let stream = octets(head("GET \(target) HTTP/1.1"))
        let answer = feed(stream, requestMachine()).answer
        #expect(answer?.head?.target == (passes ? target : nil))
        #expect(answer?.error == (passes ? nil : .targetTooLong(limit: 8192)))
        #expect(feed(stream, cuts: Array(stream.indices.dropFirst()), requestMachine()).answer == answer)
        #expect(HeadError.targetTooLong(limit: 8192).status == 414)
    }

    // H-10
    @Test func `a target without end is answered with 414 before its line ends`() {
        #expect(parseRequest("GET /" + String(repeating: "a", count: 9000))?.error == .targetTooLong(limit: 8192))
    }

    // H-11
    @Test(arguments: ["http://h/p", "*", "h:443", "/", "//", "/a:b@c", "/%zz", "/a\\b", "/[a]{b}|c^`\"<>"])
    func `the parser leaves the form of the target to its reader`(target: String) {
        #expect(parseRequest(head("GET \(target) HTTP/1.1"))?.head?.target == target)
    }
}
