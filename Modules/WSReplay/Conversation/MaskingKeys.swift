import WSFrame

/// The masking keys of a client's stream.
enum MaskingKeys {
    /// The keys of the frames behind the first empty line, in order.
    static func all(in stream: [UInt8]) -> [UInt32] {
        guard let head = stream.endOfHead else { return [] }
        var keys: [UInt32] = []
        var rest = stream[head...]
        while rest.count >= 2 {
            let code = rest[rest.startIndex + 1] & 0x7F
            let width = code == 127 ? 8 : code == 126 ? 2 : 0
            guard rest.count >= 6 + width else { return keys }
            var length = UInt64(width == 0 ? code : 0)
            for byte in rest.dropFirst(2).prefix(width) { length = length << 8 | UInt64(byte) }
            keys.append(rest.dropFirst(2 + width).prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
            rest = rest.dropFirst(6 + width)
            guard length <= UInt64(rest.count) else { return keys }
            rest = rest.dropFirst(Int(length))
        }
        return keys
    }
}

extension [UInt8] {
    /// Where the bytes behind the first empty line begin.
    fileprivate var endOfHead: Int? {
        indices.dropFirst(3).first { self[$0 - 3...$0].elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) }.map { $0 + 1 }
    }
}
