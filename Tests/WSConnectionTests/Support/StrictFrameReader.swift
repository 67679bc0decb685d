import WSFrame

/// A frame as it stands in an endpoint's output.
struct WrittenFrame: Equatable {
    var isFinal: Bool
    var rsv1: Bool
    var opcode: UInt8
    /// The key, of a masked frame.
    var key: [UInt8]?
    /// The payload, unmasked.
    var payload: [UInt8]

    static func frame(_ first: UInt8, _ payload: [UInt8]) -> WrittenFrame {
        WrittenFrame(
            isFinal: first & 0x80 != 0, rsv1: first & 0x40 != 0, opcode: first & 0x0F, key: nil, payload: payload)
    }
}

/// Reads what an endpoint wrote after its handshake, and forgives nothing (RFC 6455 §5). It shares no code with the
/// library.
struct StrictFrameReader {
    /// The end that wrote.
    var role: Role
    /// Whether RSV1 may mark the first frame of a message.
    var allowsRSV1 = true

    /// What no endpoint may write.
    struct Fault: Error, CustomStringConvertible {
        var description: String
    }

    /// The frames in `bytes`, which must be all of them.
    ///
    /// - Parameter mayBeCut: whether the last frame may be unfinished, as when a stream was given up.
    func frames(in bytes: [UInt8], mayBeCut: Bool = false) throws(Fault) -> [WrittenFrame] {
        var frames: [WrittenFrame] = []
        var position = 0
        var isInsideMessage = false
        while position < bytes.count {
            guard frames.last?.opcode != 8 else { throw Fault(description: "bytes after the close frame") }
            guard let frame = try frame(in: bytes, at: &position) else {
                guard mayBeCut else { throw Fault(description: "cut short") }
                return frames
            }
            try judge(frame, isInsideMessage: &isInsideMessage)
            frames.append(frame)
        }
        return frames
    }

    private func frame(in bytes: [UInt8], at position: inout Int) throws(Fault) -> WrittenFrame? {
        func next(_ count: Int) -> [UInt8]? {
            guard bytes.count - position >= count else { return nil }
            defer { position += count }
            return Array(bytes[position..<position + count])
        }
        guard let head = next(2) else { return nil }
        guard head[0] & 0x30 == 0 else { throw Fault(description: "RSV2 or RSV3") }
        var length = Int(head[1] & 0x7F)
        if length >= 126 {
            let isShort = length == 126
            guard let extended = next(isShort ? 2 : 8) else { return nil }
            length = extended.reduce(0) { $0 << 8 | Int($1) }
            guard length > (isShort ? 125 : 65535) else { throw Fault(description: "length not in its shortest form") }
        }
        guard (head[1] & 0x80 != 0) == (role == .client) else { throw Fault(description: "wrong MASK bit") }
        let key = role == .client ? next(4) : nil
        guard role == .server || key != nil, var payload = next(length) else { return nil }
        if let key {
            for index in payload.indices { payload[index] ^= key[index % 4] }
        }
        return WrittenFrame(
            isFinal: head[0] & 0x80 != 0, rsv1: head[0] & 0x40 != 0, opcode: head[0] & 0x0F, key: key,
            payload: payload)
    }

    private func judge(_ frame: WrittenFrame, isInsideMessage: inout Bool) throws(Fault) {
        switch frame.opcode {
        case 0:
            guard isInsideMessage else { throw Fault(description: "continuation of nothing") }
            guard !frame.rsv1 else { throw Fault(description: "RSV1 on a continuation") }
            isInsideMessage = !frame.isFinal
        case 1, 2:
            guard !isInsideMessage else { throw Fault(description: "a message inside another") }
            guard !frame.rsv1 || allowsRSV1 else { throw Fault(description: "RSV1") }
            isInsideMessage = !frame.isFinal
        case 8, 9, 10:
            guard frame.isFinal, !frame.rsv1, frame.payload.count <= 125 else {
                throw Fault(description: "control frame fragmented, marked or too long")
            }
            if frame.opcode == 8 { try judge(close: frame.payload) }
        default:
            throw Fault(description: "opcode \(frame.opcode)")
        }
    }

    private func judge(close payload: [UInt8]) throws(Fault) {
        guard !payload.isEmpty else { return }
        guard payload.count > 1 else { throw Fault(description: "half a close code") }
        let code = Int(payload[0]) << 8 | Int(payload[1])
        let valid = [1000...1003, 1007...1014, 3000...4999]
        guard valid.contains(where: { $0.contains(code) }) else { throw Fault(description: "close code \(code)") }
        guard String(validating: payload.dropFirst(2), as: UTF8.self) != nil else {
            throw Fault(description: "close reason not UTF-8")
        }
    }
}
