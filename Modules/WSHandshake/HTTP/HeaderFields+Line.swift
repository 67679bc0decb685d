extension HeaderFields {
    /// Adds what a received line says (RFC 9112 §5).
    ///
    /// - Parameter unfolding: whether a line that begins with whitespace continues the one before it (RFC 9112 §5.2).
    mutating func appendLine(_ line: Span<UInt8>, limits: HeadLimits, unfolding: Bool) throws(HeadError) {
        if !line.isEmpty, line[0].isWhitespace {
            guard !isEmpty else { throw .whitespaceBeforeFirstField }
            guard unfolding else { throw .foldedField }
            unfoldIntoLast(line.latin1(line.trimmingWhitespace(0..<line.count)))
            return
        }
        guard count < limits.maxFields else { throw .tooManyFields(limit: limits.maxFields) }
        let colon = try Self.endOfName(line)
        let value = line.trimmingWhitespace((colon + 1)..<line.count)
        appendTrusted(name: line.extracting(0..<colon), value: line.latin1(value))
    }

    /// The position of the colon after a field name.
    private static func endOfName(_ line: Span<UInt8>) throws(HeadError) -> Int {
        for index in line.indices where !line[index].isTokenOctet {
            switch line[index] {
            case Octet.colon where index == 0: throw .emptyFieldName
            case Octet.colon: return index
            case let octet where octet.isWhitespace: throw .whitespaceBeforeColon
            case let octet: throw .invalidFieldName(octet: octet)
            }
        }
        throw .missingColon
    }
}
