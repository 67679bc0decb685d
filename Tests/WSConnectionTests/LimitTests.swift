import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §10.4: limits on what a peer sends")
struct LimitTests {
    // R-10.4-1, B-CONN-003, B-RECV-041, B-RECV-059
    @Test(arguments: Role.both, [-1, 0, 1])
    func `a message in one frame may have as many bytes as the limit`(role: Role, beyond: Int) {
        let payload = pattern(1000 + beyond)
        let played = Feeder.play(Wire(role: role).frame(0x82, payload)) { .open(role) { $0.limits.maxPayload = 1000 } }
        if beyond > 0 {
            #expect(played.events == [.failed(.messageTooBig(limit: 1000))])
            #expect(played.output == closeFrame(1009, role))
        } else {
            #expect(played.events == [.binary(payload)])
        }
    }

    // R-10.4-1, B-RECV-059
    @Test(arguments: Role.both, [-1, 0, 1])
    func `a message in fragments may have as many bytes as the limit, all together`(role: Role, beyond: Int) {
        let fragments = [pattern(3), pattern(4 + beyond), [], pattern(3)]
        let stream = Wire(role: role).message(2, fragments)
        let played = Feeder.play(stream) { .open(role) { $0.limits.maxPayload = 10 } }
        let good: [Seen] = [.binary(fragments.flatMap(\.self))]
        #expect(played.events == (beyond > 0 ? [.failed(.messageTooBig(limit: 10))] : good))
    }

    // R-5.2-8, B-RECV-061, B-RECV-059, F-2
    @Test(arguments: Role.both)
    func `the length is judged with the header, before any payload has come`(role: Role) {
        let wire = Wire(role: role)
        for length in [11, 126, 65_536, 1 << 40, (1 << 53) - 1] {
            let played = Feeder.play(wire.header(0x82, length)) { .open(role) { $0.limits.maxPayload = 10 } }
            #expect(played.events == [.failed(.messageTooBig(limit: 10))])
        }
        let second = wire.frame(0x01, "12345678") + wire.header(0x80, 3)
        let played = Feeder.play(second) { .open(role) { $0.limits.maxPayload = 10 } }
        #expect(played.events == [.failed(.messageTooBig(limit: 10))])
    }

    // F-1, S-1, S-2, S-3: lengths of any size are numbers to compare, and nothing else.
    @Test(arguments: Role.both, [0, 1, -1, Int.max, Int.min])
    func `the greatest lengths are taken where the limit allows them, and never trap`(role: Role, limit: Int) {
        let wire = Wire(role: role)
        let endpoint = Endpoint.open(role) {
            $0.limits.maxPayload = limit
            $0.limits.maxFragments = limit
        }
        endpoint.receive(wire.frame(0x02, "a") + wire.frame(0x00) + wire.header(0x00, (1 << 53) - 1) + [1])
        #expect(endpoint.state == (limit == 1 ? .closing : .open))
    }

    // B-RECV-060
    @Test(arguments: Role.both)
    func `control frames are not held to the limit of messages`(role: Role) {
        let wire = Wire(role: role)
        let stream = wire.frame(0x89, pattern(125)) + wire.frame(0x8A, pattern(125)) + wire.close(1000, "because")
        let played = Feeder.play(stream) { .open(role) { $0.limits.maxPayload = 1 } }
        #expect(played.events == [.ping(pattern(125)), .pong(pattern(125)), .closing(1000, "because")])
    }

