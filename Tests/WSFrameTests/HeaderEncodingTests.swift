import Testing
import WSFrame

@Suite("RFC 6455 §5.2: writing a header")
struct HeaderEncodingTests {
    // R-5.2-3, R-5.2-5, B-SNDR-022
    @Test func `the shortest form of the length is written`() {
        #expect(encoded(FrameHeader(opcode: .binary, payloadLength: 0)) == hex("82 00"))
        #expect(encoded(FrameHeader(opcode: .binary, payloadLength: 125)) == hex("82 7d"))
        #expect(encoded(FrameHeader(opcode: .binary, payloadLength: 126)) == hex("82 7e 00 7e"))
        #expect(encoded(FrameHeader(opcode: .binary, payloadLength: 65535)) == hex("82 7e ff ff"))
        #expect(encoded(FrameHeader(opcode: .binary, payloadLength: 65536)) == hex("82 7f 00 00 00 00 00 01 00 00"))
        #expect(
            encoded(FrameHeader(opcode: .binary, payloadLength: 1 << 62)) == hex("82 7f 40 00 00 00 00 00 00 00"))
    }

    // R-5.1-1, R-5.1-2, B-SNDR-003, B-SNDR-023
    @Test func `the mask bit is set exactly when there is a key, be it zero`() {
        #expect(encoded(FrameHeader(opcode: .text, payloadLength: 3)) == hex("81 03"))
        #expect(
            encoded(FrameHeader(opcode: .binary, maskingKey: .zero, payloadLength: 2)) == hex("82 82 00 00 00 00"))
        #expect(
            encoded(FrameHeader(opcode: .text, maskingKey: MaskingKey(0x37, 0xFA, 0x21, 0x3D), payloadLength: 5))
                == hex("81 85 37 fa 21 3d"))
    }

    // R-6.1-2, B-SNDR-002, B-SNDR-011, B-SNDR-015
    @Test func `FIN, RSV1 and the opcode share the first byte`() {
        #expect(encoded(FrameHeader(rsv1: true, opcode: .text, payloadLength: 0)) == hex("c1 00"))
        #expect(encoded(FrameHeader(isFinal: false, opcode: .binary, payloadLength: 0)) == hex("02 00"))
        #expect(encoded(FrameHeader(opcode: .continuation, payloadLength: 0)) == hex("80 00"))
        #expect(encoded(FrameHeader(opcode: .close, payloadLength: 2)) == hex("88 02"))
        #expect(encoded(FrameHeader(opcode: .ping, payloadLength: 2)) == hex("89 02"))
        #expect(encoded(FrameHeader(opcode: .pong, payloadLength: 2)) == hex("8a 02"))
    }

    // R-5.2-3, R-5.2-5
    @Test func `a header survives writing and reading`() {
        let lengths: [UInt64] = [0, 1, 125, 126, 127, 65535, 65536, 65537, 1 << 32, (1 << 53) - 1]
        for role in Role.both {
            let key = role == .server ? MaskingKey(0xA1, 0xB2, 0xC3, 0xD4) : nil
            for opcode: Opcode in [.text, .binary, .close, .ping, .pong] {
                for length in lengths where !opcode.isControl || length <= 125 {
                    let header = FrameHeader(opcode: opcode, maskingKey: key, payloadLength: length)
                    let bytes = encoded(header)
                    #expect(bytes.count == header.encodedByteCount)
                    #expect(bytes.count <= FrameHeader.maxEncodedByteCount)
                    #expect(Reception.of(bytes, role: role).frames.first?.header == header)
                }
            }
        }
    }

    @Test func `control opcodes are close, ping and pong`() {
        let control = (UInt8.min...UInt8.max).filter { Opcode(rawValue: $0)?.isControl == true }
        #expect(control == [8, 9, 10])
    }

    @Test func `the pointer form writes the same bytes and no more`() {
        for length in [5, 300, 70_000] as [UInt64] {
            let header = FrameHeader(opcode: .text, maskingKey: MaskingKey(1, 2, 3, 4), payloadLength: length)
            var bytes = [UInt8](repeating: 0xEE, count: 16)
            bytes.withUnsafeMutableBytes { buffer in
                if let base = buffer.baseAddress { header.encode(to: base + 1) }
            }
            #expect(bytes[0] == 0xEE)
            #expect(Array(bytes[1...header.encodedByteCount]) == encoded(header))
            #expect(bytes[(header.encodedByteCount + 1)...].allSatisfy { $0 == 0xEE })
        }
    }

    /// What the span form writes, behind bytes that are there already.
    private func encoded(_ header: FrameHeader) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = bytes.withUnsafeMutableBytes { buffer in
            var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
            output.append(0x11)
            header.encode(into: &output)
            return output.finalize(for: buffer)
        }
        #expect(bytes[0] == 0x11)
        return Array(bytes[1..<count])
    }
}
