import WSFrame

/// Messages in masked frames, made before a run and sent by all connections from the same memory, over and over: after the
/// last comes the first again. Never given back.
struct FrameRing {
    let kind: PayloadKind
    /// Payload bytes of each message.
    let messageSize: Int
    /// How many messages there are.
    let count: Int
    /// Bytes of one message on the wire, the same for each.
    let stride: Int

    private let frames: UnsafeMutableRawPointer
    private let payloads: UnsafeMutableRawPointer

    /// All bytes of the ring.
    var byteCount: Int { count * stride }

    /// - Parameters:
    ///   - fragment: payload bytes of each frame, but the last; nil for one frame.
    init(_ kind: PayloadKind, size: Int, count: Int, fragment: Int? = nil) {
        self.kind = kind
        self.count = count
        messageSize = size
        let headers = Self.headers(kind, size: size, fragment: fragment ?? max(size, 1))
        let stride = headers.reduce(size) { $0 + $1.encodedByteCount }
        self.stride = stride
        frames = Workspace(byteCount: count * stride).base
        payloads = Workspace(byteCount: count * size).base

        var random = Xorshift(seed: 7)
        for message in 0..<count {
            let bytes = kind.bytes(count: size, seed: UInt64(message))
            let payload = payloads + message * size
            bytes.withUnsafeBytes { source in
                if let first = source.baseAddress { payload.copyMemory(from: first, byteCount: size) }
            }
            var place = frames + message * stride
            var offset = 0
            for var header in headers {
                let key = MaskingKey(bits: UInt32(truncatingIfNeeded: random.next()))
                let length = Int(header.payloadLength)
                header.maskingKey = key
                header.encode(to: place)
                place += header.encodedByteCount
                Masking.copy(payload + offset, to: place, count: length, key: key, phase: 0)
                place += length
                offset += length
            }
        }
    }

    /// As many messages as are useful: at least so many, more where they are small.
    static func usefulCount(size: Int, atLeast depth: Int) -> Int {
        max(depth, min(64, (1 << 20) / (size + 1)), 1)
    }

    /// The headers of one message, with an empty key.
    private static func headers(_ kind: PayloadKind, size: Int, fragment: Int) -> [FrameHeader] {
        var headers: [FrameHeader] = []
        var rest = size
        repeat {
            let length = min(rest, fragment)
            rest -= length
            let opcode: Opcode = headers.isEmpty ? (kind.isText ? .text : .binary) : .continuation
            headers.append(
                FrameHeader(
                    isFinal: rest == 0, opcode: opcode, maskingKey: .zero, payloadLength: UInt64(length)))
        } while rest > 0
        return headers
    }

    /// Bytes to send: up to `count`, but not past the ring's end.
    func bytes(from offset: Int, count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: frames + offset, count: min(count, byteCount - offset))
    }

    /// What a message says, before masking.
    func payload(of message: Int) -> UnsafeRawPointer {
        UnsafeRawPointer(payloads + message % count * messageSize)
    }
}
