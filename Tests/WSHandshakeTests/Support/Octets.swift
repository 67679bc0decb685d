/// One octet for each scalar of the text, which has to be in U+0000 to U+00FF.
func octets(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
}

/// The scalar of each octet, so that any octets read as text.
func text(_ octets: [UInt8]) -> String {
    String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
}

/// Every octet value as text of one scalar.
let everyOctet: [UInt8] = Array(0...255)

/// Octets with their place in the token grammar: letters, digits and the fifteen signs of RFC 9110 §5.6.2.
let tokenOctets = Set(octets("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))

extension String {
    /// The text of one octet.
    init(octet: UInt8) { self.init(Character(Unicode.Scalar(octet))) }
}
