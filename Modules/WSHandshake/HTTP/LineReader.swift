/// Cuts the octets of a head into lines, whatever the pieces they arrive in.
///
/// A line that lies in one piece is returned as a range of it; only a line cut by the end of a piece is copied, into
/// ``carried``. Either way each octet is looked at once, and one that no head may hold is refused when it is seen, not when
/// its line ends.
struct LineReader: Sendable {
    /// Where the octets of a line are, its line end left out.
    enum Line {
        /// In the caller's piece.
        case inPiece(Range<Int>)
        /// In ``LineReader/carried``, until ``LineReader/takeCarried()``.
        case carried
        /// The first `limit` octets are in ``LineReader/carried``, and the line goes on.
        case tooLong
    }

    /// The beginning of a line whose end has not arrived, or a line that arrived in several pieces.
    private(set) var carried: [UInt8] = []
    private var endsInCarriageReturn = false

    /// Reads on from `position`, which moves past everything used; nil when the piece ends before the line does.
    mutating func readLine(
        _ piece: Span<UInt8>, from position: inout Int, limit: Int
    ) throws(HeadError) -> Line? {
        let start = position
        if !endsInCarriageReturn {
            let room = max(0, limit - carried.count)
            let contentEnd = start + min(piece.count - start, room)
            var index = start
            while index < contentEnd, piece[index].isFieldValueOctet { index += 1 }
            position = index
            guard index < piece.count else {
                carry(piece, start..<index)
                return nil
            }
            switch piece[index] {
            case Octet.carriageReturn: position = index + 1
            case Octet.lineFeed: throw .bareLineFeed
            case let octet where octet.isFieldValueOctet:
                carry(piece, start..<index)
                return .tooLong
            case let octet: throw .controlOctet(octet)
            }
        }
        guard position < piece.count else {
            if !endsInCarriageReturn { carry(piece, start..<(position - 1)) }
            endsInCarriageReturn = true
            return nil
        }
        guard piece[position] == Octet.lineFeed else { throw .bareCarriageReturn }
        position += 1
        if endsInCarriageReturn {
            endsInCarriageReturn = false
            return .carried
        }
        guard carried.isEmpty else {
            carry(piece, start..<(position - 2))
            return .carried
        }
        return .inPiece(start..<(position - 2))
    }

    /// Moves the line out of ``carried``, which is empty for the next one.
    mutating func takeCarried() -> [UInt8] {
        var line: [UInt8] = []
        swap(&line, &carried)
        return line
    }

    private mutating func carry(_ piece: Span<UInt8>, _ range: Range<Int>) {
        // Room for a usual line in one step. Never asked for exactly, once per octet, which would defeat the array's
        // geometric growth.
        if carried.isEmpty, !range.isEmpty { carried.reserveCapacity(64) }
        for index in range { carried.append(piece[index]) }
    }
}
