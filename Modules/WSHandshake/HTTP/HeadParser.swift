/// The incremental parser of one head: start line, field lines, empty line (RFC 9112 §2.1).
///
/// It holds the fields read so far and at most one unfinished line, both bounded by ``HeadLimits``. Every octet costs the
/// same wherever the stream is cut: lines are found and parsed once, never from the beginning again.
struct HeadParser<StartLine: HeadStartLine>: Sendable {
    private let limits: HeadLimits
    private var lines = LineReader()
    /// Nil until the first line has been read.
    private var startLine: StartLine?
    private var fields = HeaderFields()
    private var emptyLines = 0
    private var headBytes = 0
    private var failure: HeadError?

    init(limits: HeadLimits) { self.limits = limits }

    /// Reads up to and including the empty line that ends the head and sets `consumed` to the octets used.
    ///
    /// Returns nil when the head goes on after `bytes`. After a head the parser is ready for the next one; after an error
    /// it throws the same error for ever.
    mutating func receive(
        _ bytes: RawSpan, consumed: inout Int
    ) throws(HeadError) -> (startLine: StartLine, fields: HeaderFields)? {
        consumed = 0
        if let failure { throw failure }
        // Every bit pattern is a `UInt8` and every address is aligned for one, so the view is sound.
        let octets = unsafe bytes._unsafeView(as: UInt8.self)
        do {
            return try read(octets, from: &consumed)
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func read(
        _ piece: Span<UInt8>, from position: inout Int
    ) throws(HeadError) -> (startLine: StartLine, fields: HeaderFields)? {
        let budget = limits.maxBytes - headBytes
        let isCut = piece.count - position > budget
        let visible = piece.extracting(0..<(isCut ? position + budget : piece.count))
        let start = position
        while true {
            let limit = startLine == nil ? StartLine.maxLineBytes(limits) : limits.maxLineBytes
            guard let line = try lines.readLine(visible, from: &position, limit: limit) else {
                if isCut { throw .headTooLarge(limit: limits.maxBytes) }
                headBytes += position - start
                return nil
            }
            let isHeadComplete =
                switch line {
                case .inPiece(let range): try receiveLine(visible.extracting(range))
                case .carried: try receiveCarriedLine()
                case .tooLong: throw tooLong()
                }
            if isHeadComplete, let startLine {
                let fields = self.fields
                prepareForNextHead()
                return (startLine, fields)
            }
        }
    }

    private mutating func receiveCarriedLine() throws(HeadError) -> Bool {
        let line = lines.takeCarried()
        return try receiveLine(line.span)
    }

    /// Takes one line; true when it was the empty line that ends the head.
    private mutating func receiveLine(_ line: Span<UInt8>) throws(HeadError) -> Bool {
        guard startLine != nil else {
            try receiveStartLine(line)
            return false
        }
        if line.isEmpty { return true }
        try fields.appendLine(line, limits: limits, unfolding: StartLine.unfoldsFields)
        return false
    }

    private mutating func receiveStartLine(_ line: Span<UInt8>) throws(HeadError) {
        guard !line.isEmpty || !StartLine.mayFollowEmptyLines else {
            emptyLines += 1
            guard emptyLines <= limits.maxLeadingEmptyLines else { throw .tooManyEmptyLines }
            return
        }
        startLine = try StartLine(parsing: line, limits: limits)
        // Room for what browsers send, in one step.
        fields.reserveCapacity(min(limits.maxFields, 16))
    }

    private func tooLong() -> HeadError {
        guard startLine == nil else { return .fieldLineTooLong(limit: limits.maxLineBytes) }
        return StartLine.tooLong(beginning: lines.carried.span, limits: limits)
    }

    private mutating func prepareForNextHead() {
        lines = LineReader()
        startLine = nil
        fields = HeaderFields()
        emptyLines = 0
        headBytes = 0
    }
}
