import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §5.2: base framing")
struct BaseFramingTests {
    // R-5.2-1, B-RECV-023, B-RECV-025, B-RECV-026
    @Test(arguments: Role.both)
    func `reserved bits without an extension fail the connection with 1002, at the first byte`(role: Role) {
        let wire = Wire(role: role)
        for opcode: UInt8 in [0, 1, 2, 8, 9, 10] {
            for bits: UInt8 in 1...7 {
                let error: FrameError = bits & 3 != 0 ? .reservedBits : .unexpectedRSV1
                let before = opcode == 0 ? wire.frame(0x01, "a") : wire.frame(0x81, "a")
                let stream = before + [0x80 | bits << 4 | opcode]
                let played = Feeder.play(stream) { .open(role) }
                #expect(played.events.failures == [.frame(error)])
                #expect(played.state == .closing)
                #expect(played.hasEndedWriting)
            }
        }
    }

    // R-5.2-2, B-RECV-065, B-EVT-001
    @Test(arguments: Role.both, [0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF] as [UInt8])
    func `an opcode without a meaning fails the connection with 1002`(role: Role, opcode: UInt8) throws {
        let endpoint = Endpoint.open(role)
        endpoint.receive([0x80 | opcode])
        #expect(endpoint.events == [.failed(.frame(.reservedOpcode(opcode)))])
        #expect(endpoint.writtenCloseCode == 1002)
        #expect(endpoint.hasEndedWriting)
        endpoint.receiveEnd()
        #expect(endpoint.events.last == .closedAbnormally)
    }

    // R-5.2-3, R-5.2-7, B-RECV-006, B-RECV-012, B-RECV-013
    @Test(arguments: Role.both)
    func `each form of the length gives the payload, and the next frame follows it`(role: Role) {
        let wire = Wire(role: role)
        for size in [0, 1, 125, 126, 127, 65_535, 65_536, 65_537] {
            let stream = wire.frame(0x82, pattern(size)) + wire.frame(0x89, [7])
            let played = Feeder.play(stream) { .open(role) }
            #expect(played.events == [.binary(pattern(size)), .ping([7])])
        }
    }

    // R-5.2-4, B-RECV-035, B-RECV-058, F-1
    @Test(arguments: Role.both)
    func `a length of more than 53 bits is refused with 1009, before the key and the payload`(role: Role) {
        let mask = role == .server ? "ff" : "7f"
        for length in ["00 20 000000000000", "7f ff ffffffffffff", "80 00 000000000001", "ff ff ffffffffffff"] {
            let played = Feeder.play(hex("82 \(mask) \(length) 01020304 05")) { .open(role) }
            #expect(played.events.count == 1)
            guard case .failed(.frame(.payloadTooLong)) = played.events.first else {
                Issue.record("\(played.events)")
                continue
            }
            #expect(played.output == hex(role == .server ? "88 02 03f1" : "88 82 00000000 03f1"))
        }
    }

    // R-5.2-5, B-SNDR-022
    @Test(arguments: Role.both)
    func `lengths are sent in their shortest form`(role: Role) throws {
        let headers = [
            (0, "82 00"), (125, "82 7d"), (126, "82 7e 007e"), (65_535, "82 7e ffff"),
            (65_536, "82 7f 0000000000010000"),
        ]
        for (size, header) in headers {
            let endpoint = Endpoint.open(role)
            try endpoint.send(pattern(size))
            endpoint.settle()
            var expected = hex(header)
            if role == .client {
                expected[1] |= 0x80
                expected += [0, 0, 0, 0]
            }
            #expect(Array(endpoint.output.prefix(expected.count)) == expected)
            #expect(try endpoint.frames == [expectedFrame(0x82, pattern(size), role)])
        }
    }

    // R-5.2-6; B-RECV-057 is decided otherwise: Node accepts the long forms, here they are refused.
    @Test(arguments: Role.both)
    func `a length in a longer form than it needs is refused with 1002`(role: Role) {
        let wire = Wire(role: role)
        for stream in [
            wire.frame(0x82, pattern(125), lengthWidth: 2), wire.frame(0x81, [0x61], lengthWidth: 2),
            wire.frame(0x82, pattern(126), lengthWidth: 8), wire.frame(0x81, [0x61], lengthWidth: 8),
            wire.header(0x82, 65_535, lengthWidth: 8),
        ] {
            let played = Feeder.play(stream) { .open(role) }
            #expect(played.events == [.failed(.frame(.nonMinimalLength))])
            #expect(played.output == closeFrame(1002, role))
        }
    }

    // R-7.1.7-2, B-RECV-069, F-12
    @Test(arguments: Role.both)
    func `what came before a fault is delivered, what comes after it is not`(role: Role) {
        let wire = Wire(role: role)
        let before = wire.frame(0x81, "before") + wire.frame(0x89, "ping")
        let after = wire.frame(0x81, "after") + wire.frame(0x89, "ping") + wire.close(1000)
        let played = Feeder.play(before + [0x83] + after) { .open(role) }
        #expect(
            played.events == [
                .text("before"), .ping(Array("ping".utf8)), .failed(.frame(.reservedOpcode(3))),
            ])
        #expect(played.output == pongFrame("ping", role) + closeFrame(1002, role))
    }

    // B-RECV-065
    @Test func `of several faults in one header the first on the wire is reported`() {
        let faults: [(Role, String, FrameError)] = [
            (.client, "b3 00", .reservedBits), (.server, "83 00", .reservedOpcode(3)),
            (.client, "09 80", .fragmentedControlFrame), (.server, "89 7e", .oversizedControlFrame(lengthCode: 126)),
        ]
        for (role, stream, error) in faults {
            #expect(Feeder.play(hex(stream)) { .open(role) }.events == [.failed(.frame(error))])
        }
    }

    // R-10.7-2
    @Test(arguments: Role.both)
    func `two bytes either are a sound header or fail the connection with 1002`(role: Role) {
        let mask: UInt8 = role == .server ? 0x80 : 0
        for first in UInt8.min...UInt8.max {
            for code: UInt8 in [0, 1, 2, 125, 126, 127] {
                let isControl = [0x88, 0x89, 0x8A].contains(first) && code <= 125
                let isSound = [0x01, 0x02, 0x81, 0x82].contains(first) || isControl
                for second in [code | mask, code | mask ^ 0x80] {
                    let endpoint = Endpoint.open(role)
                    endpoint.receive([first, second])
                    let hasFailed = endpoint.output == closeFrame(1002, role) && endpoint.events.first?.isFailed == true
                    if hasFailed == (isSound && second == code | mask) {
                        Issue.record("\(first) \(second): \(endpoint.events)")
                    }
                }
            }
        }
    }
}
