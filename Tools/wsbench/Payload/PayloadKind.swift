/// What messages are made of. The same kind and size always give the same bytes.
enum PayloadKind: String, CaseIterable {
    /// Any bytes.
    case binary
    /// English-looking text.
    case ascii
    /// Chinese characters, three bytes each.
    case cjk
    /// Emoji, four bytes each.
    case emoji
    /// Russian letters, two bytes each.
    case cyrillic
    /// Records such as an interface sends, in JSON.
    case json
    /// Text of all kinds: of a hundred characters 60 Chinese, 12 emoji, 13 Russian, 15 ASCII.
    case utf8

    var isText: Bool { self != .binary }

    /// - Parameter seed: other seeds give other bytes.
    func bytes(count: Int, seed: UInt64) -> [UInt8] {
        var random = Xorshift(seed: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        if self == .binary {
            while bytes.count < count { bytes.append(UInt8(truncatingIfNeeded: random.next() >> 32)) }
            return bytes
        }
        if self == .json { return JSONText.bytes(count: count, &random) }
        while bytes.count < count {
            let character = UTF8.encode(scalar(&random)).map(Array.init) ?? []
            // What does not fit any more is filled with ASCII.
            bytes += character.count <= count - bytes.count && !character.isEmpty ? character : [0x2E]
        }
        return bytes
    }

    private func scalar(_ random: inout Xorshift) -> Unicode.Scalar {
        switch self {
        case .binary, .ascii, .json: Self.scalar(in: 0x61...0x7A, &random)
        case .cjk: Self.scalar(in: 0x4E00...0x9FA5, &random)
        case .emoji: Self.scalar(in: 0x1F600...0x1F64F, &random)
        case .cyrillic: Self.scalar(in: 0x0410...0x044F, &random)
        case .utf8:
            switch random.next() % 100 {
            case ..<60: PayloadKind.cjk.scalar(&random)
            case ..<72: PayloadKind.emoji.scalar(&random)
            case ..<85: PayloadKind.cyrillic.scalar(&random)
            default: PayloadKind.ascii.scalar(&random)
            }
        }
    }

    private static func scalar(in range: ClosedRange<UInt32>, _ random: inout Xorshift) -> Unicode.Scalar {
        let offset = UInt32(truncatingIfNeeded: random.next() % UInt64(range.count))
        return Unicode.Scalar(range.lowerBound + offset) ?? "."
    }
}
