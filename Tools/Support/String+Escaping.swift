extension String {
    /// What a peer sent, in a form that can do no harm on a terminal or in a log: control characters and those that turn
    /// the direction of writing become escapes such as `\u{1b}`, and bytes that are not UTF-8 become `\xff`.
    ///
    /// - Parameter newline: what stands for the end of a line.
    public init(escaping bytes: some Collection<UInt8>, newline: String = "\\n") {
        var text = ""
        var parser = UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var position = bytes.startIndex
        scanning: while true {
            switch parser.parseScalar(from: &rest) {
            case .valid(let encoded):
                position = bytes.index(position, offsetBy: encoded.count)
                text += UTF8.decode(encoded).escaped(newline: newline)
            case .error(let length):
                for _ in 0..<length {
                    text += "\\x" + (bytes[position] < 16 ? "0" : "") + String(bytes[position], radix: 16)
                    bytes.formIndex(after: &position)
                }
            case .emptyInput:
                break scanning
            }
        }
        self = text
    }

    /// As ``init(escaping:newline:)``, for text.
    public init(escaping text: String) {
        self.init(escaping: text.utf8)
    }
}

extension Unicode.Scalar {
    fileprivate func escaped(newline: String) -> String {
        switch value {
        case 0x0A: newline
        case 0x09: "\t"
        case 0x0D: "\\r"
        // C0, DEL and C1; line and paragraph separators; embeddings, overrides and isolates of direction.
        case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: "\\u{" + String(value, radix: 16) + "}"
        default: String(self)
        }
    }
}
