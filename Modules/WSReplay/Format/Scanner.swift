/// Reads the text of a fixture from left to right.
///
/// A line goes on in those below it that begin with a blank. What stands behind a `#` outside quotation marks is for the
/// reader.
struct Scanner {
    private let text: [UInt8]
    private var position = 0
    private(set) var line = 1

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    var isAtEnd: Bool { position >= text.count }

    func fault(_ message: String) -> FixtureError { FixtureError(line: line, message) }

    // MARK: Lines

    /// The comment that fills the line, without its sign and one blank; then the scanner is at the next line.
    mutating func commentLine() -> String? {
        guard peek() == 0x23 else { return nil }
        position += 1
        if peek() == 0x20 { position += 1 }
        let start = position
        while !isAtEnd, peek() != 0x0A { position += 1 }
        let comment = String(decoding: text[start..<position], as: UTF8.self)
        endLine()
        return comment
    }

    /// Whether the line is empty; then the scanner is at the next one.
    mutating func emptyLine() -> Bool {
        guard isAtEmptyLine else { return false }
        while !isAtEnd, peek() != 0x0A { position += 1 }
        endLine()
        return true
    }

    /// Whether nothing but blanks stands in the line.
    var isAtEmptyLine: Bool {
        guard let first = text[min(position, text.count)...].first(where: { $0 != 0x20 && $0 != 0x0D }) else {
            return true
        }
        return first == 0x0A
    }

    /// Goes to the next line that begins without a blank, if nothing stands before that.
    mutating func finishLine() throws(FixtureError) {
        skipBlanks()
        guard isAtEnd || peek() == 0x0A else { throw fault("unexpected \(rest())") }
        endLine()
    }

    private mutating func endLine() {
        if position < text.count { line += 1 }
        position += 1
    }

    // MARK: Inside a line

    /// Blanks, comments, and the ends of lines that go on.
    mutating func skipBlanks() {
        while let byte = peek() {
            if byte == 0x23 {
                while !isAtEnd, peek() != 0x0A { position += 1 }
            } else if byte == 0x0A, position + 1 < text.count, text[position + 1] == 0x20 {
                position += 1
                line += 1
            } else if byte == 0x20 || byte == 0x0D {
                position += 1
            } else {
                return
            }
        }
    }

    /// Takes a sign, if it is next.
    mutating func take(_ sign: String) -> Bool {
        guard isNext(sign) else { return false }
        position += sign.utf8.count
        return true
    }

    /// Whether a sign is next.
    mutating func isNext(_ sign: String) -> Bool {
        skipBlanks()
        return text[min(position, text.count)...].starts(with: sign.utf8)
    }

    /// Takes a sign that has to be next.
    mutating func expect(_ sign: String) throws(FixtureError) {
        guard take(sign) else { throw fault("expected \(sign), not \(rest())") }
    }

    /// The next run of letters, digits and the signs of numbers and names; nil if something else is next.
    mutating func word() -> String? {
        skipBlanks()
        let start = position
        while let byte = peek(), Self.isWordByte(byte) { position += 1 }
        return start == position ? nil : String(decoding: text[start..<position], as: UTF8.self)
    }

    /// What the next word would be.
    func nextWord() -> String? {
        var copy = self
        return copy.word()
    }

    /// A word that has to be there.
    mutating func expectWord(_ what: String) throws(FixtureError) -> String {
        guard let word = word() else { throw fault("expected \(what), not \(rest())") }
        return word
    }

    /// A whole number that has to be there.
    mutating func number(_ what: String) throws(FixtureError) -> Int {
        let word = try expectWord(what)
        guard let number = Int(word), number >= 0 else { throw fault("expected \(what), not \(word)") }
        return number
    }

    /// Text between quotation marks, if that is next.
    mutating func string() throws(FixtureError) -> [UInt8]? {
        skipBlanks()
        guard peek() == 0x22 else { return nil }
        position += 1
        var bytes: [UInt8] = []
        while let byte = peek() {
            position += 1
            switch byte {
            case 0x22: return bytes
            case 0x0A: throw fault("the text does not end in its line")
            case 0x5C: bytes.append(try escape())
            default: bytes.append(byte)
            }
        }
        throw fault("the text does not end")
    }

    private mutating func escape() throws(FixtureError) -> UInt8 {
        guard let byte = peek() else { throw fault("the text does not end") }
        position += 1
        switch byte {
        case 0x6E: return 0x0A
        case 0x72: return 0x0D
        case 0x74: return 0x09
        case 0x22, 0x5C: return byte
        case 0x78:
            let end = min(position + 2, text.count)
            guard let value = Hexadecimal.bytes(text[position..<end])?.first else {
                throw fault("\\x needs two hexadecimal digits")
            }
            position = end
            return value
        default: throw fault("unknown escape \\\(String(decoding: [byte], as: UTF8.self))")
        }
    }

    /// Everything up to a colon that stands outside quotation marks, or to the end of the line; trimmed, with the texts in
    /// it written as the writer writes them.
    mutating func detail() throws(FixtureError) -> (text: String, hasPayload: Bool) {
        var detail = ""
        while true {
            skipBlanks()
            if take(":") { return (detail, true) }
            if isAtEnd || peek() == 0x0A { return (detail, false) }
            let isFresh = detail.isEmpty || detail.hasSuffix("=")
            let piece: String
            if let text = try string() {
                piece = "\(Quoted(text))"
            } else if let word = word() {
                piece = word
            } else if take("=") {
                detail += "="
                continue
            } else {
                throw fault("unexpected \(rest())")
            }
            detail += (isFresh ? "" : " ") + piece
        }
    }

    private func peek() -> UInt8? { position < text.count ? text[position] : nil }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    /// What comes next, for a message.
    private func rest() -> String {
        let line = text[min(position, text.count)...].prefix { $0 != 0x0A }.prefix(20)
        return line.isEmpty ? "the end of the line" : "\(Quoted(line))"
    }
}
