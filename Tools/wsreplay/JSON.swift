/// The little of JSON that is written here.
enum JSON {
    /// A string between quotation marks.
    static func string(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": json += "\\" + String(scalar)
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            case "\u{0}"..."\u{1f}":
                json += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: json += String(scalar)
            }
        }
        return json + "\""
    }

    /// Bytes as a string of digits.
    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        "\"" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\""
    }
}
