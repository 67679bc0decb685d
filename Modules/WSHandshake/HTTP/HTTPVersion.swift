/// The version of an HTTP message: two decimal digits (RFC 9112 §2.3).
public struct HTTPVersion: Sendable, Hashable {
    /// The digit before the dot, 0 to 9.
    public let major: UInt8
    /// The digit after the dot, 0 to 9.
    public let minor: UInt8

    /// HTTP/1.0, whose messages can neither upgrade nor be chunked (RFC 9110 §7.8).
    public static let http10 = HTTPVersion(major: 1, minor: 0)
    /// HTTP/1.1, the version every WebSocket handshake is written in (RFC 6455 §4.1).
    public static let http11 = HTTPVersion(major: 1, minor: 1)

    /// A version made of two digits; a larger number is not a digit and is cut to 9.
    public init(major: UInt8, minor: UInt8) {
        self.major = min(major, 9)
        self.minor = min(minor, 9)
    }
}

extension HTTPVersion: Comparable {
    /// Orders by major digit, then by minor digit.
    public static func < (left: HTTPVersion, right: HTTPVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}

extension HTTPVersion: CustomStringConvertible {
    /// The text of the start line, such as `HTTP/1.1`.
    public var description: String { "HTTP/\(major).\(minor)" }
}

extension HTTPVersion {
    /// Reads exactly `HTTP/` DIGIT `.` DIGIT, case-sensitive (RFC 9112 §2.3), of a major version we speak.
    init(parsing octets: Span<UInt8>) throws(HeadError) {
        guard octets.count == 8, octets.extracting(0..<5).isEqual(to: "HTTP/"), octets[6] == Octet.dot,
            let major = octets[5].decimalDigit, let minor = octets[7].decimalDigit
        else { throw .malformedVersion }
        guard major == 1 else { throw .unsupportedVersion(major: major, minor: minor) }
        self.init(major: major, minor: minor)
    }
}
