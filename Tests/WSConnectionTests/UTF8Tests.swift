import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §8.1: text is UTF-8")
struct UTF8Tests {
    // R-8.1-2, B-RECV-036, F-9
    @Test(arguments: Role.both)
    func `text that is not UTF-8 fails with 1007, wherever it is cut`(role: Role) {
        let wire = Wire(role: role)
        let samples: [(bytes: String, offset: Int)] = [
            ("ce ba e1 bd", 4), ("c0 80", 0), ("c1 bf", 0), ("61 e0 80 80", 2), ("f0 80 80 80", 1), ("ed a0 80", 1),
            ("ed bf bf", 1), ("f4 90 80 80", 1), ("f5 80 80 80", 0), ("80", 0), ("61 bf", 1), ("fe", 0), ("ff", 0),
            ("c3", 1), ("e2 82", 2), ("f0 9f 98", 3), ("c3 28", 1), ("e2 28 a1", 1), ("e2 82 28", 2),
        ]
        for (bytes, offset) in samples {
            let text = hex(bytes)
            let halves = [Array(text.prefix(text.count / 2)), Array(text.dropFirst(text.count / 2))]
            for stream in [wire.frame(0x81, text), wire.message(1, halves), wire.message(1, text.map { [$0] })] {
                let played = Feeder.play(wire.frame(0x81, "good") + stream) { .open(role) }
                #expect(played.events == [.text("good"), .failed(.invalidUTF8(offset: offset))], "\(bytes)")
                #expect(played.output == closeFrame(1007, role))
            }
        }
    }

    // R-8.1-3, B-RECV-063: we report earlier than Node, which waits for the whole message.
    @Test(arguments: Role.both)
    func `an impossible byte fails at once, an unfinished character only at the end of the message`(role: Role) {
        let wire = Wire(role: role)
        let endpoint = Endpoint.open(role)
        let frame = wire.frame(0x01, Array("€".utf8) + hex("f4 90") + Array(repeating: 0x61, count: 50))
        let header = frame.count - 55
        for (index, byte) in frame.enumerated() where endpoint.events.isEmpty {
            endpoint.receive([byte])
            if !endpoint.events.isEmpty { #expect(index == header + 4) }
        }
        #expect(endpoint.events == [.failed(.invalidUTF8(offset: 4))])

        let patient = Endpoint.open(role)
        patient.receive(wire.frame(0x01, hex("f0 9f 98")) + wire.frame(0x89))
        #expect(patient.events == [.ping([])])
        patient.receive(wire.frame(0x00))
        #expect(patient.state == .open)
        patient.receive(wire.frame(0x80))
        #expect(patient.events.failures == [.invalidUTF8(offset: 3)])
    }

    // R-8.1-7: bytes sent as text are the caller's to check; a string cannot be wrong.
    @Test(arguments: Role.both)
    func `a string is sent as valid UTF-8, whatever it was made from`(role: Role) throws {
        for bytes in ["ff", "ed a0 80", "61 c3", "c0 80", "f4 90 80 80"] {
            let pair = ConnectionPair(handshake: try .sample())
            pair.run()
            try pair[role].send(String(decoding: hex(bytes), as: UTF8.self))
            pair.run()
            let sent = String(decoding: hex(bytes), as: UTF8.self)
            #expect(pair[role.opposite].events.contains(.text(sent)))
            #expect(pair[role.opposite].events.failures.isEmpty)
        }
    }

    // R-5.6-1, B-RECV-064
    @Test(arguments: Role.both)
    func `a character may be split between fragments at every byte`(role: Role) {
        let wire = Wire(role: role)
        for text in ["aé", "a€", "a😀"] {
            let bytes = Array(text.utf8)
            for cut in 0...bytes.count {
                let stream = wire.message(1, [Array(bytes[..<cut]), [], Array(bytes[cut...])])
                #expect(Feeder.play(stream) { .open(role) }.events == [.text(text)])
            }
            #expect(Feeder.play(wire.message(1, bytes.map { [$0] })) { .open(role) }.events == [.text(text)])
        }
    }

    // R-8.1-4
    @Test(arguments: Role.both)
    func `every legal extreme is delivered unchanged`(role: Role) {
        let texts = [
            "\u{0}", "\u{7F}\u{80}\u{7FF}\u{800}", "\u{FEFF}", "\u{FFFE}\u{FFFF}", "\u{D7FF}\u{E000}\u{10FFFF}",
        ]
        let wire = Wire(role: role)
        let played = Feeder.play(texts.flatMap { wire.frame(0x81, $0) }) { .open(role) }
        #expect(played.events == texts.map { .text($0) })
    }

    @Test(arguments: Role.both)
    func `binary messages are not judged, and leave no trace in the text after them`(role: Role) {
        let wire = Wire(role: role)
        let stream = wire.frame(0x82, hex("ff fe")) + wire.message(2, [hex("e2"), hex("82")]) + wire.frame(0x81, "ok")
        let played = Feeder.play(stream) { .open(role) }
        #expect(played.events == [.binary(hex("ff fe")), .binary(hex("e2 82")), .text("ok")])
    }

    // B-RECV-052
    @Test(arguments: Role.both)
    func `text is not judged where validation is switched off`(role: Role) {
        let wire = Wire(role: role)
        let stream = wire.frame(0x81, [0xF8]) + wire.message(1, [[0xE2], [0x28]])
        let played = Feeder.play(stream) { .open(role) { $0.validatesUTF8 = false } }
        #expect(played.events == [.message([0xF8], isBinary: false), .message([0xE2, 0x28], isBinary: false)])
    }

    // R-8.1-2: long text, with the fault at each place around the kernel's blocks.
    @Test(arguments: Role.both)
    func `one bad byte in a long text is found at its place`(role: Role) {
        let wire = Wire(role: role)
        for place in [0, 1, 15, 16, 17, 63, 64, 65, 127, 128, 4_095, 4_999] {
            var text = [UInt8](repeating: 0x61, count: 5_000)
            text[place] = 0xC0
            let endpoint = Endpoint.open(role)
            endpoint.receive(wire.frame(0x81, text))
            #expect(endpoint.events == [.failed(.invalidUTF8(offset: place))])
        }
    }
}
