import WSFrame

/// Frame headers alone, in their three lengths.
enum HeaderOperations {
    static var all: [Operation] {
        [
            encoding("encode, 7-bit length", length: 64, key: nil),
            encoding("encode, 16-bit length, key", length: 1024, key: MaskingKey(1, 2, 3, 4)),
            encoding("encode, 64-bit length", length: 1 << 20, key: nil),
            decoding("decode, 7-bit length, key", role: .server, length: 0, key: MaskingKey(1, 2, 3, 4)),
            decoding("decode, 16-bit length", role: .client, length: 1024, key: nil),
            decoding("decode, 64-bit length", role: .client, length: 1 << 20, key: nil),
        ]
    }

    private static func encoding(_ name: String, length: Int, key: MaskingKey?) -> Operation {
        let place = Workspace(byteCount: FrameHeader.maxEncodedByteCount).base
        let lengthPlace = Workspace(byteCount: 8).base
        lengthPlace.storeBytes(of: UInt64(length), as: UInt64.self)
        return Operation(name) { times in
            for _ in 0..<times {
                let length = Opaque.hide(lengthPlace).load(as: UInt64.self)
                FrameHeader(opcode: .binary, maskingKey: key, payloadLength: length).encode(to: place)
            }
            Opaque.keep(Int(Opaque.hide(place).load(as: UInt8.self)))
        }
    }

    /// The payload is there, so the header's frame is whole, but nothing is done with it: it is empty, or has no key.
    private static func decoding(_ name: String, role: Role, length: Int, key: MaskingKey?) -> Operation {
        let header = FrameHeader(opcode: .binary, maskingKey: key, payloadLength: UInt64(length))
        let end = header.encodedByteCount + length
        let frame = Workspace(byteCount: end).base
        header.encode(to: frame)
        return Operation(name) { times in
            var decoder = FrameDecoder(role: role)
            var frames = 0
            for _ in 0..<times {
                var offset = 0
                let part = try? decoder.next(in: Opaque.hide(frame), offset: &offset, end: end)
                if let part, part.endsFrame { frames += 1 }
            }
            precondition(frames == times, "the sample is a whole frame")
        }
    }
}
