// Bytes in a fixture: digits, quoted text, and expressions that make many of them.
//
//     expression = { item }
//     item       = pairs of hexadecimal digits | "text" | "(" expression ")"
//                | "repeat" item "×" count
//                | "random" seed "×" count
//                | "masked" key "(" expression ")"
//                | "fragments" opcode size [ "masked" key ] "(" expression ")"
extension Scanner {
    /// The most bytes one expression may amount to.
    static var maxByteCount: Int { 64 * 1024 * 1024 }

    /// The bytes of an expression, up to the first sign that does not belong to one.
    mutating func bytes() throws(FixtureError) -> [UInt8] {
        var bytes: [UInt8] = []
        while !isNext("->"), let item = try item() {
            bytes += item
            guard bytes.count <= Self.maxByteCount else { throw fault("more than \(Self.maxByteCount) bytes") }
        }
        return bytes
    }

    private mutating func item() throws(FixtureError) -> [UInt8]? {
        if let text = try string() { return text }
        if take("(") { return try restOfGroup() }
        guard let word = word() else { return nil }
        switch word {
        case "repeat":
            guard let unit = try item() else { throw fault("repeat what?") }
            return try repeated(unit, times: try count())
        case "random":
            return try random(seed: try number("a seed"), count: try count())
        case "masked":
            let key = try key()
            try expect("(")
            return key + Self.masked(try restOfGroup(), with: key)
        case "fragments":
            return try fragments()
        default:
            guard let bytes = Hexadecimal.bytes(word.utf8) else {
                throw fault("\(word) is neither pairs of hexadecimal digits nor a word of the grammar")
            }
            return bytes
        }
    }

    private mutating func restOfGroup() throws(FixtureError) -> [UInt8] {
        let group = try bytes()
        try expect(")")
        return group
    }

    private mutating func count() throws(FixtureError) -> Int {
        guard take("×") || take("x") else { throw fault("expected × and a count") }
        return try number("a count")
    }

    private mutating func key() throws(FixtureError) -> [UInt8] {
        let word = try expectWord("a masking key")
        guard let key = Hexadecimal.bytes(word.utf8), key.count == 4 else {
            throw fault("a masking key has 8 hexadecimal digits, unlike \(word)")
        }
        return key
    }

    private func repeated(_ unit: [UInt8], times count: Int) throws(FixtureError) -> [UInt8] {
        let (total, overflow) = unit.count.multipliedReportingOverflow(by: count)
        guard !overflow, total <= Self.maxByteCount else { throw fault("more than \(Self.maxByteCount) bytes") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(total)
        for _ in 0..<count { bytes += unit }
        return bytes
    }

    private func random(seed: Int, count: Int) throws(FixtureError) -> [UInt8] {
        guard count <= Self.maxByteCount else { throw fault("more than \(Self.maxByteCount) bytes") }
        var generator = SplitMix64(seed: UInt64(seed))
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    /// A message in frames of one size.
    private mutating func fragments() throws(FixtureError) -> [UInt8] {
        let opcode = try expectWord("text or binary")
        guard opcode == "text" || opcode == "binary" else { throw fault("\(opcode) is neither text nor binary") }
        let size = try number("the size of a fragment")
        guard size > 0 else { throw fault("fragments have at least one byte") }
        var key: [UInt8] = []
        if nextWord() == "masked" {
            _ = word()
            key = try self.key()
        }
        try expect("(")
        let payload = try restOfGroup()
        var stream: [UInt8] = []
        var start = 0
        repeat {
            let piece = payload[start..<min(start + size, payload.count)]
            start += piece.count
            let first: UInt8 =
                (start == payload.count ? 0x80 : 0) | (start == piece.count ? opcode == "text" ? 1 : 2 : 0)
            stream.append(first)
            stream += Self.length(piece.count, isMasked: !key.isEmpty) + key + Self.masked(Array(piece), with: key)
        } while start < payload.count
        return stream
    }

    /// A length in its shortest form (RFC 6455 §5.2).
    private static func length(_ count: Int, isMasked: Bool) -> [UInt8] {
        let mask: UInt8 = isMasked ? 0x80 : 0
        if count < 126 { return [mask | UInt8(count)] }
        let width = count < 65_536 ? 2 : 8
        let bytes = (0..<width).reversed().map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
        return [mask | (width == 2 ? 126 : 127)] + bytes
    }

    static func masked(_ bytes: [UInt8], with key: [UInt8]) -> [UInt8] {
        guard key.count == 4 else { return bytes }
        var bytes = bytes
        for index in bytes.indices { bytes[index] ^= key[index & 3] }
        return bytes
    }
}
