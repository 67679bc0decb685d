/// Version, status code and reason phrase (RFC 9112 §4).
struct StatusLine: HeadStartLine {
    let version: HTTPVersion
    let status: Int
    let reason: String

    static var mayFollowEmptyLines: Bool { false }
    /// A user agent replaces a fold with a space (RFC 9112 §5.2).
    static var unfoldsFields: Bool { true }

    static func maxLineBytes(_ limits: HeadLimits) -> Int { limits.maxLineBytes }

    static func tooLong(beginning: Span<UInt8>, limits: HeadLimits) -> HeadError {
        .statusLineTooLong(limit: limits.maxLineBytes)
    }

    init(parsing line: Span<UInt8>, limits: HeadLimits) throws(HeadError) {
        // `HTTP/1.1 101` is the shortest that makes sense: several servers leave out the space before an empty reason.
        guard line.count >= 12, line[8] == Octet.space, line.count == 12 || line[12] == Octet.space else {
            // The version is judged first, so that something that is no HTTP at all is told apart.
            _ = try HTTPVersion(parsing: line.extracting(0..<min(8, line.count)))
            throw .malformedStatusLine
        }
        version = try HTTPVersion(parsing: line.extracting(0..<8))
        guard let hundreds = line[9].decimalDigit, hundreds > 0, let tens = line[10].decimalDigit,
            let units = line[11].decimalDigit
        else { throw .malformedStatusLine }
        status = Int(hundreds) * 100 + Int(tens) * 10 + Int(units)
        reason = line.latin1(min(13, line.count)..<line.count)
    }
}
