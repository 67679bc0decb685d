/// The fields of a head in the order of their lines; names compare without case (RFC 9110 §5).
///
/// Values are octets. Text maps each octet to the Unicode scalar of the same number (ISO 8859-1), so any received value
/// survives unchanged, and only ASCII is ever compared. What gets in through ``append(name:value:)`` or
/// ``set(name:value:)`` cannot break out of its line on the wire.
public struct HeaderFields: Sendable, Equatable {
    /// One field line.
    public struct Field: Sendable, Equatable {
        /// The name as it was written.
        public let name: String
        /// The value without surrounding whitespace.
        public internal(set) var value: String
        /// Which of the handshake's own fields this is.
        let known: KnownField?

        /// Whether both lines mean the same: names compare without case.
        public static func == (left: Field, right: Field) -> Bool {
            left.known == right.known && left.value == right.value
                && left.name.isEqualIgnoringCase(to: right.name)
        }
    }

    private var fields: [Field] = []

    /// No fields.
    public init() {}

    /// The fields in the given order.
    /// - Throws: ``HeaderFieldError`` for the first name or value that cannot be written.
    public init(validating pairs: [(name: String, value: String)]) throws(HeaderFieldError) {
        for pair in pairs { try append(name: pair.name, value: pair.value) }
    }

    /// Adds a line after the others; a field of that name stays.
    ///
    /// Whitespace around the value is dropped, as every reader would.
    /// - Throws: ``HeaderFieldError`` when `name` is no token or `value` holds a control character or a scalar above
    ///   U+00FF.
    public mutating func append(name: String, value: String) throws(HeaderFieldError) {
        fields.append(try Self.validated(name: name, value: value))
    }

    /// Gives the field one line: the first of that name is replaced in place, further ones are removed; without one, the
    /// line is added after the others.
    /// - Throws: as ``append(name:value:)``.
    public mutating func set(name: String, value: String) throws(HeaderFieldError) {
        setTrusted(try Self.validated(name: name, value: value))
    }

    /// Removes every line of that name.
    public mutating func remove(name: String) {
        let matcher = FieldMatcher(name)
        fields.removeAll { matcher.matches($0) }
    }

    private static func validated(name: String, value: String) throws(HeaderFieldError) -> Field {
        guard HTTPGrammar.isToken(name) else { throw .invalidName(name) }
        if let scalar = HTTPGrammar.firstForbiddenScalar(inFieldValue: value) {
            throw .invalidValue(name: name, scalar: scalar)
        }
        let octets = value.utf8.span
        let range = octets.trimmingWhitespace(0..<octets.count)
        let trimmed = range.count == octets.count ? value : octets.text(range)
        return Field(name: name, value: trimmed, known: KnownField(name.utf8.span))
    }
}

extension HeaderFields {
    /// Adds a line whose parts are known to be valid.
    mutating func appendTrusted(_ known: KnownField, _ value: String) {
        fields.append(Field(name: known.name, value: value, known: known))
    }

    /// Adds a line that was validated before.
    mutating func appendTrusted(_ field: Field) { fields.append(field) }

    /// Adds a received line. The common spelling of a known name needs no memory of its own.
    mutating func appendTrusted(name: Span<UInt8>, value: String) {
        let known = KnownField(name)
        let spelling = known.flatMap { name.isEqual(to: $0.name) ? $0.name : nil }
        fields.append(Field(name: spelling ?? name.latin1, value: value, known: known))
    }

    /// As ``set(name:value:)`` for a line that was validated before.
    mutating func setTrusted(_ field: Field) {
        let matcher = FieldMatcher(field.name)
        var isFirst = true
        fields.removeAll { other in
            guard matcher.matches(other) else { return false }
            defer { isFirst = false }
            return !isFirst
        }
        if let first = fields.firstIndex(where: { matcher.matches($0) }) {
            fields[first] = field
        } else {
            fields.append(field)
        }
    }

    /// Continues the value of the last line after a space: what an obsolete line fold means (RFC 9112 §5.2).
    mutating func unfoldIntoLast(_ continuation: String) {
        guard let last = fields.indices.last, !continuation.isEmpty else { return }
        if !fields[last].value.isEmpty { fields[last].value += " " }
        fields[last].value += continuation
    }

    mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }
}

extension HeaderFields: RandomAccessCollection {
    /// Always 0.
    public var startIndex: Int { 0 }
    /// The number of lines.
    public var endIndex: Int { fields.count }
    /// The line at a position of at least 0 and less than `count`.
    public subscript(position: Int) -> Field { fields[position] }
}
