/// A value in JSON, as far as the page needs it.
enum JSON: ExpressibleByStringLiteral {
    case text(String)
    case number(Int)
    /// Of what is JSON already.
    case array([String])

    init(stringLiteral text: String) { self = .text(text) }

    /// An object in JSON.
    static func object(_ members: KeyValuePairs<String, JSON>) -> String {
        "{" + members.map { "\(quoted($0)): \($1.written)" }.joined(separator: ", ") + "}"
    }

    private var written: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): String(number)
        case .array(let elements): "[" + elements.joined(separator: ", ") + "]"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\0"..<" ": quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
