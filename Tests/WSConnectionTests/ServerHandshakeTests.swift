import Testing
import WSConnection
import WSFrame
import WSHandshake

@Suite("RFC 6455 §4.2: a server's opening handshake")
struct ServerHandshakeTests {
    private let wire = Wire(role: .server)

    // R-4.2.2-7, R-4.2.2-5, R-4.2.1-14
    @Test func `an accepted request is answered with 101, and the frames behind it are read`() {
        let frames = wire.frame(0x81, "first") + wire.frame(0x89, "ping")
        let played = Feeder.play(Sample.request() + frames) { .server() }
        #expect(played.events == [.upgradeRequested("/chat"), .opened(""), .text("first"), .ping(Array("ping".utf8))])
        #expect(played.output == Sample.response() + pongFrame("ping", .server))
        #expect(played.state == .open)
    }

    // R-4.2.2-5
    @Test func `the subprotocol chosen stands in the answer and in the agreement`() throws {
        let endpoint = Endpoint.server(accepts: false)
        endpoint.listener = { endpoint, event in
            guard case .upgradeRequested(let request) = event else { return }
            #expect(request.subprotocols == ["a", "b"])
            try? endpoint.connection.accept(request, subprotocol: "b", now: endpoint.now)
        }
        endpoint.receive(Sample.request("Sec-WebSocket-Protocol: a, b"))
        #expect(endpoint.events == [.upgradeRequested("/chat"), .opened("b")])
        #expect(endpoint.output == Sample.response("Sec-WebSocket-Protocol: b"))
    }

