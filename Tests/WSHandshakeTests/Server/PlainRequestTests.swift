import Testing
import WSHandshake

@Suite("RFC 9110 §7.8 Requests that ask for no upgrade")
struct PlainRequestTests {
    // B-ABORT-015, R-4.2.1-5, R-4.2.1-6
    @Test(arguments: ["", "keep-alive", "close", "Upgraded", "Upgrade;x", "\"Upgrade\""])
    func `without the Connection option a request is an ordinary one`(value: String) {
        #expect(SampleRequest().with("Connection", value).isPlain)
        #expect(SampleRequest().without("Connection").isPlain)
        #expect(SampleRequest().without("Upgrade").isPlain)
    }

    // B-ABORT-015
    @Test func `an ordinary request is handed over with its body left over`() throws {
        let head = "POST /form HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n"
        let reading = feedEveryWay(octets(head + "a=b"), { serverMachine() })
        guard case .plainRequest(let request) = reading.answer else {
            Issue.record("\(String(describing: reading.answer))")
            return
        }
        #expect(request.method == "POST")
        #expect(try request.bodyFraming() == .length(3))
        #expect(text(reading.leftOver) == "a=b")
    }

    // H-26
    @Test func `an ordinary request in HTTP 1.0 needs no Host`() {
        #expect(SampleRequest(line: "GET / HTTP/1.0").without("Connection").without("Host").isPlain)
        #expect(
            SampleRequest(line: "GET / HTTP/1.1").without("Connection").without("Host").refusal?.reason
                == .head(.missingHost))
    }

    // H-12, H-22, H-23
    @Test(arguments: [
        ("Host", "a b"), ("Content-Length", "x"), ("Content-Length", "5, 6"), ("Transfer-Encoding", "chunked, gzip"),
        ("Transfer-Encoding", "gzip, chunked"),
    ])
    func `an ordinary request has to be sound all the same`(name: String, value: String) {
        let refusal = SampleRequest().without("Upgrade").with(name, value).refusal
        #expect(refusal?.status == (value == "gzip, chunked" ? 501 : 400))
    }

    // B-ABORT-015, R-4.4-1
    @Test func `what only serves WebSocket connections answers 426`() throws {
        let refusal = HandshakeRefusal(.upgradeRequired)
        let reading = feed(refusal.response(), responseMachine())
        let head = try #require(reading.answer?.head)
        #expect(head.status == 426)
        #expect(head.reason == "Upgrade Required")
        #expect(head.fields["Upgrade"] == "websocket")
        #expect(head.fields["Sec-WebSocket-Version"] == "13, 8")
        #expect(head.fields.values(of: "Content-Type") == ["text/plain"])
        #expect(head.fields.hasToken("close", in: "Connection"))
        #expect(head.fields.hasToken("upgrade", in: "Connection"))
        #expect(text(reading.leftOver) == "Upgrade Required")
    }

    // R-4.2.1-15, H-24, H-d
    @Test(arguments: [
        ("Content-Length", "1", 400), ("Content-Length", "18446744073709551616", 400), ("Content-Length", "+0", 400),
        ("Content-Length", "5, 6", 400),
        ("Transfer-Encoding", "chunked", 400), ("Transfer-Encoding", "identity", 400),
        ("Transfer-Encoding", "x, chunked", 501),
        ("Transfer-Encoding", "", 400), ("Transfer-Encoding", "chunked, chunked", 400),
    ])
    func `an upgrade with a body is refused, and what follows is no request`(name: String, value: String, status: Int) {
        let smuggled = "GET /admin HTTP/1.1\r\nHost: h\r\n\r\n"
        let reading = feedEveryWay(octets(SampleRequest().adding(name, value).text + smuggled), { serverMachine() })
        guard case .refused(let refusal) = reading.answer else {
            Issue.record("\(String(describing: reading.answer))")
            return
        }
        #expect(refusal.status == status)
        #expect(text(reading.leftOver) == smuggled)
    }

    // R-4.2.1-15, H-24
    @Test func `an upgrade that says it has no body is fine`() {
        #expect(SampleRequest().adding("Content-Length", "0").upgrade != nil)
        #expect(SampleRequest().with("Content-Length", "0", "0").upgrade != nil)
        #expect(SampleRequest().with("Content-Length", "0", "5").refusal?.reason == .head(.invalidContentLength))
        #expect(SampleRequest().with("Content-Length", "7").refusal?.reason == .body)
        let both = SampleRequest().adding("Content-Length", "0").adding("Transfer-Encoding", "chunked")
        #expect(both.refusal?.reason == .head(.contentLengthWithTransferEncoding))
    }

    // H-27
    @Test(arguments: ["100-continue", "100-Continue", "something"])
    func `an upgrade that waits for a 100 is answered with 417`(value: String) {
        let refusal = SampleRequest().adding("Expect", value).refusal
        #expect(refusal?.reason == .expectation(value))
        #expect(refusal?.status == 417)
    }

    // R-4.2.1-1, R-10.7-1
    @Test(arguments: [
        ("GET /chat HTTP/1.1\nHost: h\r\n\r\n", 400), ("GET /chat\r\n\r\n", 400), ("\u{16}\u{03}\u{01}", 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ("SSH-2.0-x\r\n", 400), ("GET / HTTP/1.1\r\nA : b\r\n\r\n", 400), ("\u{0}", 400),
    ])
    func `what is no request is refused with a status`(bytes: String, status: Int) {
        guard case .refused(let refusal) = serve(bytes).answer else {
            Issue.record("not refused: \(bytes.debugDescription)")
            return
        }
        #expect(refusal.status == status)
        #expect(refusal.reason.isClientFault)
    }
}
