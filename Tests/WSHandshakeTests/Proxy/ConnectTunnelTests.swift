import Testing
import WSHandshake

@Suite("RFC 9110 §9.3.6: CONNECT")
struct ConnectTunnelTests {
    private func play(_ answer: String, limits: HeadLimits = .standard) throws -> ProxyDialogue {
        let tunnel = try ConnectTunnel(to: "example.com", port: 443, limits: limits)
        return try #require(ProxyDialogue.same(tunnel, Array(answer.utf8)), "cuts make a difference")
    }

    // P-1, P-8
    @Test(arguments: [
        ("example.com", 80, "example.com:80"), ("example.com", 443, "example.com:443"),
        ("192.0.2.1", 9000, "192.0.2.1:9000"), ("::1", 9000, "[::1]:9000"),
    ])
    func `the request names host and port, and nothing else`(host: String, port: UInt16, authority: String) throws {
        let tunnel = try ConnectTunnel(to: host, port: port)
        #expect(
            String(decoding: tunnel.opening, as: UTF8.self)
                == "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n\r\n")
    }

    @Test func `what was said stays said, and nothing behind it is taken`() throws {
        for (answer, outcome) in [
            ("HTTP/1.1 200 OK\r\n\r\n", ProxyOutcome.opened),
            ("HTTP/1.1 407 No\r\n\r\n", .failed(.refused(status: 407, reason: "No"))),
        ] {
            var tunnel = try ConnectTunnel(to: "example.com", port: 443)
            var consumed = 0
            #expect(tunnel.receive(octets(answer).span.bytes, consumed: &consumed) == outcome)
            #expect(tunnel.receive(octets(answer).span.bytes, consumed: &consumed) == outcome)
            #expect(consumed == 0)
        }
    }

    @Test(arguments: [
        (ProxyError.refused(status: 403, reason: "No"), "403 No"), (.refused(status: 403, reason: ""), ": 403"),
        (.head(.missingColon), HeadError.missingColon.description), (.tooManyInterimResponses(limit: 8), "8 interim"),
        (.invalidCredentials, "cannot be sent"), (.invalidAddress("***@x"), "***@x"), (.socksAddressType(9), "type 9"),
    ])
    func `an error is a line that says what the proxy did`(error: ProxyError, text: String) {
        #expect(error.description.contains(text))
        #expect(!error.description.contains("\n"))
    }

    // P-6, P-7
    @Test
    func `credentials go with the first request`() throws {
        let proxy = try ProxyAddress("http://Aladdin:open%20sesame@proxy")
        let tunnel = try ConnectTunnel(to: "example.com", port: 80, userInfo: proxy.userInfo)
        #expect(tunnel.request.fields["Proxy-Authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect(tunnel.request.fields["Authorization"] == nil)
    }

    @Test(arguments: ["", "a b", "a\r\nX: y", "é"])
    func `a host that cannot stand in a request`(host: String) {
        #expect(throws: ProxyError.self) { try ConnectTunnel(to: host.isEmpty ? " " : host, port: 80) }
    }

    // P-3, P-5
    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.0 200 Connection established\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 299 \r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ])
    func `any 2xx opens the tunnel right behind its head`(answer: String) throws {
        let dialogue = try play(answer + "\u{16}\u{3}\u{1}")
        #expect(dialogue.outcome == .opened)
        #expect(dialogue.rest == 3)
        #expect(dialogue.sent.count == 1)
    }

    // P-3, P-4, P-6
    @Test(arguments: [101, 300, 301, 401, 403, 407, 500, 502])
    func `any other status fails, and its body is not read`(status: Int) throws {
        let dialogue = try play("HTTP/1.1 \(status) No\r\nContent-Length: 4\r\n\r\nbody")
        #expect(dialogue.outcome == .failed(.refused(status: status, reason: "No")))
        #expect(dialogue.rest == 4)
        #expect(dialogue.sent.count == 1)
    }

    // P-10
    @Test
    func `the answer has the limits of any head`() throws {
        let limits = HeadLimits(maxBytes: 64, maxInterimResponses: 2)
        let interim = "HTTP/1.1 102 P\r\n\r\n"
        #expect(try play(interim + interim + "HTTP/1.1 200 OK\r\n\r\n", limits: limits).outcome == .opened)
        #expect(
            try play(interim + interim + interim, limits: limits).outcome == .failed(.tooManyInterimResponses(limit: 2))
        )
        let long = try play("HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 64))\r\n\r\n", limits: limits)
        #expect(long.outcome == .failed(.head(.headTooLarge(limit: 64))))
        guard case .failed(.head) = try play("SSH-2.0-OpenSSH_9\r\n").outcome else {
            Issue.record("taken for HTTP")
            return
        }
    }
}
