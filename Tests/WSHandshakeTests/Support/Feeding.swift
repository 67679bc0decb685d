import Testing
import WSHandshake

/// What came of a stream: the last answer and the bytes left over for the caller.
struct Reading<Answer: Equatable>: Equatable {
    var answer: Answer
    var leftOver: [UInt8]
}

/// Feeds `bytes` in pieces that end at `cuts`, as a caller would: pieces after the answer are left over whole.
func feed<Answer>(
    _ bytes: [UInt8], cuts: [Int] = [], _ receive: (RawSpan, inout Int) -> Answer?
) -> Reading<Answer?> {
    var start = 0
    for end in cuts + [bytes.count] {
        var consumed = 0
        let answer = receive(bytes.span.extracting(start..<end).bytes, &consumed)
        if let answer { return Reading(answer: answer, leftOver: Array(bytes[(start + consumed)...])) }
        #expect(consumed == end - start, "a piece that gives no answer is used up")
        start = end
    }
    return Reading(answer: nil, leftOver: [])
}

/// Feeds `bytes` whole, byte by byte, and in two pieces at every place; the reading has to be the same each time.
func feedEveryWay<Answer>(
    _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
    _ machine: () -> (RawSpan, inout Int) -> Answer?
) -> Reading<Answer?> {
    let whole = feed(bytes, machine())
    let single = feed(bytes, cuts: Array(bytes.indices.dropFirst()), machine())
    #expect(single == whole, "byte by byte", sourceLocation: sourceLocation)
    for cut in bytes.indices.dropFirst() {
        let reading = feed(bytes, cuts: [cut], machine())
        if reading != whole {
            Issue.record("cut at \(cut): \(reading) instead of \(whole)", sourceLocation: sourceLocation)
            break
        }
    }
    return whole
}

/// A head or the error instead of it.
enum ParsingAnswer<Head: Equatable & Sendable>: Equatable, Sendable {
    case head(Head)
    case error(HeadError)

    var head: Head? { if case .head(let head) = self { head } else { nil } }
    var error: HeadError? { if case .error(let error) = self { error } else { nil } }
}

/// A function that feeds one request parser.
func requestMachine(limits: HeadLimits = .standard) -> (RawSpan, inout Int) -> ParsingAnswer<RequestHead>? {
    var parser = RequestHeadParser(limits: limits)
    return { bytes, consumed in
        do throws(HeadError) {
            return try parser.receive(bytes, consumed: &consumed).map { .head($0) }
        } catch {
            return .error(error)
        }
    }
}

/// A function that feeds one response parser.
func responseMachine(limits: HeadLimits = .standard) -> (RawSpan, inout Int) -> ParsingAnswer<ResponseHead>? {
    var parser = ResponseHeadParser(limits: limits)
    return { bytes, consumed in
        do throws(HeadError) {
            return try parser.receive(bytes, consumed: &consumed).map { .head($0) }
        } catch {
            return .error(error)
        }
    }
}

/// Reads a request head in one piece; nil when it is not complete.
func parseRequest(_ head: String, limits: HeadLimits = .standard) -> ParsingAnswer<RequestHead>? {
    feed(octets(head), requestMachine(limits: limits)).answer
}

/// Reads a response head in one piece; nil when it is not complete.
func parseResponse(_ head: String, limits: HeadLimits = .standard) -> ParsingAnswer<ResponseHead>? {
    feed(octets(head), responseMachine(limits: limits)).answer
}

/// The server's decision about a stream given in one piece; nil while it needs more.
func serve(_ bytes: String, limits: HeadLimits = .standard) -> Reading<ServerHandshake.Outcome?> {
    feed(octets(bytes), serverMachine(limits: limits))
}

/// A function that feeds one server handshake.
func serverMachine(limits: HeadLimits = .standard) -> (RawSpan, inout Int) -> ServerHandshake.Outcome? {
    var handshake = ServerHandshake(limits: limits)
    return { bytes, consumed in
        let outcome = handshake.receive(bytes, consumed: &consumed)
        return outcome == .needsMoreBytes ? nil : outcome
    }
}

/// A function that feeds one client handshake.
func clientMachine(_ handshake: ClientHandshake) -> (RawSpan, inout Int) -> ClientHandshake.Outcome? {
    var handshake = handshake
    return { bytes, consumed in
        let outcome = handshake.receive(bytes, consumed: &consumed)
        return outcome == .needsMoreBytes ? nil : outcome
    }
}
