import WSFrame

/// Judges frame headers from the text of RFC 6455 §5.2, §5.4 and §5.5 alone: where a header ends, or which byte is the
/// first that no valid header has there.
struct HeaderReference {
    enum Verdict: Equatable {
        case incomplete
        case header(byteCount: Int, length: UInt64)
        case fault(at: Int)
    }

    let isMasked: Bool
    let allowsRSV1: Bool
    private var isInsideMessage = false

    init(role: Role, allowsRSV1: Bool) {
        isMasked = role == .server
        self.allowsRSV1 = allowsRSV1
    }

    /// The header that begins at `start`; a valid one counts for those after it.
    mutating func judge(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Verdict {
        guard start < bytes.count else { return .incomplete }
        let first = bytes[start]
        let opcode = first & 0x0F
        let isControl = opcode >= 8
        let mayHaveRSV1 = allowsRSV1 && (opcode == 1 || opcode == 2)
        guard first & 0x30 == 0, first & 0x40 == 0 || mayHaveRSV1, opcode <= 2 || (8...10).contains(opcode),
            !isControl || first & 0x80 != 0, isControl || isInsideMessage == (opcode == 0)
        else { return .fault(at: start) }
        guard start + 1 < bytes.count else { return .incomplete }
        let second = bytes[start + 1]
        let code = second & 0x7F
        guard (second & 0x80 != 0) == isMasked, !isControl || code <= 125 else { return .fault(at: start + 1) }

        let width = code == 127 ? 8 : code == 126 ? 2 : 0
        var length = width == 0 ? UInt64(code) : 0
        for index in 0..<width {
            let position = start + 2 + index
            guard position < bytes.count else { return .incomplete }
            length = length << 8 | UInt64(bytes[position])
            if Self.isFault(length, afterBytes: index + 1, of: width) { return .fault(at: position) }
        }
        let byteCount = 2 + width + (isMasked ? 4 : 0)
        guard start + byteCount <= bytes.count else { return .incomplete }
        if !isControl { isInsideMessage = first & 0x80 == 0 }
        return .header(byteCount: byteCount, length: length)
    }

    /// Whether no completion of these length bytes is the shortest form of a length below 2⁵³.
    private static func isFault(_ beginning: UInt64, afterBytes count: Int, of width: Int) -> Bool {
        let open = UInt64(8 * (width - count))
        let least = beginning << open
        let most = least | ((1 << open) - 1)
        return most < (width == 2 ? 126 : 65_536) || least >= 1 << 53
    }
}
