/// The octets HTTP's grammars name (RFC 9110 §5.6, RFC 9112 §2).
enum Octet {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let hash: UInt8 = 0x23
    static let percent: UInt8 = 0x25
    static let plus: UInt8 = 0x2B
    static let comma: UInt8 = 0x2C
    static let dash: UInt8 = 0x2D
    static let dot: UInt8 = 0x2E
    static let slash: UInt8 = 0x2F
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D
    static let question: UInt8 = 0x3F
    static let at: UInt8 = 0x40
    static let openBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let closeBracket: UInt8 = 0x5D
}

extension UInt8 {
    /// `tchar` of RFC 9110 §5.6.2: letters, digits and fifteen signs.
    var isTokenOctet: Bool {
        switch self {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x7C, 0x7E: true
        default: false
        }
    }

    /// An octet of a field value (RFC 9110 §5.5): tab, space, visible ASCII and obs-text. NUL, CR, LF and the other
    /// controls are refused, as the RFC allows outside of its safe contexts.
    var isFieldValueOctet: Bool { (self >= 0x20 && self != 0x7F) || self == Octet.tab }

    /// Optional whitespace, `OWS` of RFC 9110 §5.6.3.
    var isWhitespace: Bool { self == Octet.space || self == Octet.tab }

    /// 0x21 to 0x7E.
    var isVisibleASCII: Bool { self > 0x20 && self < 0x7F }

    /// The value of an ASCII decimal digit.
    var decimalDigit: UInt8? { self >= 0x30 && self <= 0x39 ? self &- 0x30 : nil }

    /// The value of an ASCII hexadecimal digit of either case.
    var hexDigit: UInt8? {
        switch self {
        case 0x30...0x39: self &- 0x30
        case 0x41...0x46: self &- 0x37
        case 0x61...0x66: self &- 0x57
        default: nil
        }
    }

    /// A to Z or a to z.
    var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }

    /// ASCII upper case made lower; every other octet unchanged.
    var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
