import Testing
import WSConnection
import WSFrame
import WSHandshake

@Suite("RFC 6455 §4.1: a client's opening handshake")
struct ClientHandshakeTests {
    private let wire = Wire(role: .client)

    // R-4.1-9, R-4.1-12, R-4.1-13, R-4.1-14, R-4.1-17
    @Test func `the request is the first output, and all of it until the answer`() throws {
        let handshake = try ClientHandshake.sample()
        let endpoint = Endpoint(
            Connection(
                client: handshake, configuration: ConnectionConfiguration.Shared(ConnectionConfiguration()),
                keys: ZeroMaskingKeys(), now: .zero))
        #expect(endpoint.bufferedAmount == handshake.requestBytes().count)
        endpoint.settle()
        #expect(endpoint.output == handshake.requestBytes())
        #expect(
            String(decoding: endpoint.output, as: UTF8.self).contains("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
        #expect(throws: SendError.notOpen) { try endpoint.send("a") }
        endpoint.advance(by: .seconds(1_000))
        #expect(endpoint.output == handshake.requestBytes())
        #expect(endpoint.state == .connecting)
    }

    // R-4.1-1
    @Test func `a request that is sent later is sent once`() throws {
        let configuration = ConnectionConfiguration.Shared(ConnectionConfiguration())
        let endpoint = Endpoint(
            Connection(clientToBegin: configuration, keys: ZeroMaskingKeys(), now: .seconds(1_000)))
        endpoint.settle()
        #expect(!endpoint.wantsToRead)
        #expect(endpoint.output == [])
        endpoint.connection.begin(try .sample())
        endpoint.connection.begin(try .sample())
        endpoint.settle()
        #expect(endpoint.takeOutput() == (try ClientHandshake.sample()).requestBytes())
        #expect(endpoint.wantsToRead)
        endpoint.receive(Sample.response())
        endpoint.connection.begin(try .sample())
        #expect(!endpoint.hasOutput)
        #expect(endpoint.events == [.upgradeResponse(101), .opened("")])
    }

    // R-4.1-13
    @Test func `each attempt has the key it is given`() throws {
        var options = ClientHandshake.Options(url: try WebSocketURL("ws://a"))
        options.subprotocols = ["x"]
        let first = try ClientHandshake(options, nonce: pattern(16)).requestBytes()
        let second = try ClientHandshake(options, nonce: pattern(16, from: 1)).requestBytes()
        #expect(first != second)
    }

    // R-4.1-28, R-4.1-31
    @Test func `frames behind the answer are read, wherever it is cut`() throws {
        let handshake = try ClientHandshake.sample()
        let frames = wire.frame(0x81, "one") + wire.frame(0x89, "two") + wire.message(2, [[3], [4]])
        let played = Feeder.play(Sample.response() + frames) { .client(handshake) }
        #expect(
            played.events == [
                .upgradeResponse(101), .opened(""), .text("one"), .ping(Array("two".utf8)), .binary([3, 4]),
            ])
        #expect(played.output == pongFrame("two", .client))
        #expect(played.state == .open)
    }

    // R-4.1-29
    @Test func `interim answers are skipped`() throws {
        let handshake = try ClientHandshake.sample()
        let interim = Sample.head("HTTP/1.1 103 Early Hints\nLink: </a>") + Sample.head("HTTP/1.1 102 Processing")
        let played = Feeder.play(interim + Sample.response() + wire.frame(0x81, "a")) { .client(handshake) }
        #expect(played.events == [.upgradeResponse(101), .opened(""), .text("a")])
    }

    // R-4.1-19, H-33
    @Test func `another status is reported with its body, and no frame is read or sent`() throws {
        let handshake = try ClientHandshake.sample()
        let frame = wire.frame(0x81, "not a message")
        for status in [200, 301, 400, 401, 403, 404, 426, 500, 503] {
            let head = Sample.head("HTTP/1.1 \(status) Whatever\nContent-Length: \(frame.count)")
            let played = Feeder.play(head + frame, ends: true) { .client(handshake) }
            #expect(played.events == [.unexpectedResponse(status), .body(frame), .closedAbnormally])
            #expect(played.output == [])
        }
        let bare = Feeder.play(Sample.head("HTTP/1.1 204 No Content"), ends: true) { .client(handshake) }
        #expect(bare.events == [.unexpectedResponse(204), .closedAbnormally])
    }

    // B-CLOSE-003, R-4.1-19
    @Test func `closing while the body of another answer is read is reported like closing before the answer`() throws {
        let endpoint = Endpoint.client(try .sample())
        endpoint.receive(Sample.head("HTTP/1.1 502 Bad Gateway") + [0x61])
        #expect(endpoint.state == .connecting)
        #expect(throws: SendError.notOpen) { try endpoint.send("a") }
        try endpoint.close()
        #expect(endpoint.state == .closing)
        endpoint.settle()
        #expect(endpoint.events.suffix(2) == [.failed(.closedBeforeOpen), .closedAbnormally])
        #expect(endpoint.hasClosed)
    }

