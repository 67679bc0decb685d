import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §5.5: control frames")
struct ControlFrameTests {
    // R-5.5-1, B-RECV-034
    @Test(arguments: Role.both, [0x88, 0x89, 0x8A] as [UInt8])
    func `a control frame of more than 125 bytes fails with 1002 at its second byte`(role: Role, first: UInt8) {
        let mask: UInt8 = role == .server ? 0x80 : 0
        for code: UInt8 in [126, 127] {
            let endpoint = Endpoint.open(role)
            endpoint.receive([first])
            #expect(endpoint.events == [])
            endpoint.receive([mask | code])
            #expect(endpoint.events == [.failed(.frame(.oversizedControlFrame(lengthCode: code)))])
            #expect(endpoint.output == closeFrame(1002, role))
        }
    }

    // R-5.4-5, B-RECV-030
    @Test(arguments: Role.both, [0x08, 0x09, 0x0A] as [UInt8])
    func `a fragmented control frame fails with 1002 at its first byte`(role: Role, first: UInt8) {
        for before in [[], Wire(role: role).frame(0x01, "a")] {
            let played = Feeder.play(before + [first, 0x80]) { .open(role) }
            #expect(played.events == [.failed(.frame(.fragmentedControlFrame))])
            #expect(played.output == closeFrame(1002, role))
        }
    }

    // R-5.5.2-1, B-RECV-008, B-RECV-009, B-PONG-008, B-EVT-012
    @Test(arguments: Role.both, [0, 1, 5, 125])
    func `a ping is answered with its payload, before its listener runs`(role: Role, size: Int) throws {
        let stream = Wire(role: role).frame(0x89, pattern(size))
        let played = Feeder.play(stream) { .open(role) }
        #expect(played.events == [.ping(pattern(size))])
        #expect(played.output == written(0x8A, pattern(size), role))

        let endpoint = Endpoint.open(role)
        var queued = 0
        endpoint.listener = { endpoint, _ in queued = endpoint.bufferedAmount }
        endpoint.receive(stream)
        #expect(queued == endpoint.output.count)
    }

    // R-5.5.2-1, R-5.5.3-1
    @Test(arguments: Role.both)
    func `ten pings in a row are answered by ten pongs, in order`(role: Role) {
        let wire = Wire(role: role)
        let stream = (0..<10).flatMap { wire.frame(0x89, [UInt8($0)]) }
        let played = Feeder.play(stream) { .open(role) }
        #expect(played.events == (0..<10).map { .ping([UInt8($0)]) })
        #expect(played.output == (0..<10).flatMap { written(0x8A, [UInt8($0)], role) })
    }

    @Test(arguments: Role.both)
    func `pings are only reported where answering them is switched off`(role: Role) {
        let played = Feeder.play(Wire(role: role).frame(0x89, "hi")) { .open(role) { $0.answersPings = false } }
        #expect(played.events == [.ping(Array("hi".utf8))])
        #expect(played.output == [])
    }

