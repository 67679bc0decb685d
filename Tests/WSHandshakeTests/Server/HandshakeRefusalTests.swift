import Testing
import WSHandshake

@Suite("RFC 9110 §15 Refused handshakes")
struct HandshakeRefusalTests {
    private static let reasons: [(HandshakeRefusal.Reason, Int, String)] = [
        (.head(.bareLineFeed), 400, "Bad Request"),
        (.head(.targetTooLong(limit: 8192)), 414, "URI Too Long"),
        (.head(.headTooLarge(limit: 16384)), 431, "Request Header Fields Too Large"),
        (.head(.unsupportedVersion(major: 2, minor: 0)), 505, "HTTP Version Not Supported"),
        (.head(.methodTooLong), 501, "Not Implemented"),
        (.httpVersion(.http10), 400, "Bad Request"),
        (.method("POST"), 405, "Invalid HTTP method"),
        (.target("*"), 400, "Bad Request"),
        (.upgrade("foo"), 400, "Invalid Upgrade header"),
        (.upgrade(nil), 400, "Invalid Upgrade header"),
        (.connection(nil), 400, "Invalid Connection header"),
        (.body, 400, "Bad Request"),
        (.expectation("100-continue"), 417, "Expectation Failed"),
        (.missingKey, 400, "Missing or invalid Sec-WebSocket-Key header"),
        (.repeatedKey, 400, "Missing or invalid Sec-WebSocket-Key header"),
        (.malformedKey, 400, "Missing or invalid Sec-WebSocket-Key header"),
        (.missingVersion, 400, "Missing or invalid Sec-WebSocket-Version header"),
        (.repeatedVersion, 400, "Missing or invalid Sec-WebSocket-Version header"),
        (.malformedVersion, 400, "Missing or invalid Sec-WebSocket-Version header"),
        (.unsupportedVersion(12), 400, "Missing or invalid Sec-WebSocket-Version header"),
        (.subprotocols(.unexpectedEnd), 400, "Invalid Sec-WebSocket-Protocol header"),
        (.extensions(nil), 400, "Invalid or unacceptable Sec-WebSocket-Extensions header"),
        (.upgradeRequired, 426, "Upgrade Required"),
        (.path, 400, "Bad Request"),
        (.unauthorized, 401, "Unauthorized"),
        (.origin("http://evil"), 403, "Forbidden"),
        (.unavailable, 503, "Service Unavailable"),
        (.application, 500, "Internal Server Error"),
    ]

    // R-10.7-1, H-29, R-4.2.2-10, B-ABORT-002, B-ABORT-009, B-ABORT-011
    @Test(arguments: reasons)
    func `every reason has its status and body, and an end`(
        reason: HandshakeRefusal.Reason, status: Int, body: String
    ) throws {
        let refusal = HandshakeRefusal(reason)
        #expect(refusal.status == status)
        #expect(refusal.body == body)
        let reading = feed(refusal.response(), responseMachine())
        let head = try #require(reading.answer?.head)
        #expect(head.status == status)
        #expect(head.reason == HTTPStatus.reasonPhrase(for: status))
        #expect(head.version == .http11)
        #expect(head.fields.hasToken("close", in: "Connection"))
        #expect(try head.bodyFraming() == .length(body.utf8.count))
        #expect(text(reading.leftOver) == body)
    }

    // B-ABORT-018
    @Test(arguments: reasons)
    func `a client's fault is told from a server's decision`(reason: HandshakeRefusal.Reason, status: Int, body: String)
    {
        let decisions: [HandshakeRefusal.Reason] = [
            .upgradeRequired, .path, .unauthorized, .origin("http://evil"), .unavailable, .application,
        ]
        #expect(reason.isClientFault == !decisions.contains(reason))
    }

    // B-ABORT-019, B-ABORT-001
    @Test func `a wrong method is answered with exactly these bytes`() {
        let expected = """
            HTTP/1.1 405 Method Not Allowed\r
            Connection: close\r
            Content-Type: text/html\r
            Content-Length: 19\r
            Allow: GET\r
            \r
            Invalid HTTP method
            """
        #expect(text(HandshakeRefusal(.method("POST")).response()) == expected)
    }

