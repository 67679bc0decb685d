import Testing
import WSHandshake

@Suite("RFC 9112 §7.1 Chunked bodies, and counted ones")
struct BodyDecoderTests {
    /// What a decoder makes of a stream: content, then the end, a fault, or nothing yet.
    struct Outcome: Equatable {
        var content: [UInt8] = []
        var end: HeaderFields?
        var error: BodyError?
        /// What belongs to the next message.
        var leftOver: [UInt8] = []
        var text: String { String(decoding: content, as: UTF8.self) }
        var rest: String { String(decoding: leftOver, as: UTF8.self) }
    }

    private func decode(
        _ bytes: [UInt8], cuts: [Int] = [], _ framing: BodyFraming, _ limits: BodyLimits = .standard
    ) -> Outcome {
        var decoder = BodyDecoder(framing, limits: limits)
        var outcome = Outcome()
        var start = 0
        for cut in cuts + [bytes.count] {
            while outcome.end == nil {
                let piece = Array(bytes[start..<cut])
                var consumed = 0
                do throws(BodyError) {
                    let part = try decoder.receive(piece.span.bytes, consumed: &consumed)
                    start += consumed
                    guard let part else { break }
                    switch part {
                    case .content(let range):
                        #expect(!range.isEmpty && range.upperBound <= consumed)
                        outcome.content += piece[range]
                    case .end(let trailers): outcome.end = trailers
                    }
                } catch {
                    outcome.error = error
                    return outcome
                }
            }
            if outcome.end == nil { #expect(start == cut) }
        }
        outcome.leftOver = Array(bytes[start...])
        return outcome
    }

    /// Decodes whole, byte by byte and cut at every place; the outcome has to be the same each time.
    private func decode(
        _ text: String, _ framing: BodyFraming = .chunked, _ limits: BodyLimits = .standard,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> Outcome {
        let bytes = octets(text)
        let whole = decode(bytes, framing, limits)
        #expect(
            decode(bytes, cuts: Array(bytes.indices.dropFirst()), framing, limits).error == whole.error,
            sourceLocation: sourceLocation)
        for cut in bytes.indices.dropFirst() {
            let cutOnce = decode(bytes, cuts: [cut], framing, limits)
            guard whole.error == nil ? cutOnce == whole : cutOnce.error == whole.error else {
                Issue.record("cut at \(cut): \(cutOnce) instead of \(whole)", sourceLocation: sourceLocation)
                break
            }
        }
        return whole
    }

    @Test func `what follows a counted body belongs to the next message`() {
        let outcome = decode("helloGET / HTTP/1.1\r\n", .length(5))
        #expect(outcome.text == "hello")
        #expect(outcome.end == HeaderFields())
        #expect(outcome.rest == "GET / HTTP/1.1\r\n")
        #expect(decode("hel", .length(5)).end == nil)
        #expect(decode("GET", .none) == Outcome(end: HeaderFields(), leftOver: octets("GET")))
        #expect(decode("all of it", .untilClose).text == "all of it")
    }

    @Test func `chunks are joined, whatever the letter case and the zeros of their sizes`() {
        let outcome = decode("4\r\nWiki\r\n0A\r\n0123456789\r\n000b\r\nHello World\r\n0\r\n\r\nNEXT")
        #expect(outcome.text == "Wiki0123456789Hello World")
        #expect(outcome.end == HeaderFields())
        #expect(outcome.rest == "NEXT")
    }

    // RFC 9112 §7.1.1
    @Test func `chunk extensions are read over`() {
        let outcome = decode("3;a=b;c=\"d;e\"\r\nabc\r\n2 \t; x\r\nde\r\n0;last\r\n\r\n")
        #expect(outcome.text == "abcde")
        #expect(outcome.end == HeaderFields())
    }

    // RFC 9112 §7.1.2
    @Test func `trailer fields are collected`() throws {
        let outcome = decode("1\r\nx\r\n0\r\nX-Sum:  1 \r\nY: 2\r\n\r\nZ")
        #expect(outcome.end == (try HeaderFields(validating: [("X-Sum", "1"), ("Y", "2")])))
        #expect(outcome.rest == "Z")
    }

    // H-e
    @Test(arguments: [
        ("\r\n", BodyError.invalidChunkSize), (" 5\r\nhello\r\n", .invalidChunkSize), ("-1\r\n", .invalidChunkSize),
        ("+5\r\nhello\r\n", .invalidChunkSize), ("0x5\r\nhello\r\n", .invalidChunkSize), ("g\r\n", .invalidChunkSize),
        ("5 \r\nhello\r\n", .invalidChunkSize), ("5\t\r\nhello\r\n", .invalidChunkSize),
        ("5 6\r\nhello\r\n", .invalidChunkSize), (";a\r\n", .invalidChunkSize), ("5,5\r\nhello", .invalidChunkSize),
        ("8000000000000000\r\n", .chunkTooLarge), ("ffffffffffffffff\r\n", .chunkTooLarge),
        ("00000000000000005\r\n", .chunkTooLarge), ("5\nhello\r\n", .line(.bareLineFeed)),
        ("5\rhello\r\n", .line(.bareCarriageReturn)), ("5\r\nhello0\r\n\r\n", .missingChunkEnd),
        ("5\r\nhello\n0\r\n\r\n", .line(.bareLineFeed)), ("5\r\nhello\r0\r\n", .line(.bareCarriageReturn)),
        ("5\r\nhelloworld\r\n", .missingChunkEnd), ("5;a\u{0}\r\nhello\r\n", .line(.controlOctet(0))),
        ("5;a\nb\r\nhello\r\n", .line(.bareLineFeed)), ("0\r\nX : y\r\n\r\n", .line(.whitespaceBeforeColon)),
        ("0\r\nno colon\r\n\r\n", .line(.whitespaceBeforeColon)), ("0\r\nnocolon\r\n\r\n", .line(.missingColon)),
        ("0\r\n x: y\r\n\r\n", .line(.whitespaceBeforeFirstField)),
        ("0\r\nx: y\r\n z\r\n\r\n", .line(.foldedField)), ("0\r\nx: y\n\r\n", .line(.bareLineFeed)),
    ])
    func `a doubtful chunk is a fault`(stream: String, error: BodyError) {
        #expect(decode(stream).error == error)
        #expect((400...499).contains(error.status))
    }

    @Test func `the limits are inclusive`() {
        let limits = BodyLimits(
            maxBytes: 5, maxExtensionBytes: 8, trailers: HeadLimits(maxBytes: 12, maxLineBytes: 8, maxFields: 2))
        #expect(decode("5\r\nhello\r\n0\r\n\r\n", .chunked, limits).end != nil)
        #expect(decode("5\r\nhello\r\n1\r\n!", .chunked, limits).error == .tooLarge(limit: 5))
        #expect(decode("6\r\nhello!\r\n0\r\n\r\n", .chunked, limits).error == .tooLarge(limit: 5))
        #expect(decode("hello", .length(5), limits).end != nil)
        #expect(decode("h", .length(6), limits).error == .tooLarge(limit: 5))
        #expect(decode("hello", .untilClose, limits).error == nil)
        let endless = decode("hello!", .untilClose, limits)
        #expect(endless.error == .tooLarge(limit: 5))
        #expect(endless.text == "hello")
        #expect(decode("1;abc\r\nx\r\n1;abc\r\nx\r\n0\r\n\r\n", .chunked, limits).end != nil)
        #expect(decode("1;abc\r\nx\r\n1;abcd\r\nx\r\n", .chunked, limits).error == .extensionsTooLong(limit: 8))
        #expect(
            decode("1;" + String(repeating: "a", count: 99), .chunked, limits).error == .extensionsTooLong(limit: 8))
        #expect(decode("0\r\nabc: efg\r\n\r\n", .chunked, limits).end != nil)
        #expect(
            decode("0\r\nabc: efgh\r\n\r\n", .chunked, limits).error == .line(.fieldLineTooLong(limit: 8)))
        #expect(decode("0\r\na:1\r\nb:2\r\nc:3\r\n", .chunked, limits).error == .line(.headTooLarge(limit: 12)))
        let fields = BodyLimits(trailers: HeadLimits(maxFields: 2))
        #expect(decode("0\r\na:1\r\nb:2\r\nc:3\r\n", .chunked, fields).error == .line(.tooManyFields(limit: 2)))
    }

    @Test func `limits beyond all numbers are no limit`() {
        let limits = BodyLimits(maxBytes: .max, maxExtensionBytes: .max)
        #expect(decode("1;abc\r\nx\r\n1;abc\r\ny\r\n0\r\n\r\n", .chunked, limits).text == "xy")
        #expect(BodyLimits(maxBytes: -1, maxExtensionBytes: -1) == BodyLimits(maxBytes: 0, maxExtensionBytes: 0))
        var changed = BodyLimits()
        changed.maxBytes = -1
        changed.maxExtensionBytes = .min
        #expect(changed == BodyLimits(maxBytes: 0, maxExtensionBytes: 0))
        changed.maxBytes = nil
        #expect(changed == BodyLimits(maxBytes: nil, maxExtensionBytes: 0))
    }

    @Test(arguments: [
        (BodyError.invalidChunkSize, 400, "7.1)"), (.chunkTooLarge, 413, "7.1)"), (.missingChunkEnd, 400, "7.1)"),
        (.extensionsTooLong(limit: 8), 413, "More than 8 bytes"), (.tooLarge(limit: 5), 413, "longer than 5 bytes"),
        (.line(.headTooLarge(limit: 12)), 431, HeadError.headTooLarge(limit: 12).description),
    ])
    func `a fault has a status, and a text that says what is wrong`(error: BodyError, status: Int, text: String) {
        #expect(error.status == status)
        #expect(error.description.contains(text))
    }

    @Test func `after a fault it stays at fault, after the end at the end`() throws {
        var broken = BodyDecoder(.chunked)
        var consumed = 0
        let bad = octets("x")
        #expect(throws: BodyError.invalidChunkSize) {
            _ = try broken.receive(octets("x\r\n").span.bytes, consumed: &consumed)
        }
        #expect(throws: BodyError.invalidChunkSize) { _ = try broken.receive(bad.span.bytes, consumed: &consumed) }
        #expect(consumed == 0)
        let isBrokenWhole = broken.receiveEnd()
        #expect(!isBrokenWhole)
        var whole = BodyDecoder(.none)
        let part = try whole.receive(bad.span.bytes, consumed: &consumed)
        #expect(part == .end(trailers: HeaderFields()))
        #expect(consumed == 0)
        let isWholeWhole = whole.receiveEnd()
        #expect(isWholeWhole)
    }

    @Test(arguments: [
        (BodyFraming.untilClose, "abc", true), (.length(3), "abc", true), (.length(4), "abc", false),
        (.chunked, "3\r\nabc\r\n", false), (.chunked, "3\r\nabc\r\n0\r\n", false),
    ])
    func `a body that the stream's end cuts short is not whole`(framing: BodyFraming, stream: String, isWhole: Bool) {
        var decoder = BodyDecoder(framing)
        var rest = octets(stream)
        var consumed = 0
        while (try? decoder.receive(rest.span.bytes, consumed: &consumed)) != nil, !rest.isEmpty {
            rest.removeFirst(consumed)
        }
        let hasCome = decoder.receiveEnd()
        #expect(hasCome == isWhole)
    }
}
