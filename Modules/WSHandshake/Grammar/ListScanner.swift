/// Reads tokens and the separators between them from one value, left to right, each octet once.
///
/// The lists of a WebSocket handshake are stricter than HTTP's in general: no empty members, no whitespace at either end,
/// none around `=` (RFC 6455 §4.1, §9.1). A position doubles as the index in a ``HeaderSyntaxError``: an octet that is not
/// ASCII is a fault wherever it stands, so all before it are one character each.
struct ListScanner {
    /// What follows a token.
    enum Separator {
        case comma
        case semicolon
        case equals
        case end
    }

    private var position = 0

    /// The token at the position.
    mutating func token(_ octets: Span<UInt8>) throws(HeaderSyntaxError) -> String {
        let start = position
        while position < octets.count, octets[position].isTokenOctet { position += 1 }
        guard position > start else { throw fault(octets) }
        return octets.latin1(start..<position)
    }

    /// The token or quoted string at the position; what is quoted to be a token once unescaped (RFC 6455 §9.1).
    mutating func value(_ octets: Span<UInt8>) throws(HeaderSyntaxError) -> String {
        guard position < octets.count, octets[position] == Octet.quote else { return try token(octets) }
        position += 1
        var content: [UInt8] = []
        while position < octets.count {
            var octet = octets[position]
            if octet == Octet.quote, !content.isEmpty {
                position += 1
                return content.span.latin1
            }
            if octet == Octet.backslash {
                position += 1
                guard position < octets.count else { throw .unexpectedEnd }
                octet = octets[position]
            }
            guard octet.isTokenOctet else { throw fault(octets) }
            content.append(octet)
            position += 1
        }
        throw .unexpectedEnd
    }

    /// The separator at the position and the whitespace around it.
    ///
    /// `=` is one only where `mayAssign` says so and takes no whitespace; `;` only where `mayHaveParameters` says so.
    mutating func separator(
        _ octets: Span<UInt8>, mayHaveParameters: Bool, mayAssign: Bool
    ) throws(HeaderSyntaxError) -> Separator {
        let start = position
        skipWhitespace(octets)
        guard position < octets.count else {
            // Whitespace at the end announces something that does not come.
            guard position == start else { throw .unexpectedEnd }
            return .end
        }
        let separator: Separator
        switch octets[position] {
        case Octet.comma: separator = .comma
        case Octet.semicolon where mayHaveParameters: separator = .semicolon
        case Octet.equals where mayAssign && position == start: separator = .equals
        default: throw fault(octets)
        }
        position += 1
        if separator != .equals { skipWhitespace(octets) }
        return separator
    }

    /// The fault of the octet at the position, or of its absence.
    private func fault(_ octets: Span<UInt8>) -> HeaderSyntaxError {
        position < octets.count ? .unexpectedCharacter(index: position) : .unexpectedEnd
    }

    private mutating func skipWhitespace(_ octets: Span<UInt8>) {
        while position < octets.count, octets[position].isWhitespace { position += 1 }
    }
}
