/// Writes bytes as an expression that ``Scanner/bytes()`` reads.
enum ByteNotation {
    /// How wide a line may become.
    private static let width = 110

    /// A payload, with a blank before it; nothing for no bytes.
    static func payload(_ bytes: [UInt8]) -> String {
        wrapped(items(bytes[...]))
    }

    /// A stretch of a stream: the lines of a head, then frames, each on a line of its own.
    ///
    /// - Parameter isMasked: whether frames have a mask; nil if there are none.
    static func stream(_ bytes: [UInt8], isMasked: Bool?) -> String {
        var rest = bytes[...]
        var lines: [[String]] = []
        while let line = headLine(&rest, isFirst: lines.isEmpty) { lines.append([line]) }
        if let isMasked {
            while let frame = FrameNotation(&rest, isMasked: isMasked) { lines.append(frame.items) }
        }
        if !rest.isEmpty { lines.append(items(rest)) }
        guard lines.count > 1 else { return wrapped(lines.first ?? []) }
        return lines.map { "\n   " + wrapped($0) }.joined()
    }

    /// Items in lines of which each but the first begins with a blank.
    static func wrapped(_ items: [String]) -> String {
        var text = ""
        var column = 12
        for item in items {
            if column + item.utf8.count > width, column > 12 {
                text += "\n   "
                column = 3
            }
            text += " " + item
            column += 1 + item.utf8.count
        }
        return text
    }

    /// Takes a line of an HTTP head, if the bytes look like one.
    private static func headLine(_ rest: inout ArraySlice<UInt8>, isFirst: Bool) -> String? {
        if isFirst, !rest.starts(with: "GET ".utf8), !rest.starts(with: "HTTP/1.".utf8) { return nil }
        // The empty line ends the head, and this.
        guard let newline = rest.firstIndex(of: 0x0A), newline - rest.startIndex < 4096,
            rest[..<newline].allSatisfy({ $0 == 0x0D || (0x20...0x7E).contains($0) })
        else { return nil }
        let line = rest[...newline]
        rest = rest[(newline + 1)...]
        return "\(Quoted(line))"
    }

    /// The items of an expression.
    static func items(_ bytes: ArraySlice<UInt8>) -> [String] {
        if let (unit, count) = repetition(bytes) {
            let end = bytes.startIndex + unit.count * count
            let inner = items(unit).joined(separator: " ")
            let item = unit.count == 1 || inner.hasPrefix("\"") && !inner.contains("\" ") ? inner : "(\(inner))"
            return ["repeat \(item) × \(count)"] + items(bytes[end...])
        }
        var items: [String] = []
        var rest = bytes
        while !rest.isEmpty {
            let text = rest.prefix { (0x20...0x7E).contains($0) || $0 == 0x0D || $0 == 0x0A || $0 == 0x09 }
            if text.count >= 3 || text.count == rest.count && items.isEmpty {
                let piece = text.prefix(80)
                items.append("\(Quoted(piece))")
                rest = rest[piece.endIndex...]
            } else {
                var piece = rest.prefix(max(1, text.count))
                while piece.count < 32, piece.endIndex < rest.endIndex,
                    !rest[piece.endIndex...].prefix(3).allSatisfy({ (0x20...0x7E).contains($0) })
                {
                    piece = rest[piece.startIndex...piece.endIndex]
                }
                items.append(Hexadecimal.text(piece))
                rest = rest[piece.endIndex...]
            }
        }
        return items
    }

    /// What the bytes begin with at least four times, and a good while, or nil.
    private static func repetition(_ bytes: ArraySlice<UInt8>) -> (unit: ArraySlice<UInt8>, count: Int)? {
        guard bytes.count >= 48 else { return nil }
        let start = bytes.startIndex
        for period in 1...64 where bytes.count >= 4 * period {
            var end = start + period
            while end < bytes.endIndex, bytes[end] == bytes[end - period] { end += 1 }
            let count = (end - start) / period
            if count >= 4, count * period >= 48 { return (bytes[start..<start + period], count) }
        }
        return nil
    }
}
