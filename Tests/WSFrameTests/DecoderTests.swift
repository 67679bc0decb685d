import Testing
import WSFrame

@Suite("RFC 6455 §6.2: receiving frames in pieces")
struct DecoderTests {
    /// A conversation with every kind of frame, in which all lengths of header but the longest occur.
    private func conversation(_ wire: Wire) -> [UInt8] {
        wire.frame(0x81, Array("Hello".utf8)) + wire.frame(0x89, [1, 2, 3]) + wire.frame(0x02, [0xFF])
            + wire.frame(0x8A) + wire.frame(0x00, (0..<130).map { $0 }) + wire.frame(0x80)
            + wire.frame(0x88, [0x03, 0xE8, 0x62, 0x79, 0x65])
    }

    // R-5.2-7, R-5.3-2, B-RECV-003, B-RECV-005
    @Test(arguments: Role.both)
    func `a stream gives the same frames at every split`(role: Role) {
        let stream = conversation(Wire(role: role))
        let whole = Reception.of(stream, role: role)
        #expect(whole.error == nil)
        #expect(whole.frames.count == 7)
        #expect(whole.areWhole)
        #expect(whole.texts.first == "Hello")
        #expect(!whole.hasMisplacedPart)
        #expect(Reception.byteWise(stream, role: role) == whole)
        var wrong: [[Int]] = []
        for cut in 0...stream.count {
            for next in stride(from: cut, through: stream.count, by: 3)
            where Reception.of(stream, role: role, cuts: [cut, next]) != whole {
                wrong.append([cut, next])
            }
        }
        #expect(wrong == [])
    }

    // R-5.3-3, B-RECV-004, B-RECV-006, B-RECV-008, B-RECV-012, B-RECV-013, B-RECV-014
    @Test(arguments: [0, 5, 100, 200, 256, 65536, 204_800])
    func `a server unmasks in place, whatever the size`(size: Int) {
        let wire = Wire(role: .server)
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        let frame = wire.frame(0x82, payload)
        let whole = Reception.of(frame, role: .server)
        #expect(whole.frames.first?.payload == payload)
        let cuts = [1, 7, 12, 4099].filter { $0 < frame.count }
        #expect(Reception.of(frame, role: .server, cuts: cuts) == whole)
        let sample = hex("81933483a86801b992524fa1c60959e68a5216e6cb005ba1d5")
        #expect(Reception.of(sample, role: .server).texts == [#"5:::{"name":"echo"}"#])
    }

    // R-5.3-2
    @Test func `each frame's mask begins anew`() {
        let wire = Wire(role: .server)
        let stream = (0..<9).flatMap { wire.frame(0x82, [UInt8](repeating: 0xAA, count: $0)) }
        let reception = Reception.of(stream, role: .server)
        #expect(reception.frames.map(\.payload) == (0..<9).map { [UInt8](repeating: 0xAA, count: $0) })
    }

    // B-RECV-015
    @Test func `a client leaves the payload as it is`() {
        let payload = (0..<204_800).map { UInt8(truncatingIfNeeded: $0) }
        let reception = Reception.of(Wire(role: .client).frame(0x82, payload), role: .client, cuts: [5, 100_000])
        #expect(reception.frames.map(\.payload) == [payload])
        #expect(reception.areWhole)
    }

    // R-5.2-8, B-RECV-061
    @Test(arguments: Role.both)
    func `a header is a part of its own when no payload has arrived`(role: Role) throws {
        let wire = Wire(role: role)
        var decoder = FrameDecoder(role: role)
        let header = wire.header(0x81, 4)
        let first = try #require(try parts(&decoder, header).first)
        #expect(first.header.payloadLength == 4)
        #expect(first.payload == header.count..<header.count)
        #expect(first.beginsFrame && !first.endsFrame)
        #expect(!decoder.isBetweenFrames)

        let second = try parts(&decoder, [1, 2, 3])
        #expect(second.map(\.payload) == [0..<3])
        #expect(second.map(\.header) == [first.header])
        #expect(second.allSatisfy { !$0.beginsFrame && !$0.endsFrame })
        #expect(try parts(&decoder, []).isEmpty)

        let third = try parts(&decoder, [4, 0x89])
        #expect(third.map(\.payload) == [0..<1])
        #expect(third.allSatisfy { !$0.beginsFrame && $0.endsFrame })
        #expect(!decoder.isBetweenFrames)
    }

    // B-RECV-018
    @Test(arguments: Role.both)
    func `20,000 empty frames in one piece are 20,000 parts`(role: Role) throws {
        let frame = Wire(role: role).frame(0x81)
        var stream: [UInt8] = []
        for _ in 0..<20_000 { stream += frame }
        var decoder = FrameDecoder(role: role)
        let parts = try parts(&decoder, stream)
        #expect(parts.count == 20_000)
        #expect(parts.allSatisfy { $0.beginsFrame && $0.endsFrame && $0.payload.isEmpty })
    }

    // R-7.1.7-2, B-RECV-069
    @Test(arguments: Role.both)
    func `after an error nothing more is parsed, and the error stays`(role: Role) {
        var decoder = FrameDecoder(role: role)
        let good = Wire(role: role).frame(0x81, [0x41])
        #expect(throws: FrameError.reservedOpcode(3)) { try parts(&decoder, good + [0x83]) }
        #expect(!decoder.isBetweenFrames)
        #expect(throws: FrameError.reservedOpcode(3)) { try parts(&decoder, good) }
        #expect(throws: FrameError.reservedOpcode(3)) { try parts(&decoder, []) }
        #expect(throws: FrameError.reservedOpcode(3)) {
            var nowhere = MutableRawSpan()
            var offset = 0
            _ = try decoder.next(in: &nowhere, at: &offset)
        }
        var byte: [UInt8] = [0]
        #expect(throws: FrameError.reservedOpcode(3)) {
            try byte.withUnsafeMutableBytes { buffer throws in
                var offset = 0
                if let base = buffer.baseAddress { _ = try decoder.next(in: base, offset: &offset, end: 0) }
            }
        }
    }

    @Test func `of no bytes nothing is taken`() throws {
        var decoder = FrameDecoder(role: .client)
        var nowhere = MutableRawSpan()
        var offset = 0
        #expect(try decoder.next(in: &nowhere, at: &offset) == nil)
        #expect(offset == 0)
        #expect(decoder.isBetweenFrames)
    }

    @Test(arguments: Role.both)
    func `the frames before a fault in the same piece are delivered`(role: Role) {
        let stream = conversation(Wire(role: role)) + [0xF1]
        let whole = Reception.of(stream, role: role)
        #expect(whole.frames.count == 7)
        #expect(whole.error == .reservedBits)
        #expect(whole.consumed == stream.count)
        #expect(Reception.byteWise(stream, role: role) == whole)
    }

    @Test func `a decoder is a few words, for there is one in each idle connection`() {
        #expect(MemoryLayout<FrameDecoder>.size == 38)
        #expect(MemoryLayout<FrameDecoder>.stride == 40)
        #expect(MemoryLayout<FrameHeader>.size == 16)
        #expect(MemoryLayout<UTF8Validator>.size == 3)
    }

    /// Hands bytes to the decoder and gathers the parts.
    private func parts(_ decoder: inout FrameDecoder, _ bytes: [UInt8]) throws(FrameError) -> [FramePart] {
        var bytes = bytes
        var parts: [FramePart] = []
        var offset = 0
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        while let part = try decoder.next(in: &raw, at: &offset) { parts.append(part) }
        return parts
    }
}
