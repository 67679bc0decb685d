extension HeaderFields {
    /// The value of the first line of that name.
    public subscript(name: String) -> String? { first(FieldMatcher(name)) }

    /// The values of all lines of that name, in order.
    public func values(of name: String) -> [String] {
        let matcher = FieldMatcher(name)
        var values: [String] = []
        for field in self where matcher.matches(field) { values.append(field.value) }
        return values
    }

    /// How many lines have that name.
    public func count(of name: String) -> Int { count(FieldMatcher(name)) }

    /// Whether there is a line of that name.
    public func contains(_ name: String) -> Bool { first(FieldMatcher(name)) != nil }

    /// The values of all lines of that name as one list, joined with `, ` in order (RFC 9110 §5.3); nil without a line.
    ///
    /// Takes time linear in what it returns, however many lines there are.
    public func joined(_ name: String) -> String? { joined(FieldMatcher(name)) }

    /// Whether the comma-separated lists in the lines named `name` hold `token`, ASCII letters compared without case.
    ///
    /// Empty list members are skipped (RFC 9110 §5.6.1).
    public func hasToken(_ token: String, in name: String) -> Bool { hasToken(token, FieldMatcher(name)) }
}

// The same for the handshake's own fields, whose names need no comparison.
extension HeaderFields {
    subscript(known: KnownField) -> String? { first(FieldMatcher(known)) }

    func count(of known: KnownField) -> Int { count(FieldMatcher(known)) }

    func contains(_ known: KnownField) -> Bool { first(FieldMatcher(known)) != nil }

    func joined(_ known: KnownField) -> String? { joined(FieldMatcher(known)) }

    func hasToken(_ token: String, in known: KnownField) -> Bool { hasToken(token, FieldMatcher(known)) }
}

extension HeaderFields {
    private func first(_ matcher: FieldMatcher) -> String? {
        for field in self where matcher.matches(field) { return field.value }
        return nil
    }

    private func count(_ matcher: FieldMatcher) -> Int {
        var count = 0
        for field in self where matcher.matches(field) { count += 1 }
        return count
    }

    private func joined(_ matcher: FieldMatcher) -> String? {
        var result: String?
        for field in self where matcher.matches(field) {
            if result == nil {
                result = field.value
            } else {
                result?.append(", ")
                result?.append(field.value)
            }
        }
        return result
    }

    private func hasToken(_ token: String, _ matcher: FieldMatcher) -> Bool {
        for field in self where matcher.matches(field) {
            if Self.list(field.value.utf8.span, holds: token) { return true }
        }
        return false
    }

    private static func list(_ octets: Span<UInt8>, holds token: String) -> Bool {
        var start = 0
        while start <= octets.count {
            let end = octets.firstIndex(from: start) { $0 == Octet.comma }
            let member = octets.extracting(octets.trimmingWhitespace(start..<end))
            if member.isEqualIgnoringCase(to: token) { return true }
            start = end + 1
        }
        return false
    }
}
