/// One value of a report.
enum Figure {
    case count(Int)
    case number(Double, decimals: Int)
    case word(String)
    case list([Report])

    /// A number with as many decimals as say something: three significant digits, or all those before the point.
    static func measured(_ value: Double) -> Figure {
        switch value.magnitude {
        case ..<1: .number(value, decimals: 4)
        case ..<10: .number(value, decimals: 3)
        case ..<100: .number(value, decimals: 2)
        case ..<1000: .number(value, decimals: 1)
        default: .number(value, decimals: 0)
        }
    }

    /// The value as JSON.
    var json: String {
        switch self {
        case .count, .number: text
        case .word(let word): Self.quoted(word)
        case .list(let reports): "[" + reports.map(\.json).joined(separator: ",") + "]"
        }
    }

    /// The value as people read it.
    var text: String {
        switch self {
        case .count(let value): "\(value)"
        case .number(let value, let decimals): value.fixed(decimals)
        case .word(let word): word
        case .list(let reports): "\(reports.count)"
        }
    }

    /// A string as JSON.
    static func quoted(_ string: String) -> String {
        var quoted = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..<" ":
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