    // R-5.5.2-2, B-EVT-013
    @Test(arguments: Role.both)
    func `a ping after our close frame is reported and not answered`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        try endpoint.close(1000)
        endpoint.receive(Wire(role: role).frame(0x89, "hi"))
        #expect(endpoint.events == [.ping(Array("hi".utf8))])
        #expect(endpoint.output == closeFrame(1000, role))
    }

    // R-5.5.3-2
    @Test(arguments: Role.both)
    func `a pong that nobody asked for is reported and gets no answer`(role: Role) {
        let wire = Wire(role: role)
        let played = Feeder.play(wire.frame(0x8A) + wire.frame(0x8A, pattern(125))) { .open(role) }
        #expect(played.events == [.pong([]), .pong(pattern(125))])
        #expect(played.output == [])
    }

    // B-PING-004, B-PING-005, B-PONG-004, B-PONG-005, B-SNDR-011, B-SNDR-012, B-SNDR-015, B-SNDR-016
    @Test(arguments: Role.both)
    func `pings and pongs are sent with what they are given`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        try endpoint.ping()
        try endpoint.ping([0x68, 0x69])
        try endpoint.pong()
        try endpoint.pong([0x68, 0x69])
        endpoint.settle()
        #expect(
            try endpoint.frames == [
                expectedFrame(0x89, [], role), expectedFrame(0x89, [0x68, 0x69], role),
                expectedFrame(0x8A, [], role), expectedFrame(0x8A, [0x68, 0x69], role),
            ])
    }

    // R-5.5-1, B-PING-007, B-PING-008, B-PONG-007
    @Test(arguments: Role.both)
    func `pings and pongs of more than 125 bytes are refused to the caller`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        let tooLong = Array(String(repeating: "é", count: 63).utf8)
        #expect(throws: SendError.controlPayloadTooLong(byteCount: 126)) {
            try endpoint.ping(tooLong)
        }
        #expect(throws: SendError.controlPayloadTooLong(byteCount: 126)) {
            try endpoint.pong(tooLong)
        }
        #expect(!endpoint.hasOutput)
        try endpoint.ping(Array(tooLong.prefix(125)))
        endpoint.settle()
        #expect(try endpoint.frames.map(\.payload.count) == [125])
    }

    // R-5.5.1-1, B-RECV-038
    @Test(arguments: Role.both)
    func `a close frame of one byte fails with 1002`(role: Role) {
        let played = Feeder.play(Wire(role: role).frame(0x88, [0x03])) { .open(role) }
        #expect(played.events == [.failed(.closePayload(.truncatedCode))])
        #expect(played.output == closeFrame(1002, role))
    }

    // R-5.5.1-2, B-RECV-040
    @Test(arguments: Role.both)
    func `a close reason that is not UTF-8 fails with 1007`(role: Role) {
        let wire = Wire(role: role)
        let truncated = Array(repeating: UInt8(0x61), count: 121) + [0xE2, 0x82]
        for (reason, offset) in [(hex("cebae1bd"), 6), (hex("f8"), 2), (truncated, 125)] {
            let played = Feeder.play(wire.frame(0x88, [0x03, 0xE8] + reason)) { .open(role) }
            #expect(played.events == [.failed(.closePayload(.invalidReason(offset: offset)))])
            #expect(played.output == closeFrame(1007, role))
        }
    }

    // B-RECV-053
    @Test(arguments: Role.both)
    func `a close reason is not judged where validation is switched off`(role: Role) {
        let played = Feeder.play(Wire(role: role).frame(0x88, hex("03e8f8"))) {
            .open(role) { $0.validatesUTF8 = false }
        }
        #expect(played.events == [.closing(1000, "\u{FFFD}")])
        #expect(played.output == written(0x88, hex("03e8f8"), role))
    }

    // R-5.5.1-3, R-5.1-5, R-6.1-1
    @Test(arguments: Role.both)
    func `nothing is sent after a close frame, whoever sent it`(role: Role) throws {
        for closesItself in [true, false] {
            let endpoint = Endpoint.open(role)
            if closesItself {
                try endpoint.close(1000)
            } else {
                endpoint.receive(Wire(role: role).close(1000))
            }
            #expect(endpoint.state == .closing)
            #expect(throws: SendError.closing) { try endpoint.send("a") }
            #expect(throws: SendError.closing) { try endpoint.send([1]) }
            #expect(throws: SendError.closing) {
                try endpoint.send([1], isFinal: false)
            }
            #expect(throws: SendError.closing) { try endpoint.ping() }
            #expect(throws: SendError.closing) { try endpoint.pong() }
            #expect(throws: SendError.closing) {
                let prepared = PreparedMessage(Message(bytes: [1], isBinary: true))
                try endpoint.send(prepared)
            }
            try endpoint.close(1001)
            endpoint.settle()
            #expect(endpoint.output == closeFrame(1000, role))
        }
    }
}
