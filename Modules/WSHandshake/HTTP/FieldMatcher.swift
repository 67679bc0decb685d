/// A name to look for among fields, in any letter case.
struct FieldMatcher {
    private let known: KnownField?
    private let name: String

    init(_ name: String) {
        known = KnownField(name.utf8.span)
        self.name = name
    }

    init(_ known: KnownField) {
        self.known = known
        name = known.name
    }

    /// Whether the field has this name: a known one is told by its number, any other by its octets.
    func matches(_ field: HeaderFields.Field) -> Bool {
        known == field.known && (known != nil || field.name.isEqualIgnoringCase(to: name))
    }
}
