/// Text as it stands in a fixture, between quotation marks.
struct Quoted: CustomStringConvertible {
    private let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// Printable ASCII as it is, everything else as an escape.
    var description: String {
        var text: [UInt8] = [0x22]
        text.reserveCapacity(bytes.count + 2)
        for byte in bytes {
            switch byte {
            case 0x0A: text += [0x5C, 0x6E]
            case 0x0D: text += [0x5C, 0x72]
            case 0x09: text += [0x5C, 0x74]
            case 0x22, 0x5C: text += [0x5C, byte]
            case 0x20...0x7E: text.append(byte)
            default: text += [0x5C, 0x78] + Hexadecimal.digits(of: byte)
            }
        }
        text.append(0x22)
        return String(decoding: text, as: UTF8.self)
    }
}

/// Bytes as pairs of digits.
enum Hexadecimal {
    static func digits(of byte: UInt8) -> [UInt8] { [digit(byte >> 4), digit(byte & 15)] }

    /// Pairs of digits with a space between them, or without.
    static func text(_ bytes: some Sequence<UInt8>, separator: String = " ") -> String {
        bytes.map { String(decoding: digits(of: $0), as: UTF8.self) }.joined(separator: separator)
    }

    /// The bytes of an even number of digits; nil for anything else.
    static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text {
            guard let value = value(of: character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x37
        case 0x61...0x66: character - 0x57
        default: nil
        }
    }
}
