import Testing
import WSFrame

@Suite("RFC 6455 §5.2: base framing")
struct BaseFramingTests {
    // R-5.2-3, B-RECV-001, B-RECV-009
    @Test func `the RFC's own examples decode`() {
        let hello = Reception.of(hex("81 05 48 65 6c 6c 6f"), role: .client)
        #expect(hello.texts == ["Hello"])
        #expect(hello.frames.first?.header == FrameHeader(opcode: .text, payloadLength: 5))

        let maskedHello = Reception.of(hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"), role: .server)
        #expect(maskedHello.texts == ["Hello"])
        #expect(
            maskedHello.frames.first?.header
                == FrameHeader(opcode: .text, maskingKey: MaskingKey(0x37, 0xFA, 0x21, 0x3D), payloadLength: 5))

        #expect(Reception.of(hex("01 03 48 65 6c 80 02 6c 6f"), role: .client).texts == ["Hel", "lo"])
        #expect(Reception.of(hex("89 05 48 65 6c 6c 6f"), role: .client).frames.first?.header.opcode == .ping)
        #expect(Reception.of(hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58"), role: .server).texts == ["Hello"])
        #expect(Reception.of(hex("89 00"), role: .client).frames.first?.isWhole == true)

        let long = Reception.of(hex("82 7e 01 00"), role: .client)
        #expect(long.frames.first?.header.payloadLength == 256)
        let longer = Reception.of(hex("82 7f 00 00 00 00 00 01 00 00"), role: .client)
        #expect(longer.frames.first?.header.payloadLength == 65536)
    }

    // R-5.2-1, R-5.2-2, R-5.1-3, R-5.1-4, R-5.4-2, R-5.4-3, R-5.4-5, R-5.5-1
    // B-RECV-023, B-RECV-024, B-RECV-025, B-RECV-026, B-RECV-027, B-RECV-030, B-RECV-031, B-RECV-032, B-RECV-033
    @Test(arguments: Role.both, [false, true])
    func `all 65,536 first two bytes are judged as the list of rules says`(role: Role, allowsRSV1: Bool) {
        var wrong: [String] = []
        for insideMessage in [false, true] {
            let oracle = HeaderOracle(role: role, allowsRSV1: allowsRSV1, insideMessage: insideMessage)
            let decoder = decoder(role: role, allowsRSV1: allowsRSV1, insideMessage: insideMessage)
            for first in UInt8.min...UInt8.max {
                let fault = oracle.fault(first: first)
                var onFirst = decoder
                if outcome(&onFirst, [first]) != (fault, 1) { wrong.append("\(first) alone") }
                for second in UInt8.min...UInt8.max {
                    let expected = fault ?? oracle.fault(second: second, afterFirst: first)
                    var onBoth = decoder
                    if outcome(&onBoth, [first, second]) != (expected, fault == nil ? 2 : 1) {
                        wrong.append("\(first) \(second)")
                    }
                    guard fault == nil else { continue }
                    var onSecond = onFirst
                    if outcome(&onSecond, [second]) != (expected, 1) { wrong.append("\(first), then \(second)") }
                }
            }
        }
        #expect(wrong == [])
    }

    // R-5.2-2
    @Test(arguments: Role.both)
    func `each reserved opcode is refused at the first byte`(role: Role) {
        for opcode: UInt8 in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
            let reception = Reception.of([0x80 | opcode], role: role)
            #expect(reception.error == .reservedOpcode(opcode))
            #expect(reception.error?.closeCode == .protocolError)
        }
    }

    // R-5.2-1, R-5.8-1
    @Test(arguments: Role.both)
    func `RSV1 passes only when allowed, and only on the first frame of a message`(role: Role) {
        let wire = Wire(role: role)
        let compressed = wire.frame(0xC1, [1, 2, 3])
        #expect(Reception.of(compressed, role: role).error == .unexpectedRSV1)
        let allowed = Reception.of(compressed, role: role, allowsRSV1: true)
        #expect(allowed.frames.map(\.header.rsv1) == [true])

        let onContinuation = wire.frame(0x41) + wire.frame(0xC0)
        #expect(Reception.of(onContinuation, role: role, allowsRSV1: true).error == .unexpectedRSV1)
    }

    // R-5.2-1
    @Test func `RSV1 can be allowed after the decoder was made`() {
        var decoder = FrameDecoder(role: .client)
        #expect(!decoder.allowsRSV1)
        decoder.allowsRSV1 = true
        #expect(Reception.of(hex("c1 00"), by: decoder).error == nil)
    }

    // B-RECV-065
    @Test func `of several faults the first on the wire is reported`() {
        #expect(Reception.of(hex("b3 00"), role: .client).error == .reservedBits)
        #expect(Reception.of(hex("83 00"), role: .server).error == .reservedOpcode(3))
        #expect(Reception.of(hex("09 80"), role: .client).error == .fragmentedControlFrame)
        #expect(Reception.of(hex("89 fe"), role: .client).error == .oversizedControlFrame(lengthCode: 126))
        #expect(Reception.of(hex("c9 00"), role: .client, allowsRSV1: true).error == .unexpectedRSV1)
        #expect(Reception.of(hex("49 00"), role: .client, allowsRSV1: true).error == .fragmentedControlFrame)
    }

    // R-7.4-4
    @Test func `every fault has its close code and its section`() {
        let sections: [(FrameError, String)] = [
            (.missingMask, "5.1"), (.unexpectedMask, "5.1"), (.reservedBits, "5.2"), (.unexpectedRSV1, "5.2"),
            (.reservedOpcode(3), "5.2"), (.nonMinimalLength, "5.2"), (.payloadTooLong(1 << 53), "5.2"),
            (.unexpectedContinuation, "5.4"), (.expectedContinuation(.text), "5.4"),
            (.fragmentedControlFrame, "5.5"), (.oversizedControlFrame(lengthCode: 126), "5.5"),
        ]
        for (error, section) in sections {
            #expect(error.rfcSection == section)
            #expect(error.closeCode == (error == .payloadTooLong(1 << 53) ? .messageTooBig : .protocolError))
        }
    }

    @Test func `a role knows the other end`() {
        #expect(Role.client.opposite == .server)
        #expect(Role.server.opposite == .client)
    }

    /// A decoder that has just seen the first frame of a message, or nothing.
    private func decoder(role: Role, allowsRSV1: Bool, insideMessage: Bool) -> FrameDecoder {
        var decoder = FrameDecoder(role: role, allowsRSV1: allowsRSV1)
        if insideMessage { _ = outcome(&decoder, Wire(role: role).frame(0x02)) }
        return decoder
    }

    /// The error that the bytes lead to, and how many of them were taken.
    private func outcome(_ decoder: inout FrameDecoder, _ bytes: [UInt8]) -> (error: FrameError?, consumed: Int) {
        var bytes = bytes
        return bytes.withUnsafeMutableBytes { buffer in
            var offset = 0
            guard let base = buffer.baseAddress else { return (nil, 0) }
            do throws(FrameError) {
                while try decoder.next(in: base, offset: &offset, end: buffer.count) != nil {}
            } catch {
                return (error, offset)
            }
            return (nil, offset)
        }
    }
}