    // F-3, B-RECV-044, B-RECV-045, B-RECV-062
    @Test(arguments: Role.both, [-1, 0, 1])
    func `a message may have as many fragments as the limit, empty ones included`(role: Role, beyond: Int) {
        let wire = Wire(role: role)
        for fragment in [[], [0x61] as [UInt8]] {
            let fragments = Array(repeating: fragment, count: 5 + beyond)
            // The count begins anew with each message, and control frames are not in it.
            var stream = wire.message(2, Array(repeating: [], count: 5))
            for piece in fragments.indices {
                let fin: UInt8 = piece == fragments.count - 1 ? 0x80 : 0
                stream += wire.frame((piece == 0 ? 1 : 0) | fin, fragment) + wire.frame(0x8A)
            }
            let played = Feeder.play(stream) { .open(role) { $0.limits.maxFragments = 5 } }
            let rest = played.events.filter { $0 != .pong([]) }
            if beyond > 0 {
                #expect(rest == [.binary([]), .failed(.tooManyFragments(limit: 5))])
                #expect(played.output == closeFrame(1008, role))
            } else {
                #expect(rest == [.binary([]), .message(fragments.flatMap(\.self), isBinary: false)])
            }
        }
    }

    // B-RECV-062
    @Test(arguments: Role.both)
    func `a limit of one fragment admits messages in one frame, and only those`(role: Role) {
        let wire = Wire(role: role)
        let make = { Endpoint.open(role) { $0.limits.maxFragments = 1 } }
        let whole = Feeder.play(wire.frame(0x81, "a") + wire.frame(0x81, "b"), make)
        #expect(whole.events == [.text("a"), .text("b")])
        let two = Feeder.play(wire.frame(0x01, "a") + wire.frame(0x80, "b"), make)
        #expect(two.events == [.failed(.tooManyFragments(limit: 1))])
    }

    // F-3: the default limit, with nothing kept for each fragment.
    @Test func `131,072 empty fragments pass, one more does not`() {
        let wire = Wire(role: .client)
        let endpoint = Endpoint.open(.client)
        endpoint.receive(wire.frame(0x02) + Array([[UInt8]](repeating: wire.frame(0x00), count: 131_071).joined()))
        #expect(endpoint.events == [])
        endpoint.receive(wire.frame(0x00))
        #expect(endpoint.events == [.failed(.tooManyFragments(limit: 131_072))])
    }

    // B-RECV-018
    @Test(arguments: Role.both)
    func `20,000 empty messages in one piece are 20,000 messages`(role: Role) {
        let endpoint = Endpoint.open(role)
        endpoint.keepsSlices = false
        endpoint.receive(Array([[UInt8]](repeating: Wire(role: role).frame(0x81), count: 20_000).joined()))
        #expect(endpoint.events.count == 20_000)
        #expect(endpoint.events.allSatisfy { $0 == .text("") })
    }

    // B-RECV-019, B-RECV-020, B-RECV-021: Node looks at a counter; here two messages of the greatest size show the same.
    @Test(arguments: Role.both)
    func `what a message has used of the limit is given back at its end`(role: Role) {
        let wire = Wire(role: role)
        let stream =
            wire.frame(0x82, pattern(5)) + wire.frame(0x02, [0x48, 0x65]) + wire.frame(0x89)
            + wire.frame(0x80, hex("6c6c6f")) + wire.frame(0x81, "12345")
        let played = Feeder.play(stream) { .open(role) { $0.limits.maxPayload = 5 } }
        #expect(played.events == [.binary(pattern(5)), .ping([]), .binary(hex("48656c6c6f")), .text("12345")])
    }

    // F-4, F-3: eight times as many pieces may take eight times as long, not sixty-four times.
    @Test func `the work for fragments and for single bytes is linear`() {
        let wire = Wire(role: .server)
        func fragments(_ count: Int) -> [UInt8] {
            wire.frame(0x02) + Array([[UInt8]](repeating: wire.frame(0x00, [1]), count: count).joined())
        }
        func together(_ count: Int) -> Int {
            let stream = fragments(count)
            return processorTime { Endpoint.open(.server).receive(stream) }
        }
        func apart(_ count: Int) -> Int {
            processorTime {
                let endpoint = Endpoint.open(.server)
                endpoint.receive(wire.header(0x82, 1_000_000))
                for _ in 0..<count { endpoint.receive([7]) }
            }
        }
        #expect(together(16_000) < together(2_000) * 24)
        #expect(apart(16_000) < apart(2_000) * 24)
    }
}