    // R-4.1-27, R-4.1-32
    @Test func `field names compare without case, and the application sees all of them`() throws {
        let endpoint = Endpoint.client(try .sample())
        var cookie: String?
        endpoint.listener = { _, event in
            if case .upgradeResponse(let head) = event { cookie = head.fields["Set-Cookie"] }
        }
        let text = String(decoding: Sample.response("Set-Cookie: a=b"), as: UTF8.self)
        endpoint.receive(Array(text.replacing("Upgrade: websocket", with: "UPGRADE: WebSocket").utf8))
        #expect(endpoint.events == [.upgradeResponse(101), .opened("")])
        #expect(cookie == "a=b")
    }

    // R-4.1-23, R-4.1-25
    @Test func `what was offered and what was answered must fit`() throws {
        let offering = try ClientHandshake.sample {
            $0.subprotocols = ["a"]
            $0.extensions = [ExtensionOffer(name: "toy")]
        }
        let named = "Sec-WebSocket-Protocol: a\n"
        let answers: [(String, ClientHandshakeError)] = [
            ("", .noSubprotocol), ("Sec-WebSocket-Protocol: b", .invalidSubprotocol("b")),
            (named + "Sec-WebSocket-Extensions: foo", .extensionNotRequested("foo")),
            (named + "Sec-WebSocket-Extensions: toy, toy", .extensionNotRequested("toy")),
        ]
        for (fields, error) in answers {
            let played = Feeder.play(Sample.response(fields)) { .client(offering) }
            #expect(played.events == [.upgradeResponse(101), .failed(.handshake(error)), .closedAbnormally])
        }
    }

    // R-4.1-20, R-4.1-21, R-4.1-22, R-4.1-24, R-4.1-26
    @Test func `an answer that does not hold what §4.2.2 asks for fails the connection, and nothing is sent`() throws {
        let handshake = try ClientHandshake.sample()
        let answers: [([UInt8], ClientHandshakeError)] = [
            (Sample.response(accept: "AAAA"), .invalidAccept("AAAA")),
            (Sample.response("Sec-WebSocket-Protocol: x"), .subprotocolNotRequested("x")),
            (Sample.response("Sec-WebSocket-Extensions: foo"), .extensionsNotRequested("foo")),
            (Sample.head("HTTP/1.1 101 X\nConnection: Upgrade"), .invalidUpgrade(nil)),
            (Sample.head("HTTP/1.1 101 X\nUpgrade: websocket"), .invalidConnection(nil)),
        ]
        for (answer, error) in answers {
            let played = Feeder.play(answer + wire.frame(0x81, "a")) { .client(handshake) }
            #expect(played.events == [.upgradeResponse(101), .failed(.handshake(error)), .closedAbnormally])
            #expect(played.output == [])
            #expect(played.hasClosed)
        }
    }

    // R-4.1-26, B-CLOSE-004, B-TERM-003
    @Test func `an answer that is no HTTP fails the connection, and giving up in the listener adds nothing`() throws {
        let handshake = try ClientHandshake.sample()
        let played = Feeder.play(Sample.head("FOO")) {
            let endpoint = Endpoint.client(handshake)
            endpoint.listener = { endpoint, event in
                guard Seen(event).isFailed else { return }
                try? endpoint.close()
                endpoint.abort()
            }
            return endpoint
        }
        #expect(played.events == [.failed(.handshake(.head(.malformedVersion))), .closedAbnormally])
    }

    // B-CLOSE-006, B-TERM-005
    @Test(arguments: [true, false])
    func `a listener of the answer may still give the connection up`(aborts: Bool) throws {
        let handshake = try ClientHandshake.sample()
        let played = Feeder.play(Sample.response() + wire.frame(0x81, "a")) {
            let endpoint = Endpoint.client(handshake)
            endpoint.listener = { endpoint, event in
                guard case .upgradeResponse = event else { return }
                if aborts { endpoint.abort() } else { try? endpoint.close() }
            }
            return endpoint
        }
        #expect(played.events == [.upgradeResponse(101), .failed(.closedBeforeOpen), .closedAbnormally])
        #expect(played.output == [])
        #expect(played.hasClosed)
    }

    // B-CLOSE-001, B-CLOSE-002, B-TERM-001, B-TERM-002
    @Test(arguments: [true, false])
    func `closing before the answer fails the connection, once`(aborts: Bool) throws {
        let endpoint = Endpoint.client(try .sample()) { $0.limits.handshakeTimeout = .seconds(1) }
        endpoint.receive(Array(Sample.response().prefix(30)))
        if aborts { endpoint.abort() } else { try endpoint.close(1001) }
        #expect(endpoint.state == .closing)
        // Neither a deadline nor the rest of the answer matters now, even before the events are pulled.
        endpoint.clock.now += .seconds(2)
        endpoint.connection.handleTimeout(now: endpoint.now)
        endpoint.receive(Array(Sample.response().dropFirst(30)))
        endpoint.receiveEnd()
        #expect(endpoint.events == [.failed(.closedBeforeOpen), .closedAbnormally])
        #expect(endpoint.output == [])
    }