    // B-ABORT-006, R-4.4-1
    @Test func `an unknown version is answered with exactly these bytes`() {
        let expected = """
            HTTP/1.1 400 Bad Request\r
            Connection: close\r
            Content-Type: text/html\r
            Content-Length: 47\r
            Sec-WebSocket-Version: 13, 8\r
            \r
            Missing or invalid Sec-WebSocket-Version header
            """
        #expect(text(HandshakeRefusal(.unsupportedVersion(12)).response()) == expected)
    }

    // B-VC-006, B-VC-007, R-4.2.2-2, R-4.2.2-3, R-4.2.2-4
    @Test func `an application answers with a status, a body and fields of its own`() throws {
        let busy = HandshakeRefusal(status: 503, fields: try HeaderFields(validating: [("Retry-After", "120")]))
        let expected = """
            HTTP/1.1 503 Service Unavailable\r
            Connection: close\r
            Content-Type: text/html\r
            Content-Length: 19\r
            Retry-After: 120\r
            \r
            Service Unavailable
            """
        #expect(text(busy.response()) == expected)
        let unknown = HandshakeRefusal(status: 404, body: "nope", reason: .path)
        #expect(text(unknown.response()).hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        #expect(text(unknown.response()).hasSuffix("\r\nContent-Length: 4\r\n\r\nnope"))
        #expect(unknown.reason == .path)
        let elsewhere = HandshakeRefusal(status: 307, fields: try HeaderFields(validating: [("Location", "wss://h/")]))
        #expect(text(elsewhere.response()).hasPrefix("HTTP/1.1 307 Temporary Redirect\r\n"))
    }

    // B-VC-008
    @Test func `a content type replaces the default, the end of the connection stays`() throws {
        let fields = try HeaderFields(validating: [
            ("content-type", "application/json"), ("Content-Length", "9999"), ("Connection", "keep-alive"),
            ("Transfer-Encoding", "chunked"), ("X", "y"),
        ])
        let reading = feed(HandshakeRefusal(status: 403, body: "{}", fields: fields).response(), responseMachine())
        let head = try #require(reading.answer?.head)
        #expect(head.fields.map(\.name) == ["Connection", "content-type", "Content-Length", "X"])
        #expect(head.fields.map(\.value) == ["close", "application/json", "2", "y"])
        #expect(text(reading.leftOver) == "{}")
    }

    // W-05
    @Test(arguments: [
        (599, "HTTP/1.1 599 \r\n"), (200, "HTTP/1.1 500 "), (101, "HTTP/1.1 500 "), (304, "HTTP/1.1 500 "),
        (-1, "HTTP/1.1 500 "), (1000, "HTTP/1.1 500 "),
    ])
    func `a status that is none of a refusal becomes 500, an unknown one has no phrase`(status: Int, start: String) {
        #expect(text(HandshakeRefusal(status: status).response()).hasPrefix(start))
    }

    // H-29
    @Test func `the length of a body counts bytes`() throws {
        let reading = feed(HandshakeRefusal(status: 403, body: "héllo €").response(), responseMachine())
        #expect(reading.answer?.head?.fields["Content-Length"] == "10")
        #expect(reading.leftOver == Array("héllo €".utf8))
    }

    // H-c, R-10.1-1
    @Test func `nothing of the request is repeated in the answer`() throws {
        let hostile = "<script>alert(1)</script>"
        for sample in [
            SampleRequest().with("Upgrade", hostile), SampleRequest().with("Sec-WebSocket-Version", hostile),
            SampleRequest().with("Sec-WebSocket-Key", hostile), SampleRequest().with("Sec-WebSocket-Protocol", hostile),
            SampleRequest().with("Host", hostile), SampleRequest().adding("Expect", hostile),
        ] {
            let refusal = try #require(sample.refusal)
            #expect(!text(refusal.response()).contains("script"))
        }
    }
}
