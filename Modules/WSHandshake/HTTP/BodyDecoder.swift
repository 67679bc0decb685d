/// Finds the content of a message in the bytes that follow its head, and where the message ends (RFC 9112 §6, §7.1).
///
/// ```
/// receive ──▶ nil                 wait for more bytes
///        ├──▶ content(range)      these octets of the piece are content; call again with the rest
///        ├──▶ end(trailers)       the rest belongs to the next message
///        └──▶ throws              answer and close: where the next message begins is unknown
/// ```
///
/// Content is pointed at, never copied. What is stored is one unfinished line between two chunks and the trailer fields,
/// both bounded by ``BodyLimits``. Framing is read strictly: two readers of one stream must agree on where a message ends.
public struct BodyDecoder: Sendable {
    /// What a piece of the stream turned out to hold.
    public enum Part: Sendable, Equatable {
        /// Octets of content: positions in the piece, at least one.
        case content(Range<Int>)
        /// The body has ended, with these fields behind its last chunk (RFC 9112 §7.1.2).
        case end(trailers: HeaderFields)
    }

    private enum State: Sendable {
        /// So much content is still to come.
        case counted(Int)
        /// All is content until the stream ends.
        case untilClose
        /// The line with the size of the next chunk.
        case chunkSize
        /// So much of a chunk is still to come.
        case chunk(Int)
        /// The end of line behind a chunk.
        case chunkEnd
        /// The lines behind the last chunk.
        case trailers
        case ended
    }

    private let limits: BodyLimits
    private var state: State
    private var lines = LineReader()
    private var trailers = HeaderFields()
    private var trailerBytes = 0
    private var contentBytes = 0
    private var extensionBytes = 0
    private var failure: BodyError?

    /// A decoder at the beginning of a body.
    ///
    /// A Content-Length beyond ``BodyLimits/maxBytes`` fails at the first call.
    public init(_ framing: BodyFraming, limits: BodyLimits = .standard) {
        self.limits = limits
        switch framing {
        case .none: state = .ended
        case .length(let count):
            state = .counted(max(0, count))
            if let limit = limits.maxBytes, count > limit { failure = .tooLarge(limit: limit) }
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        }
    }

