/// Writes a head into one buffer. The parts were checked before: nothing here can break a line.
struct HeadWriter {
    private var octets: [UInt8] = []

    /// A writer with room for a start line and `fields`.
    init(fields: HeaderFields) {
        var capacity = 64
        for field in fields { capacity += field.name.utf8.count + field.value.utf8.count + 4 }
        octets.reserveCapacity(capacity)
    }

    /// Appends text, one octet for each scalar (ISO 8859-1).
    mutating func append(_ text: String) {
        if text.utf8.span.isASCII {
            octets.append(contentsOf: text.utf8)
        } else {
            // Validation has refused scalars above U+00FF.
            for scalar in text.unicodeScalars { octets.append(UInt8(truncatingIfNeeded: scalar.value)) }
        }
    }

    /// Appends `HTTP/` and the two digits.
    mutating func append(_ version: HTTPVersion) {
        append("HTTP/")
        octets.append(0x30 + version.major)
        octets.append(Octet.dot)
        octets.append(0x30 + version.minor)
    }

    /// Ends the start line, writes the fields and the empty line, and returns everything.
    mutating func finish(_ fields: HeaderFields) -> [UInt8] {
        append("\r\n")
        for field in fields {
            append(field.name)
            append(": ")
            append(field.value)
            append("\r\n")
        }
        append("\r\n")
        return octets
    }
}