    // R-4.1-5, R-7.2.1-1
    @Test func `a stream that ends before the answer fails the connection`() throws {
        let handshake = try ClientHandshake.sample()
        let response = Sample.response()
        for count in [0, 1, response.count - 1] {
            let played = Feeder.play(Array(response.prefix(count)), ends: true) { .client(handshake) }
            #expect(played.events == [.failed(.endedBeforeOpen), .closedAbnormally])
            #expect(played.hasClosed)
        }
        let whole = Feeder.play(response, ends: true) { .client(handshake) }
        #expect(whole.events == [.upgradeResponse(101), .opened(""), .closedAbnormally])
    }

    // R-7-3, H-a
    @Test func `the handshake's deadline covers everything up to the answer's end, and no byte puts it off`() throws {
        let endpoint = Endpoint.client(try .sample()) { $0.limits.handshakeTimeout = .seconds(10) }
        for byte in Sample.response()[..<99] {
            endpoint.receive([byte])
            endpoint.advance(by: .milliseconds(100))
        }
        endpoint.advance(by: .milliseconds(99))
        #expect(endpoint.events == [])
        endpoint.advance(by: .milliseconds(1))
        #expect(endpoint.events == [.failed(.handshakeTimedOut), .closedAbnormally])
        #expect(endpoint.hasClosed)

        let inTime = Endpoint.client(try .sample()) { $0.limits.handshakeTimeout = .seconds(10) }
        inTime.receive(Sample.response())
        #expect(inTime.deadline == nil)
    }

    // R-7-3, H-33
    @Test func `the body of another answer has the close timeout, however it trickles in`() throws {
        let endpoint = Endpoint.client(try .sample()) { $0.limits.closeTimeout = .seconds(7) }
        endpoint.receive(Sample.head("HTTP/1.1 404 Not Found"))
        #expect(endpoint.deadline == endpoint.now + .seconds(7))
        for _ in 0..<6 {
            endpoint.advance(by: .seconds(1))
            endpoint.receive([0x61])
        }
        #expect(!endpoint.hasClosed)
        endpoint.advance(by: .seconds(1))
        #expect(endpoint.hasClosed)
        #expect(endpoint.events.last == .closedAbnormally)
    }

    // R-9.1-4, R-5.8-1
    @Test func `an extension is in use only if the server agreed to it`() throws {
        let offering = try ClientHandshake.sample { $0.extensions = [ExtensionOffer(name: "toy")] }
        let marked = wire.frame(0xC1, ToyCompression.packed("Hello"))
        let agreed = Feeder.play(Sample.response("Sec-WebSocket-Extensions: toy") + marked) {
            .client(offering, negotiation: { _ in ToyCompression() })
        }
        #expect(agreed.events == [.upgradeResponse(101), .opened("+toy"), .text("Hello")])

        let declined = Feeder.play(Sample.response() + marked) {
            let endpoint = Endpoint.client(offering, negotiation: { _ in ToyCompression() })
            endpoint.listener = { endpoint, event in
                if case .opened = event { _ = try? endpoint.send("Hello") }
            }
            return endpoint
        }
        #expect(
            declined.events == [.upgradeResponse(101), .opened(""), .failed(.frame(.unexpectedRSV1))])
        #expect(declined.output == written(0x81, Array("Hello".utf8), .client) + closeFrame(1002, .client))
    }

    // R-9.1-4, D-5-4
    @Test func `the extension itself judges its parameters in the answer`() throws {
        let offering = try ClientHandshake.sample { $0.extensions = [ExtensionOffer(name: "toy")] }
        let played = Feeder.play(Sample.response("Sec-WebSocket-Extensions: toy; speed=9")) {
            .client(
                offering,
                negotiation: { answer throws(ClientHandshakeError) in
                    throw .unacceptableExtensionParameters(ExtensionHeader.format(answer))
                })
        }
        #expect(
            played.events == [
                .upgradeResponse(101), .failed(.handshake(.unacceptableExtensionParameters("toy; speed=9"))),
                .closedAbnormally,
            ])
    }

    // R-4.1-31
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `both ends meet, whatever the network does with the bytes`(seed: UInt64) throws {
        let handshake = try ClientHandshake.sample { $0.subprotocols = ["chat"] }
        let pair = ConnectionPair(seed: seed, handshake: handshake)
        pair.server.listener = { server, event in
            guard case .upgradeRequested(let request) = event else { return }
            try? server.connection.accept(request, subprotocol: request.subprotocols.first, now: server.now)
            _ = try? server.send("welcome")
        }
        pair.client.listener = { client, event in
            if case .opened = event { _ = try? client.send("hello") }
        }
        pair.run()
        #expect(pair.client.events == [.upgradeResponse(101), .opened("chat"), .text("welcome")])
        #expect(pair.server.events == [.upgradeRequested("/chat"), .opened("chat"), .text("hello")])
    }
}