    /// Takes the next piece of the stream.
    ///
    /// - Parameters:
    ///   - bytes: What arrived; any size, also empty.
    ///   - consumed: Set to the number of bytes used, from the start of the piece.
    /// - Returns: What the used bytes end in, or nil when all were used and the body goes on. After the end it uses nothing
    ///   and repeats it.
    /// - Throws: ``BodyError`` at the octet that shows the fault, and the same error at each later call.
    public mutating func receive(_ bytes: RawSpan, consumed: inout Int) throws(BodyError) -> Part? {
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

    /// The stream has ended.
    ///
    /// - Returns: whether the body has come as a whole.
    public mutating func receiveEnd() -> Bool {
        guard failure == nil else { return false }
        switch state {
        case .ended: return true
        case .untilClose:
            state = .ended
            return true
        case .counted(let remaining): return remaining == 0
        case .chunkSize, .chunk, .chunkEnd, .trailers: return false
        }
    }

    private mutating func read(_ piece: Span<UInt8>, from position: inout Int) throws(BodyError) -> Part? {
        while true {
            switch state {
            case .ended:
                return .end(trailers: trailers)
            case .counted(let remaining):
                guard remaining > 0 else {
                    state = .ended
                    continue
                }
                guard let range = try takeContent(piece, from: &position, atMost: remaining) else { return nil }
                state = .counted(remaining - range.count)
                return .content(range)
            case .untilClose:
                return try takeContent(piece, from: &position, atMost: .max).map { .content($0) }
            case .chunk(let remaining):
                guard let range = try takeContent(piece, from: &position, atMost: remaining) else { return nil }
                state = range.count < remaining ? .chunk(remaining - range.count) : .chunkEnd
                return .content(range)
            case .chunkSize, .chunkEnd, .trailers:
                guard try readLine(piece, from: &position) else { return nil }
            }
        }
    }

    private mutating func takeContent(
        _ piece: Span<UInt8>, from position: inout Int, atMost remaining: Int
    ) throws(BodyError) -> Range<Int>? {
        guard position < piece.count else { return nil }
        var count = min(remaining, piece.count - position)
        if let limit = limits.maxBytes {
            guard contentBytes < limit else { throw .tooLarge(limit: limit) }
            count = min(count, limit - contentBytes)
            contentBytes += count
        }
        let start = position
        position += count
        return start..<position
    }

    // MARK: Lines

    /// Reads one line of what surrounds the chunks; false when it goes on after the piece.
    private mutating func readLine(_ piece: Span<UInt8>, from position: inout Int) throws(BodyError) -> Bool {
        let line: LineReader.Line
        do throws(HeadError) {
            guard let next = try lines.readLine(piece, from: &position, limit: lineLimit) else { return false }
            line = next
        } catch {
            throw .line(error)
        }
        switch line {
        case .inPiece(let range): try receiveLine(piece.extracting(range))
        case .carried:
            let carried = lines.takeCarried()
            try receiveLine(carried.span)
        case .tooLong: throw lineTooLong
        }
        return true
    }

    /// The most octets of the line that comes next.
    private var lineLimit: Int {
        switch state {
        case .chunkSize: Self.maxSizeDigits + min(limits.maxExtensionBytes - extensionBytes, .max - Self.maxSizeDigits)
        case .trailers: limits.trailers.maxLineBytes
        case .chunkEnd, .chunk, .counted, .untilClose, .ended: 0
        }
    }

    private var lineTooLong: BodyError {
        switch state {
        case .chunkSize: .extensionsTooLong(limit: limits.maxExtensionBytes)
        case .trailers: .line(.fieldLineTooLong(limit: limits.trailers.maxLineBytes))
        case .chunkEnd, .chunk, .counted, .untilClose, .ended: .missingChunkEnd
        }
    }

    private mutating func receiveLine(_ line: Span<UInt8>) throws(BodyError) {
        switch state {
        case .chunkSize:
            let size = try receiveChunkSize(line)
            if let limit = limits.maxBytes, size > limit - contentBytes { throw .tooLarge(limit: limit) }
            state = size == 0 ? .trailers : .chunk(size)
        case .chunkEnd:
            state = .chunkSize
        case .trailers:
            guard !line.isEmpty else {
                state = .ended
                return
            }
            trailerBytes += line.count + 2
            let limit = limits.trailers.maxBytes
            guard trailerBytes <= limit else { throw .line(.headTooLarge(limit: limit)) }
            do throws(HeadError) {
                try trailers.appendLine(line, limits: limits.trailers, unfolding: false)
            } catch {
                throw .line(error)
            }
        case .chunk, .counted, .untilClose, .ended: break
        }
    }

    /// Digits, then nothing or extensions, which begin with a semicolon and whitespace at most before it.
    private mutating func receiveChunkSize(_ line: Span<UInt8>) throws(BodyError) -> Int {
        var size = 0
        var end = 0
        while end < line.count, let digit = line[end].hexDigit {
            guard end < Self.maxSizeDigits, size <= Int.max >> 4 else { throw .chunkTooLarge }
            size = size << 4 | Int(digit)
            end += 1
        }
        guard end > 0 else { throw .invalidChunkSize }
        guard end < line.count else { return size }
        extensionBytes += line.count - end
        guard extensionBytes <= limits.maxExtensionBytes else {
            throw .extensionsTooLong(limit: limits.maxExtensionBytes)
        }
        let sign = line.firstIndex(from: end) { !$0.isWhitespace }
        guard sign < line.count, line[sign] == Octet.semicolon else { throw .invalidChunkSize }
        return size
    }

    /// Enough for any 64-bit number; further leading zeros serve nobody.
    private static let maxSizeDigits = 16
}
