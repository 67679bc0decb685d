/// Method, target and version, parted by single spaces (RFC 9112 §3).
struct RequestLine: HeadStartLine {
    let method: String
    let target: String
    let version: HTTPVersion

    static var mayFollowEmptyLines: Bool { true }
    static var unfoldsFields: Bool { false }

    /// A target of the full limit beside the method, the spaces and the version.
    static func maxLineBytes(_ limits: HeadLimits) -> Int { min(limits.maxLineBytes, .max - 64) + 64 }

    /// RFC 9112 §3: 414 for a target we do not wish to parse, 501 for a method longer than any we implement.
    static func tooLong(beginning: Span<UInt8>, limits: HeadLimits) -> HeadError {
        for index in beginning.indices where beginning[index] == Octet.space {
            return .targetTooLong(limit: limits.maxLineBytes)
        }
        return .methodTooLong
    }

    init(parsing line: Span<UInt8>, limits: HeadLimits) throws(HeadError) {
        let methodEnd = try Self.end(of: 0, in: line) { octet throws(HeadError) in
            guard octet.isTokenOctet else { throw .invalidMethod(octet: octet) }
        }
        let targetStart = methodEnd + 1
        let targetEnd = try Self.end(of: targetStart, in: line) { octet throws(HeadError) in
            guard Self.isTargetOctet(octet) else { throw .invalidTarget(octet: octet) }
        }
        guard targetEnd - targetStart <= limits.maxLineBytes else {
            throw .targetTooLong(limit: limits.maxLineBytes)
        }
        version = try HTTPVersion(parsing: line.extracting((targetEnd + 1)..<line.count))
        method = line.latin1(0..<methodEnd)
        target = line.latin1(targetStart..<targetEnd)
    }

    /// Visible ASCII without the fragment sign. A few signs RFC 3986 does not list pass, since browsers send them raw in
    /// queries.
    static func isTargetOctet(_ octet: UInt8) -> Bool { octet.isVisibleASCII && octet != Octet.hash }

    /// The position of the space that ends the non-empty part beginning at `start`.
    private static func end(
        of start: Int, in line: Span<UInt8>, checking check: (UInt8) throws(HeadError) -> Void
    ) throws(HeadError) -> Int {
        var index = start
        while index < line.count {
            let octet = line[index]
            if octet == Octet.space {
                guard index > start else { throw .malformedRequestLine }
                return index
            }
            try check(octet)
            index += 1
        }
        throw .malformedRequestLine
    }
}
