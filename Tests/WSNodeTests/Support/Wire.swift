import WSHandshake

/// Bytes as a peer writes them by hand.
enum Wire {
    /// The bytes of hexadecimal digits; spaces do not count.
    static func hex(_ digits: String) -> [UInt8] {
        let nibbles = digits.compactMap(\.hexDigitValue)
        return stride(from: 0, to: nibbles.count - 1, by: 2).map { UInt8(nibbles[$0] << 4 | nibbles[$0 + 1]) }
    }

    /// A frame with the key 0 where it is masked, so that its payload can be read.
    static func frame(_ first: UInt8, _ payload: some Collection<UInt8> = [UInt8](), masked: Bool) -> [UInt8] {
        var bytes = [first]
        let bit: UInt8 = masked ? 0x80 : 0
        switch payload.count {
        case 0..<126: bytes.append(bit | UInt8(payload.count))
        case 126..<65_536: bytes += [bit | 126] + bigEndian(payload.count, 2)
        default: bytes += [bit | 127] + bigEndian(payload.count, 8)
        }
        if masked { bytes += [0, 0, 0, 0] }
        return bytes + payload
    }

    static func text(_ text: String, masked: Bool) -> [UInt8] { frame(0x81, text.utf8, masked: masked) }

    static func close(_ code: Int? = nil, _ reason: String = "", masked: Bool) -> [UInt8] {
        frame(0x88, (code.map { bigEndian($0, 2) } ?? []) + reason.utf8, masked: masked)
    }

    static func bigEndian(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// The key of RFC 6455 §1.3.
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    /// A request for an upgrade. A field given replaces the usual one of its name; an empty one removes it.
    static func request(
        _ line: String = "GET / HTTP/1.1", fields: [(String, String)] = []
    ) -> [UInt8] {
        var all = [
            ("Host", "localhost"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", key),
            ("Sec-WebSocket-Version", "13"),
        ]
        for (name, value) in fields {
            if let index = all.firstIndex(where: { $0.0 == name }) {
                all[index].1 = value
            } else {
                all.append((name, value))
            }
        }
        let lines = [line] + all.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// One frame as it was received, unmasked.
    struct Frame: Equatable {
        var first: UInt8
        var isMasked: Bool
        var payload: [UInt8]
        var text: String { String(decoding: payload, as: UTF8.self) }

        init(_ first: UInt8, masked: Bool, _ payload: some Collection<UInt8> = [UInt8]()) {
            self.first = first
            isMasked = masked
            self.payload = Array(payload)
        }
    }

    /// All whole frames at the beginning of the bytes.
    static func frames(in bytes: [UInt8]) -> [Frame] {
        var frames: [Frame] = []
        var rest = bytes[...]
        while rest.count >= 2 {
            let start = rest.startIndex
            let isMasked = rest[start + 1] & 0x80 != 0
            var count = Int(rest[start + 1] & 0x7F)
            var position = start + 2
            let extended = count == 126 ? 2 : count == 127 ? 8 : 0
            guard rest.endIndex - position >= extended + (isMasked ? 4 : 0) else { break }
            if extended > 0 {
                count = rest[position..<position + extended].reduce(0) { $0 << 8 | Int($1) }
                position += extended
            }
            let key = isMasked ? Array(rest[position..<position + 4]) : [0, 0, 0, 0]
            if isMasked { position += 4 }
            guard rest.endIndex - position >= count else { break }
            let payload = rest[position..<position + count].enumerated().map { $1 ^ key[$0 % 4] }
            frames.append(Frame(rest[start], masked: isMasked, payload))
            rest = rest[(position + count)...]
        }
        return frames
    }
}
