import WSFrame

/// Messages in masked frames, made before a run and sent by all connections from the same memory, over and over: after the
/// last comes the first again. Never given back.
struct FrameRing {
    /// How many messages there are.
    let count: Int
    /// Whether the frames hold compressed messages, each on its own.
    let isCompressed: Bool

    private let frames: UnsafeMutableRawPointer
    private let payloads: UnsafeMutableRawPointer
    /// Where the frames of each message begin; one more says where the last one ends.
    private let frameStarts: [Int]
    /// Where the payload of each message begins, and where the last one ends.
    private let payloadStarts: [Int]

    /// All bytes of the ring.
    let byteCount: Int

    /// - Parameters:
    ///   - size: payload bytes of each message; the most of them where sizes are mixed.
    ///   - isMixed: sizes from 1 byte up, small ones as often as large ones.
    ///   - fragment: payload bytes of each frame, but the last; nil for one frame.
    ///   - compress: makes what is sent of a payload.
    init(
        _ kind: PayloadKind, size: Int, count: Int, isMixed: Bool = false, fragment: Int? = nil,
        compress: (([UInt8]) -> [UInt8])? = nil
    ) {
        self.count = count
        isCompressed = compress != nil
        var random = Xorshift(seed: 7)
        var wire: [UInt8] = []
        var plain: [UInt8] = []
        var frameStarts = [0]
        var payloadStarts = [0]
        for message in 0..<count {
            let length =
                isMixed ? max(1, size >> Int(random.next() % UInt64(size.bitWidth - size.leadingZeroBitCount))) : size
            let payload = kind.bytes(count: length, seed: UInt64(message))
            plain += payload
            payloadStarts.append(plain.count)
            Self.append(
                compress?(payload) ?? payload, kind, fragment, isCompressed: compress != nil, &random, to: &wire)
            frameStarts.append(wire.count)
        }
        byteCount = wire.count
        self.frameStarts = frameStarts
        self.payloadStarts = payloadStarts
        frames = Workspace(wire).base
        payloads = Workspace(plain).base
    }

    /// Adds the frames of one message.
    private static func append(
        _ payload: [UInt8], _ kind: PayloadKind, _ fragment: Int?, isCompressed: Bool, _ random: inout Xorshift,
        to wire: inout [UInt8]
    ) {
        var rest = payload[...]
        var isFirst = true
        repeat {
            let part = rest.prefix(fragment ?? max(payload.count, 1))
            rest = rest.dropFirst(part.count)
            let key = MaskingKey(bits: UInt32(truncatingIfNeeded: random.next()))
            let header = FrameHeader(
                isFinal: rest.isEmpty, rsv1: isFirst && isCompressed,
                opcode: isFirst ? (kind.isText ? .text : .binary) : .continuation, maskingKey: key,
                payloadLength: UInt64(part.count))
            let start = wire.count
            wire += [UInt8](repeating: 0, count: header.encodedByteCount + part.count)
            wire.withUnsafeMutableBytes { bytes in
                guard let place = bytes.baseAddress.map({ $0 + start }) else { return }
                header.encode(to: place)
                part.withUnsafeBytes { source in
                    guard let first = source.baseAddress else { return }
                    let target = place + header.encodedByteCount
                    Masking.copy(first, to: target, count: source.count, key: key, phase: 0)
                }
            }
            isFirst = false
        } while !rest.isEmpty
    }

    /// As many messages as are useful: at least so many, more where they are small.
    static func usefulCount(size: Int, atLeast depth: Int) -> Int {
        max(depth, min(64, (1 << 20) / (size + 1)), 1)
    }

    /// Bytes to send: up to `count`, but not past the ring's end.
    func bytes(from offset: Int, count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: frames + offset, count: min(count, byteCount - offset))
    }

    /// Bytes on the wire of so many messages, beginning with this one.
    func wireByteCount(of messages: Int, from message: Int) -> Int {
        let first = message % count
        let (rounds, last) = (first + messages).quotientAndRemainder(dividingBy: count)
        return rounds * byteCount + frameStarts[last] - frameStarts[first]
    }

    /// What a message says, before it is compressed and masked.
    func payload(of message: Int) -> UnsafeRawBufferPointer {
        let index = message % count
        return UnsafeRawBufferPointer(
            start: payloads + payloadStarts[index], count: payloadStarts[index + 1] - payloadStarts[index])
    }

    /// Bytes on the wire of a message, in the mean.
    var meanWireByteCount: Double { Double(byteCount) / Double(count) }
}
