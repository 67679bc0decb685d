import Testing
import WSHandshake

@Suite("RFC 6455 §10.1 Hostile peers")
struct HostileInputTests {
    /// Requests and what else a server could be sent, as a beginning for mutations.
    private static let requests: [String] = [
        SampleRequest().text,
        "\r\n"
            + SampleRequest(line: "GET http://h:8080/p?q HTTP/1.1").adding("Sec-WebSocket-Extensions", "a; b=\"c\", d")
            .text,
        "POST / HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 5\r\n\r\nhello",
        SampleRequest().with("Sec-WebSocket-Version", "8").with("Connection", "keep-alive, Upgrade").text
            + "\u{81}\u{80}abcd",
    ]

    private static let responses: [String] = [
        SampleResponse().with("Sec-WebSocket-Protocol", "a").with("Sec-WebSocket-Extensions", "x; y=\"z\"").text
            + "\u{81}\u{00}",
        "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n folded\r\n\r\n" + SampleResponse().text,
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\n\r\nfoo",
    ]

    // H-36, S-T2, R-10.7-2
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a mutated request is judged the same however it is cut`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let original = Self.requests[Int.random(in: 0..<Self.requests.count, using: &generator)]
            let bytes = generator.mutate(octets(original))
            let whole = feed(bytes, serverMachine())
            let cut = feed(bytes, cuts: generator.cuts(bytes.count), serverMachine())
            #expect(cut == whole, "seed \(seed): \(text(bytes).debugDescription)")
            check(whole.answer)
        }
    }

    /// What holds for every decision.
    private func check(_ outcome: ServerHandshake.Outcome?) {
        switch outcome {
        case .upgrade(let request):
            #expect(request.head.method == "GET")
            #expect(AcceptKey.isKey(request.key))
            #expect(request.resourceName.hasPrefix("/"))
            #expect(Set(request.subprotocols).count == request.subprotocols.count)
            #expect((try? request.response(subprotocol: request.subprotocols.last).serialized()) != nil)
            guard case .success(request) = ServerHandshake.validate(request.head) else {
                Issue.record("a second look at the head differs")
                return
            }
        case .plainRequest(let head):
            #expect((try? head.bodyFraming()) != nil)
            #expect(feed((try? head.serialized()) ?? [], requestMachine()).answer?.head == head)
        case .refused(let refusal):
            #expect((400...505).contains(refusal.status))
            #expect(feed(refusal.response(), responseMachine()).answer?.head?.status == refusal.status)
        case .needsMoreBytes, nil: break
        }
    }

    // H-36, S-T2, R-10.7-2
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a mutated response is judged the same however it is cut`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let client = try sampleClient(subprotocols: ["a"], extensions: ["x"])
        for _ in 0..<50 {
            let original = Self.responses[Int.random(in: 0..<Self.responses.count, using: &generator)]
            let bytes = generator.mutate(octets(original))
            let whole = feed(bytes, clientMachine(client))
            let cut = feed(bytes, cuts: generator.cuts(bytes.count), clientMachine(client))
            #expect(cut == whole, "seed \(seed): \(text(bytes).debugDescription)")
            if let opened = whole.answer?.opened {
                #expect(opened.head.fields.values(of: "Sec-WebSocket-Accept") == [SampleRequest.accept])
                #expect(opened.subprotocol == "a")
            }
        }
    }

    // S-T2, U-5
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a mutated address is refused or becomes a sound request`(seed: UInt64) throws {
        let originals = [
            "ws://user:pass@example.com:8080/path?query", "wss://[2001:db8::1]:443/a%20b", "ws+unix:/run/x.sock:/p?q",
            "http://127.0.0.1/é", "https://xn--x/?",
        ]
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let original = originals[Int.random(in: 0..<originals.count, using: &generator)]
            let address = String(decoding: generator.mutate(Array(original.utf8)), as: UTF8.self)
            guard let url = try? WebSocketURL(address) else { continue }
            let handshake = try ClientHandshake(
                ClientHandshake.Options(url: url), nonce: [UInt8](repeating: 7, count: 16))
            guard case .upgrade(let request) = feed(handshake.requestBytes(), serverMachine()).answer else {
                Issue.record("seed \(seed): \(address.debugDescription)")
                continue
            }
            #expect(request.resourceName == url.resourceName)
            #expect(request.host == url.hostField)
            #expect(try WebSocketURL(url.href) == url, "seed \(seed): \(address.debugDescription)")
        }
    }

    // S-T2, R-9.1-1
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a mutated extension list is refused or reads back as it is written`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let original = octets("permessage-deflate; client_max_window_bits; server_max_window_bits=\"10\", x; y")
        for _ in 0..<100 {
            let value = text(generator.mutate(original))
            if let offers = try? ExtensionHeader.parse(value) {
                #expect(try ExtensionHeader.parse(ExtensionHeader.format(offers)) == offers)
            }
            if let names = try? SubprotocolHeader.parse(value) {
                #expect(try SubprotocolHeader.parse(SubprotocolHeader.format(names)) == names)
            }
        }
    }

    // S-T4, S-9, R-4.2.1-1
    @Test(
        arguments: SampleRequest().fields.map(\.name) + [
            "Sec-WebSocket-Extensions", "Content-Length", "Transfer-Encoding", "Expect",
        ])
    func `each request field may be absent, empty, doubled, long or not ASCII`(name: String) throws {
        let sample = SampleRequest()
        let value = sample.fields.first { $0.name == name }?.value ?? "x"
        let variants = [
            sample.without(name), sample.with(name, ""), sample.with(name, value, value),
            sample.with(name, "\u{80}\u{FF}"),
            sample.with(name, String(repeating: ",", count: 8000)),
            sample.with(name, String(repeating: "\"", count: 8000)),
        ]
        for variant in variants { check(variant.outcome) }
        let long = sample.with(name, String(repeating: "a", count: 65536))
        #expect(long.refusal?.status == 431)
        guard case .refused = serve(long.text, limits: HeadLimits(maxBytes: 1 << 20)).answer else {
            Issue.record("a line of 64 KiB passed")
            return
        }
    }

    // S-T4, S-9, S-10
    @Test(arguments: [
        "Upgrade", "Connection", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions",
        "Content-Length",
    ])
    func `each response field may be absent, empty, doubled, long or not ASCII`(name: String) throws {
        let sample = SampleResponse().with("Sec-WebSocket-Protocol", "a").with("Sec-WebSocket-Extensions", "x")
        let value = sample.fields.first { $0.name == name }?.value ?? "5"
        let variants = [
            sample.without(name), sample.with(name, ""), sample.with(name, value, value),
            sample.with(name, "\u{80}\u{FF}"),
            sample.with(name, String(repeating: ",", count: 8000)),
            sample.with(name, String(repeating: "a", count: 65536)),
        ]
        for variant in variants {
            for (subprotocols, extensions) in [([], []), (["a"], ["x"])] {
                #expect(try answer(variant.text, subprotocols: subprotocols, extensions: extensions) != nil)
            }
        }
    }

    // H-d, R-4.2.2-10
    @Test(arguments: [
        SampleRequest().with("Sec-WebSocket-Version", "99"), SampleRequest().with("Upgrade", "h2c"),
        SampleRequest().without("Sec-WebSocket-Key"),
        SampleRequest(line: "POST / HTTP/1.1"), SampleRequest(line: "GET / HTTP/1.0"),
        SampleRequest(line: "GET  / HTTP/1.1"), SampleRequest().with("Host", "a b"),
        SampleRequest().adding("Content-Length", "5"), SampleRequest().adding("Expect", "100-continue"),
    ])
    func `a request after a refused one is never read`(sample: SampleRequest) {
        var handshake = ServerHandshake()
        var consumed = 0
        let bytes = octets(sample.text)
        guard case .refused(let refusal) = handshake.receive(bytes.span.bytes, consumed: &consumed) else {
            Issue.record("not refused")
            return
        }
        let second = octets(SampleRequest().text)
        #expect(handshake.receive(second.span.bytes, consumed: &consumed) == .refused(refusal))
        #expect(consumed == 0)
    }
}
