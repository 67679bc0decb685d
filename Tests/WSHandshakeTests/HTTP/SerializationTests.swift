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

    /// What Node has in `http.STATUS_CODES`.
    private static let phrases = [
        (100, "Continue"), (101, "Switching Protocols"), (102, "Processing"), (103, "Early Hints"), (200, "OK"),
        (201, "Created"), (202, "Accepted"), (203, "Non-Authoritative Information"), (204, "No Content"),
        (205, "Reset Content"), (206, "Partial Content"), (207, "Multi-Status"), (208, "Already Reported"),
        (226, "IM Used"), (300, "Multiple Choices"), (301, "Moved Permanently"), (302, "Found"),
        (303, "See Other"), (304, "Not Modified"), (305, "Use Proxy"), (307, "Temporary Redirect"),
        (308, "Permanent Redirect"), (400, "Bad Request"), (401, "Unauthorized"), (402, "Payment Required"),
        (403, "Forbidden"), (404, "Not Found"), (405, "Method Not Allowed"), (406, "Not Acceptable"),
        (407, "Proxy Authentication Required"), (408, "Request Timeout"), (409, "Conflict"), (410, "Gone"),
        (411, "Length Required"), (412, "Precondition Failed"), (413, "Payload Too Large"),
        (414, "URI Too Long"), (415, "Unsupported Media Type"), (416, "Range Not Satisfiable"),
        (417, "Expectation Failed"), (418, "I'm a Teapot"), (421, "Misdirected Request"),
        (422, "Unprocessable Entity"), (423, "Locked"), (424, "Failed Dependency"), (425, "Too Early"),
        (426, "Upgrade Required"), (428, "Precondition Required"), (429, "Too Many Requests"),
        (431, "Request Header Fields Too Large"), (451, "Unavailable For Legal Reasons"),
        (500, "Internal Server Error"), (501, "Not Implemented"), (502, "Bad Gateway"),
        (503, "Service Unavailable"), (504, "Gateway Timeout"), (505, "HTTP Version Not Supported"),
        (506, "Variant Also Negotiates"), (507, "Insufficient Storage"), (508, "Loop Detected"),
        (509, "Bandwidth Limit Exceeded"), (510, "Not Extended"), (511, "Network Authentication Required"),
    ]

    @Test func `each registered status has its phrase, and no other has one`() {
        let phrases = Dictionary(uniqueKeysWithValues: Self.phrases)
        for status in -1...1_000 { #expect(HTTPStatus.reasonPhrase(for: status) == phrases[status] ?? "") }
    }

    @Test func `a version is two digits`() {
        #expect(HTTPVersion.http11.description == "HTTP/1.1")
        #expect(HTTPVersion(major: 255, minor: 10).description == "HTTP/9.9")
        #expect(HTTPVersion.http10 < .http11)
        #expect(HTTPVersion(major: 0, minor: 9) < .http10)
    }
}
