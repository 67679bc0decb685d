import Testing
import WSHandshake

@Suite("RFC 6455 §4.1 Order of checks, interim responses")
struct CheckOrderTests {
    /// A 101 in which everything from the given check on is wrong.
    private static let responses: [(SampleResponse, String)] = {
        var response = SampleResponse().with("Upgrade", "foo").with("Sec-WebSocket-Accept", "bad")
            .with("Sec-WebSocket-Protocol", "baz").with("Sec-WebSocket-Extensions", "foo;=")
        var responses = [(response, "Invalid Upgrade header")]
        response = response.with("Upgrade", "websocket")
        responses.append((response, "Invalid Sec-WebSocket-Accept header"))
        response = response.with("Sec-WebSocket-Accept", SampleRequest.accept)
        responses.append((response, "Server sent an invalid subprotocol"))
        response = response.with("Sec-WebSocket-Protocol", "bar")
        responses.append((response, "Invalid Sec-WebSocket-Extensions header"))
        return responses
    }()

    // B-HS-027
    @Test(arguments: 0..<4)
    func `Upgrade, accept, subprotocol and extensions are checked in this order`(first: Int) throws {
        let (response, expected) = Self.responses[first]
        let outcome = try answer(response.text, subprotocols: ["foo", "bar"], extensions: ["permessage-deflate"])
        #expect(outcome?.error?.description == expected)
    }

    // B-HS-026, B-HS-027
    @Test func `a failure carries the response that was read`() throws {
        let response = SampleResponse().with("Upgrade", "foo").with("X", "y")
        guard case .failed(_, let head?) = try answer(response.text) else {
            Issue.record("no response in the failure")
            return
        }
        #expect(head.fields["X"] == "y")
    }

    // R-4.1-29
    @Test(arguments: [
        "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 199\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n",
    ])
    func `interim responses are skipped`(interim: String) throws {
        let client = try sampleClient()
        let bytes = octets(interim + SampleResponse().text + "\u{88}\u{00}")
        let reading = feedEveryWay(bytes, { clientMachine(client) })
        #expect(reading.answer?.opened?.head.status == 101)
        #expect(reading.leftOver == [0x88, 0x00])
    }

    // R-4.1-29, H-35
    @Test(arguments: [HeadLimits.standard, .hardened], [-1, 0, 1])
    func `as many interim responses as the limit says are skipped`(limits: HeadLimits, excess: Int) throws {
        let count = limits.maxInterimResponses + excess
        let interim = String(repeating: "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", count: count)
        let outcome = try answer(interim + SampleResponse().text, limits: limits)
        if excess <= 0 {
            #expect(outcome?.opened != nil)
        } else {
            #expect(outcome?.error == .tooManyInterimResponses(limit: limits.maxInterimResponses))
        }
    }

    // R-4.1-29, R-4.1-19
    @Test func `a final response after an interim one is the answer`() throws {
        let client = try sampleClient()
        let bytes = octets("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 401 Unauthorized\r\n\r\nfoo")
        let reading = feedEveryWay(bytes, { clientMachine(client) })
        #expect(reading.answer?.unexpectedStatus == 401)
        #expect(text(reading.leftOver) == "foo")
    }

    // H-a
    @Test func `an endless answer is cut off at the limit`() throws {
        var client = try sampleClient()
        var consumed = 0
        let start = octets("HTTP/1.1 101 x\r\n")
        #expect(client.receive(start.span.bytes, consumed: &consumed) == .needsMoreBytes)
        let line = octets("X: \(String(repeating: "y", count: 1000))\r\n")
        var fed = 0
        var outcome = ClientHandshake.Outcome.needsMoreBytes
        while outcome == .needsMoreBytes, fed < 1_000_000 {
            outcome = client.receive(line.span.bytes, consumed: &consumed)
            fed += line.count
        }
        #expect(outcome.error == .head(.headTooLarge(limit: 16384)))
        #expect(fed < 18_000)
    }
}
