/// A whole frame at the beginning of some bytes, as the items of an expression.
struct FrameNotation {
    let items: [String]

    /// Takes the frame, if one with the expected MASK bit is there whole. Whether it is allowed is not asked.
    init?(_ bytes: inout ArraySlice<UInt8>, isMasked: Bool) {
        let start = bytes.startIndex
        guard bytes.count >= 2, (bytes[start + 1] & 0x80 != 0) == isMasked else { return nil }
        let code = bytes[start + 1] & 0x7F
        let width = code == 127 ? 8 : code == 126 ? 2 : 0
        var position = start + 2 + width
        guard position + (isMasked ? 4 : 0) <= bytes.endIndex else { return nil }
        var length = UInt64(width == 0 ? code : 0)
        for byte in bytes[start + 2..<position] { length = length << 8 | UInt64(byte) }
        let header = Hexadecimal.text(bytes[start..<start + 2])
        let extended = width == 0 ? [] : [Hexadecimal.text(bytes[start + 2..<position], separator: "")]
        let key = bytes[position..<position + (isMasked ? 4 : 0)]
        position = key.endIndex
        guard length <= UInt64(bytes.endIndex - position) else { return nil }
        let payload = Array(bytes[position..<position + Int(length)])
        bytes = bytes[(position + payload.count)...]
        guard isMasked else {
            items = [header] + extended + ByteNotation.items(payload[...])
            return
        }
        var inner = ByteNotation.items(Scanner.masked(payload, with: Array(key))[...])
        let opening = "masked \(Hexadecimal.text(key, separator: "")) ("
        if inner.isEmpty { inner = [""] }
        inner[0] = opening + inner[0]
        inner[inner.count - 1] += ")"
        items = [header] + extended + inner
    }
}
