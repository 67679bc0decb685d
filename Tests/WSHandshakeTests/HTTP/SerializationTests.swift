import Testing
import WSHandshake

@Suite("RFC 9112 §3, §4 Writing a head")
struct SerializationTests {
    // H-4, H-c
    @Test(arguments: everyOctet)
    func `no octet in a method or target can end its place`(octet: UInt8) {
        let sign = String(octet: octet)
        let method = RequestHead(method: "G\(sign)T", target: "/")
        if tokenOctets.contains(octet) {
            #expect(throws: Never.self) { try method.serialized() }
        } else {
            #expect(throws: HandshakeMisuse.invalidMethod("G\(sign)T")) { try method.serialized() }
        }
        let target = RequestHead(method: "GET", target: "/\(sign)")
        if (0x21..<0x7F).contains(octet), octet != UInt8(ascii: "#") {
            #expect(throws: Never.self) { try target.serialized() }
        } else {
            #expect(throws: HandshakeMisuse.invalidTarget("/\(sign)")) { try target.serialized() }
        }
    }

    // H-4, H-c
    @Test(arguments: everyOctet)
    func `no octet in a reason can end its line`(octet: UInt8) throws {
        let reason = "a" + String(octet: octet)
        let head = ResponseHead(status: 200, reason: reason)
        if octet >= 0x20 && octet != 0x7F || octet == 0x09 {
            #expect(try head.serialized() == octets("HTTP/1.1 200 \(reason)\r\n\r\n"))
        } else {
            #expect(throws: HandshakeMisuse.invalidReason(reason)) { try head.serialized() }
        }
    }

    // H-4
    @Test(arguments: ["", "/ HTTP/1.1\r\nX: y", "/\u{E9}", "/ a", "/\u{10A}"])
    func `a target that is empty or more than a target is refused`(target: String) {
        #expect(throws: HandshakeMisuse.invalidTarget(target)) {
            try RequestHead(method: "GET", target: target).serialized()
        }
    }

    // H-4
    @Test func `an empty method, an odd status and a wide reason are refused`() {
        #expect(throws: HandshakeMisuse.invalidMethod("")) { try RequestHead(method: "", target: "/").serialized() }
        for status in [-1, 0, 99, 1000, .max] {
            #expect(throws: HandshakeMisuse.invalidStatus(status)) {
                try ResponseHead(status: status, reason: "x").serialized()
            }
        }
        #expect(throws: HandshakeMisuse.invalidReason("\u{10D}\u{10A}")) {
            try ResponseHead(status: 200, reason: "\u{10D}\u{10A}").serialized()
        }
    }

    @Test func `a head reads back as it was written`() throws {
        let fields = try HeaderFields(validating: [("Host", "h"), ("X", "\u{E9}\u{FF} a\tb"), ("x", ""), ("Y-Z", ":")])
        let request = RequestHead(method: "PUT", target: "/a?b", version: .http10, fields: fields)
        #expect(feed(try request.serialized(), requestMachine()).answer?.head == request)
        let response = ResponseHead(status: 404, reason: "caf\u{E9}", fields: fields)
        #expect(feed(try response.serialized(), responseMachine()).answer?.head == response)
    }

    @Test func `a status without a phrase keeps its space`() throws {
        #expect(try ResponseHead(status: 599).serialized() == octets("HTTP/1.1 599 \r\n\r\n"))
        #expect(try ResponseHead(status: 101).serialized() == octets("HTTP/1.1 101 Switching Protocols\r\n\r\n"))
    }

    @Test(arguments: [
        (200, "OK"), (301, "Moved Permanently"), (307, "Temporary Redirect"), (400, "Bad Request"),
        (401, "Unauthorized"),
        (403, "Forbidden"), (404, "Not Found"), (405, "Method Not Allowed"), (408, "Request Timeout"),
        (414, "URI Too Long"),
        (417, "Expectation Failed"), (426, "Upgrade Required"), (431, "Request Header Fields Too Large"),
        (500, "Internal Server Error"), (501, "Not Implemented"), (503, "Service Unavailable"),
        (505, "HTTP Version Not Supported"), (306, ""), (499, ""), (600, ""), (-1, ""), (0, ""),
    ])
    func `each registered status has its phrase`(status: Int, phrase: String) {
        #expect(HTTPStatus.reasonPhrase(for: status) == phrase)
    }

    @Test func `a version is two digits`() {
        #expect(HTTPVersion.http11.description == "HTTP/1.1")
        #expect(HTTPVersion(major: 255, minor: 10).description == "HTTP/9.9")
        #expect(HTTPVersion.http10 < .http11)
        #expect(HTTPVersion(major: 0, minor: 9) < .http10)
    }
}
