import Testing
import WSFrame

@Suite("RFC 6455 §5.2: payload length")
struct PayloadLengthTests {
    // R-5.2-3, R-5.2-7
    @Test(arguments: Role.both, [0, 1, 125, 126, 127, 65535, 65536, 65537])
    func `each form of the length keeps the stream aligned`(role: Role, length: Int) {
        let wire = Wire(role: role)
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let reception = Reception.of(wire.frame(0x82, payload) + wire.frame(0x81, Array("next".utf8)), role: role)
        #expect(reception.error == nil)
        #expect(reception.frames.map(\.header.payloadLength) == [UInt64(length), 4])
        #expect(reception.frames.first?.payload == payload)
        #expect(reception.texts.last == "next")
        #expect(reception.isBetweenFrames)
    }

    // R-5.2-6, R-7.4-4
    // B-RECV-057 pins that Node's ws accepts these; this library refuses them as browsers do.
    @Test(arguments: Role.both)
    func `a length in a longer form than needed is refused at the first byte that shows it`(role: Role) {
        let wire = Wire(role: role)
        for (length, width, shownAt) in [(0, 2, 4), (1, 2, 4), (125, 2, 4), (0, 8, 8), (125, 8, 8), (65535, 8, 8)] {
            let header = wire.header(0x82, length, lengthWidth: width)
            for reception in [Reception.of(header, role: role), .byteWise(header, role: role)] {
                #expect(reception.error == .nonMinimalLength)
                #expect(reception.consumed == shownAt)
                #expect(reception.frames == [])
            }
        }
    }

    // R-5.2-4, B-RECV-035, B-RECV-058
    @Test(
        arguments: [
            (text: "80 00 00 00 00 00 00 01", shownAt: 1, least: 1 << 63),
            (text: "ff ff ff ff ff ff ff ff", shownAt: 1, least: 0xFF << 56),
            (text: "01 00 00 00 00 00 00 00", shownAt: 1, least: 1 << 56),
            (text: "00 20 00 00 00 00 00 00", shownAt: 2, least: 1 << 53),
            (text: "00 ff 00 00 00 00 00 01", shownAt: 2, least: 0xFF << 48),
        ] as [(text: String, shownAt: Int, least: UInt64)])
    func `a length beyond 2⁵³ − 1 is refused at the first byte that shows it`(
        text: String, shownAt: Int, least: UInt64
    ) {
        for role in Role.both {
            let header = [0x82, role == .server ? 0xFF : 0x7F] + hex(text) + [1, 2, 3, 4, 5]
            for reception in [Reception.of(header, role: role), .byteWise(header, role: role)] {
                #expect(reception.error == .payloadTooLong(least))
                #expect(reception.error?.closeCode == .messageTooBig)
                #expect(reception.consumed == 2 + shownAt)
            }
        }
    }

    // R-5.2-4, R-5.2-8
    @Test(arguments: Role.both)
    func `the greatest length allowed is announced, and payload flows as it arrives`(role: Role) {
        let wire = Wire(role: role)
        let greatest = (1 << 53) - 1
        let start = wire.header(0x82, greatest) + masked([1, 2, 3], role == .server ? wire.key : [0, 0, 0, 0])
        for reception in [Reception.of(start, role: role), .byteWise(start, role: role)] {
            #expect(reception.error == nil)
            #expect(reception.frames.first?.header.payloadLength == UInt64(greatest))
            #expect(reception.frames.first?.payload == [1, 2, 3])
            #expect(reception.frames.first?.isWhole == false)
            #expect(!reception.isBetweenFrames)
        }
        #expect(FrameRules.maxPayloadLength == UInt64(greatest))
    }

    // R-5.2-3
    @Test(arguments: Role.both)
    func `every header decodes the same at every split`(role: Role) {
        let wire = Wire(role: role)
        var wrong: [String] = []
        for first: UInt8 in [0x01, 0x02, 0x81, 0x82, 0x88, 0x89, 0x8A, 0xC1, 0x42] {
            for length in [0, 1, 125, 126, 127, 255, 256, 65535, 65536, 65537, 1 << 32, (1 << 53) - 1] {
                guard first & 0x08 == 0 || length < 126 else { continue }
                let bytes = wire.header(first, length)
                let whole = Reception.of(bytes, role: role, allowsRSV1: true)
                let header = FrameHeader(
                    isFinal: first & 0x80 != 0, rsv1: first & 0x40 != 0,
                    opcode: Opcode(rawValue: first & 0x0F) ?? .continuation,
                    maskingKey: role == .server ? MaskingKey(wire.key) : nil, payloadLength: UInt64(length))
                let expected = Reception.Frame(header: header, payload: [], isWhole: length == 0)
                if whole.frames != [expected] || whole.error != nil { wrong.append("\(bytes)") }
                for cut in 1..<bytes.count {
                    let split = Reception.of(bytes, role: role, allowsRSV1: true, cuts: [cut])
                    if split != whole { wrong.append("\(bytes) at \(cut)") }
                }
                if Reception.byteWise(bytes, role: role, allowsRSV1: true) != whole { wrong.append("\(bytes) by byte") }
            }
        }
        #expect(wrong == [])
    }

    // R-5.5-1, B-RECV-034
    @Test(arguments: Role.both, [0x88, 0x89, 0x8A] as [UInt8])
    func `a control frame with an extended length is refused at the second byte`(role: Role, first: UInt8) {
        for code: UInt8 in [126, 127] {
            for mask: UInt8 in [0, 0x80] {
                let reception = Reception.of([first, mask | code], role: role)
                #expect(reception.error == .oversizedControlFrame(lengthCode: code))
                #expect(reception.consumed == 2)
            }
        }
        let largest = Wire(role: role).frame(first, [UInt8](repeating: 9, count: 125))
        #expect(Reception.of(largest, role: role).frames.first?.payload.count == 125)
    }
}