    // R-4.2.2-5: what may not be answered is thrown back at the caller, who can still decide otherwise.
    @Test func `an answer that may not be given leaves the question open`() throws {
        let endpoint = Endpoint.server(accepts: false)
        endpoint.listener = { endpoint, event in
            guard case .upgradeRequested(let request) = event else { return }
            #expect(throws: HandshakeMisuse.subprotocolNotOffered("c")) {
                try endpoint.connection.accept(request, subprotocol: "c", now: endpoint.now)
            }
            #expect(endpoint.state == .connecting)
            #expect(!endpoint.hasOutput)
            endpoint.connection.refuse(HandshakeRefusal(status: 403), now: endpoint.now)
        }
        endpoint.receive(Sample.request())
        #expect(String(decoding: endpoint.output, as: UTF8.self).hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
        #expect(endpoint.hasEndedWriting)
    }

    // R-4.2.2-9
    @Test func `a server may send behind its 101, in the same write`() throws {
        let endpoint = Endpoint.server(accepts: false)
        endpoint.listener = { endpoint, event in
            Endpoint.accept(endpoint, event)
            if case .upgradeRequested = event { _ = try? endpoint.send("welcome") }
        }
        endpoint.receive(Sample.request())
        #expect(endpoint.output == Sample.response() + written(0x81, Array("welcome".utf8), .server))
    }

    // R-4.2.1-14
    @Test func `until the application has decided nothing happens, and nothing is lost`() throws {
        let stream = Sample.request() + wire.frame(0x01, "a") + wire.frame(0x89) + wire.frame(0x80, "b")
        for cut in Sample.request().count...stream.count {
            let endpoint = Endpoint.server(accepts: false)
            var request: UpgradeRequest?
            endpoint.listener = { _, event in
                if case .upgradeRequested(let asked) = event { request = asked }
            }
            endpoint.receive(Array(stream[..<cut]))
            #expect(endpoint.events == [.upgradeRequested("/chat")])
            #expect(!endpoint.wantsToRead)
            #expect(endpoint.state == .connecting)
            endpoint.receive(Array(stream[cut...]))
            endpoint.advance(by: .seconds(100))
            #expect(endpoint.takeEvents().count == 1)
            #expect(endpoint.output == [])
            let asked = try #require(request)
            try endpoint.connection.accept(asked, now: endpoint.now)
            endpoint.settle()
            #expect(endpoint.events == [.opened(""), .ping([]), .text("ab")])
            #expect(endpoint.wantsToRead)
        }
    }

    // R-4.2.1-1, R-10.7-1, R-4.2.2-10, H-30
    @Test func `a request that is no handshake is refused, and the stream ends`() {
        let bad: [(String, Int)] = [
            ("BROKEN", 400), ("POST /chat HTTP/1.1\nHost: a\nUpgrade: websocket\nConnection: Upgrade", 405),
            ("GET /chat HTTP/1.1\nHost: a\nUpgrade: websocket\nConnection: Upgrade", 400),
        ]
        let smuggled = Sample.head("GET /secret HTTP/1.1\nHost: a")
        for (head, status) in bad {
            let played = Feeder.play(Sample.head(head) + smuggled, ends: true) { .server() }
            #expect(played.events == [.refused(status), .closedAbnormally])
            let output = String(decoding: played.output, as: UTF8.self)
            #expect(output.hasPrefix("HTTP/1.1 \(status) "))
            #expect(output.contains("\r\nConnection: close\r\n"))
            #expect(output.ranges(of: "HTTP/1.1").count == 1)
            #expect(played.hasEndedWriting)
        }
    }

    // R-4.2.2-2, R-4.2.2-3, R-4.2.2-4, R-4.2.2-10
    @Test func `a handshake the application refuses is answered, and what follows is thrown away`() {
        let stream = Sample.request() + wire.frame(0x81, "a") + Sample.request(target: "/other")
        let played = Feeder.play(stream) {
            let endpoint = Endpoint.server(accepts: false)
            endpoint.listener = { endpoint, event in
                guard case .upgradeRequested = event else { return }
                endpoint.connection.refuse(HandshakeRefusal(.origin("evil")), now: endpoint.now)
                // The first answer counts.
                endpoint.connection.refuse(HandshakeRefusal(.path), now: endpoint.now)
                Endpoint.accept(endpoint, event)
            }
            return endpoint
        }
        #expect(played.events == [.upgradeRequested("/chat")])
        #expect(played.output == HandshakeRefusal(.origin("evil")).response())
        #expect(played.state == .closing)
        #expect(played.hasEndedWriting)
    }

    // R-4.4-1
    @Test func `an ordinary request is reported as one`() {
        let played = Feeder.play(Sample.head("GET /page HTTP/1.1\nHost: a")) {
            let endpoint = Endpoint.server(accepts: false)
            endpoint.listener = { endpoint, event in
                guard case .plainRequest = event else { return }
                endpoint.connection.refuse(HandshakeRefusal(.upgradeRequired), now: endpoint.now)
            }
            return endpoint
        }
        #expect(played.events == [.plainRequest("/page")])
        #expect(String(decoding: played.output, as: UTF8.self).hasPrefix("HTTP/1.1 426 "))
    }

    // R-7-3, R-7.1.1-1
    @Test func `after a refusal the peer has the close timeout to end the stream`() {
        let endpoint = Endpoint.server { $0.limits.closeTimeout = .seconds(7) }
        endpoint.receive(Sample.head("BROKEN"))
        #expect(endpoint.hasEndedWriting)
        #expect(endpoint.wantsToRead)
        endpoint.receive(Array(repeating: 0x41, count: 10_000))
        endpoint.advance(by: .seconds(6))
        #expect(!endpoint.hasClosed)
        endpoint.advance(by: .seconds(1))
        #expect(endpoint.hasClosed)
        #expect(endpoint.events == [.refused(400), .closedAbnormally])
    }

    // R-7.2.2-1
    @Test func `a stream that ends in the head is closed without a word`() {
        let request = Sample.request()
        for count in [0, 1, 10, request.count - 1] {
            let played = Feeder.play(Array(request.prefix(count)), ends: true) { .server() }
            #expect(played.events == [.closedAbnormally])
            #expect(played.output == [])
            #expect(played.hasClosed)
        }
    }

    // R-7.2.2-1, S-13
    @Test(arguments: [true, false])
    func `a peer that goes away while the application decides is reported, and the answer comes to nothing`(
        hasFrames: Bool
    ) throws {
        let endpoint = Endpoint.server(accepts: false)
        var request: UpgradeRequest?
        endpoint.listener = { _, event in
            if case .upgradeRequested(let asked) = event { request = asked }
        }
        endpoint.receive(Sample.request() + (hasFrames ? wire.frame(0x81, "a") : []))
        endpoint.receiveEnd()
        #expect(endpoint.events == [.upgradeRequested("/chat"), .closedAbnormally])
        #expect(endpoint.state == .closed)
        let asked = try #require(request)
        try endpoint.connection.accept(asked, now: endpoint.now)
        endpoint.connection.refuse(HandshakeRefusal(.path), now: endpoint.now)
        endpoint.settle()
        #expect(endpoint.events.count == 2)
        #expect(endpoint.output == [])
    }

    // R-7-3, H-a
    @Test func `the handshake's deadline holds for the head and the decision together, and no byte puts it off`() {
        let request = Sample.request()
        for count in [1, request.count] {
            let endpoint = Endpoint.server(accepts: false) { $0.limits.handshakeTimeout = .seconds(10) }
            #expect(endpoint.deadline == endpoint.now + .seconds(10))
            endpoint.advance(by: .seconds(4))
            endpoint.receive(Array(request.prefix(count)))
            endpoint.advance(by: .seconds(5))
            #expect(endpoint.output == [])
            endpoint.advance(by: .seconds(1))
            // The first has not come whole, the second was not answered (RFC 9110 §15.5.9, §15.6.4).
            let status = count == 1 ? 408 : 503
            #expect(String(decoding: endpoint.output, as: UTF8.self).hasPrefix("HTTP/1.1 \(status) "))
            #expect(endpoint.hasEndedWriting)
            endpoint.receiveEnd()
            #expect(endpoint.events == (count == 1 ? [] : [.upgradeRequested("/chat")]) + [.closedAbnormally])
        }
        let endpoint = Endpoint.server { $0.limits.handshakeTimeout = .seconds(10) }
        endpoint.receive(request)
        #expect(endpoint.deadline == nil)
    }

    // B-CLOSE-001, B-TERM-001 from the server's side
    @Test(arguments: [0, 10, 1000], [true, false])
    func `closing or giving up before the connection is open closes the stream at once`(count: Int, aborts: Bool) throws
    {
        let endpoint = Endpoint.server(accepts: false)
        let head = Array(Sample.request().prefix(count))
        endpoint.receive(head)
        if aborts { endpoint.abort() } else { try endpoint.close(1000) }
        #expect(endpoint.state == .closing)
        endpoint.settle()
        #expect(endpoint.takeEvents().last == .closedAbnormally)
        #expect(endpoint.output == [])
        #expect(endpoint.hasClosed)
        endpoint.advance(by: .seconds(100))
        #expect(endpoint.events == [])
    }

    @Test func `a server that shuts down may refuse before the request is there`() {
        let endpoint = Endpoint.server()
        endpoint.receive(Array(Sample.request().prefix(10)))
        endpoint.connection.refuse(HandshakeRefusal(.unavailable), now: endpoint.now)
        endpoint.settle()
        #expect(endpoint.output == HandshakeRefusal(.unavailable).response())
        #expect(endpoint.hasEndedWriting)
    }

    // R-7.1.1-1: as `printf … | nc` does.
    @Test func `a client that ends its direction behind the request still gets its refusal`() {
        let endpoint = Endpoint.server()
        endpoint.connection.receive(Bytes(Sample.head("BROKEN")), now: endpoint.now)
        endpoint.connection.receiveEnd(now: endpoint.now)
        endpoint.settle()
        #expect(String(decoding: endpoint.output, as: UTF8.self).hasPrefix("HTTP/1.1 400 "))
        #expect(endpoint.events == [.refused(400), .closedAbnormally])
    }

    // R-4.2.2-1
    @Test func `a question is answered once`() throws {
        let endpoint = Endpoint.server(accepts: false)
        var asked: UpgradeRequest?
        endpoint.listener = { _, event in if case .upgradeRequested(let request) = event { asked = request } }
        endpoint.receive(Sample.request())
        let request = try #require(asked)
        try endpoint.connection.accept(request, now: endpoint.now)
        endpoint.settle()
        #expect(endpoint.takeOutput() == Sample.response())
        try endpoint.connection.accept(request, now: endpoint.now)
        try endpoint.connection.accept(request.response(), agreement: Agreement(), now: endpoint.now)
        endpoint.connection.refuse(now: endpoint.now)
        endpoint.settle()
        #expect(endpoint.output == [])
        #expect(endpoint.events == [.upgradeRequested("/chat"), .opened("")])
        #expect(endpoint.state == .open)
    }

    // R-4.2.2-2
    @Test func `the stream is not ended before the refusal was written`() {
        let endpoint = Endpoint.server()
        endpoint.room = 20
        endpoint.receive(Sample.head("GET / HTTP/1.1\nHost: h\nUpgrade: websocket\nConnection: Upgrade"))
        #expect(endpoint.output.count == 20)
        #expect(endpoint.streamAction == .none)
        #expect(!endpoint.hasEndedWriting)
        endpoint.room = .max
        endpoint.settle()
        #expect(!endpoint.hasOutput)
        #expect(endpoint.hasEndedWriting)
    }

    // H-36, H-a: a piece must not cost what all before it have cost.
    @Test func `a head that comes byte by byte costs work in proportion to its length`() {
        func time(_ lines: Int) -> Int {
            let line = "X-Filler: \(String(repeating: "a", count: 50))\n"
            let head = Sample.request(String(repeating: line, count: lines))
            return processorTime {
                let endpoint = Endpoint.server { $0.limits.head.maxBytes = 1 << 20 }
                for byte in head { endpoint.receive([byte]) }
                #expect(endpoint.state == .open)
            }
        }
        #expect(time(80) < time(10) * 24)
    }
}
