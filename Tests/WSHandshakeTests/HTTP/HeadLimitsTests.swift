import Testing
import WSHandshake

@Suite("RFC 6585 §5 Limits of a head")
struct HeadLimitsTests {
    /// A request head of exactly this many octets.
    private func head(byteCount: Int) -> String {
        let frame = "GET / HTTP/1.1\r\nHost: h\r\nX: \r\nY: \r\n\r\n"
        let padding = byteCount - frame.utf8.count
        let half = String(repeating: "x", count: padding / 2)
        let rest = String(repeating: "y", count: padding - padding / 2)
        return "GET / HTTP/1.1\r\nHost: h\r\nX: \(half)\r\nY: \(rest)\r\n\r\n"
    }

    @Test func `a negative limit counts as zero, whenever it is set`() {
        let none = HeadLimits(
            maxBytes: -1, maxLineBytes: -1, maxFields: -1, maxInterimResponses: -1, maxLeadingEmptyLines: -1)
        var changed = HeadLimits.standard
        changed.maxBytes = -1
        changed.maxLineBytes = -1
        changed.maxFields = -1
        changed.maxInterimResponses = -1
        changed.maxLeadingEmptyLines = .min
        #expect(changed == none)
        #expect(
            none
                == HeadLimits(
                    maxBytes: 0, maxLineBytes: 0, maxFields: 0, maxInterimResponses: 0, maxLeadingEmptyLines: 0))
    }

    // H-35, H-a
    @Test(arguments: [HeadLimits.standard, .hardened], [-1, 0, 1])
    func `a head may have as many bytes as the limit says`(limits: HeadLimits, excess: Int) {
        let stream = octets(head(byteCount: limits.maxBytes + excess))
        #expect(stream.count == limits.maxBytes + excess)
        let whole = feed(stream + octets("rest"), requestMachine(limits: limits))
        let single = feed(stream + octets("rest"), cuts: Array(1..<stream.count), requestMachine(limits: limits))
        #expect(whole == single)
        if excess <= 0 {
            #expect(whole.answer?.head != nil)
            #expect(text(whole.leftOver) == "rest")
        } else {
            #expect(whole.answer == .error(.headTooLarge(limit: limits.maxBytes)))
        }
        #expect(HeadError.headTooLarge(limit: 0).status == 431)
    }

    // H-35
    @Test func `a head is too large with the first byte over the limit, not before`() {
        let limits = HeadLimits(maxBytes: 40)
        for split in [1, 20, 40] {
            let machine = requestMachine(limits: limits)
            let stream = octets(head(byteCount: 41))
            var consumed = 0
            #expect(machine(stream.span.extracting(0..<split).bytes, &consumed) == nil)
            #expect(machine(stream.span.extracting(split..<40).bytes, &consumed) == nil)
            #expect(machine(stream.span.extracting(40..<41).bytes, &consumed) == .error(.headTooLarge(limit: 40)))
        }
    }

    // H-35
    @Test func `leading empty lines count as bytes of the head`() {
        let request = head(byteCount: 100)
        let limits = HeadLimits(maxBytes: 100)
        #expect(parseRequest(request, limits: limits)?.head != nil)
        #expect(parseRequest("\r\n" + request, limits: limits)?.error == .headTooLarge(limit: 100))
    }

    // H-35, H-a
    @Test(arguments: [HeadLimits.standard, .hardened], [-1, 0, 1])
    func `a head may have as many fields as the limit says`(limits: HeadLimits, excess: Int) {
        let count = limits.maxFields + excess
        let lines = (0..<count).map { "f\($0): v\r\n" }.joined()
        let answer = parseRequest("GET / HTTP/1.1\r\n\(lines)\r\n", limits: limits)
        #expect(answer?.head?.fields.count == (excess <= 0 ? count : nil))
        #expect(answer?.error == (excess <= 0 ? nil : .tooManyFields(limit: limits.maxFields)))
        let response = parseResponse("HTTP/1.1 200 OK\r\n\(lines)\r\n", limits: limits)
        #expect((response?.head != nil) == (excess <= 0))
        #expect(HeadError.tooManyFields(limit: 0).status == 431)
    }

    // H-35
    @Test(arguments: [-1, 0, 1])
    func `a field line may have as many bytes as the limit says`(excess: Int) {
        let limits = HeadLimits(maxLineBytes: 500)
        let line = "X: " + String(repeating: "v", count: 497 + excess)
        let stream = octets("GET / HTTP/1.1\r\n\(line)\r\n\r\n")
        let reading = feedEveryWay(stream, { requestMachine(limits: limits) })
        #expect((reading.answer?.head != nil) == (excess <= 0))
        #expect(reading.answer?.error == (excess <= 0 ? nil : .fieldLineTooLong(limit: 500)))
        #expect(HeadError.fieldLineTooLong(limit: 500).status == 431)
    }

    // H-35
    @Test func `whitespace that is dropped counts for the length of its line`() {
        let limits = HeadLimits(maxLineBytes: 20)
        let head = "GET / HTTP/1.1\r\nX:\(String(repeating: " ", count: 20))v\r\n\r\n"
        #expect(parseRequest(head, limits: limits)?.error == .fieldLineTooLong(limit: 20))
    }

    // H-35, H-a
    @Test func `a stream without line ends is cut off at the limit`() {
        let machine = requestMachine()
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        var answer: ParsingAnswer<RequestHead>?
        var fed = 0
        while answer == nil, fed < 1_000_000 {
            var consumed = 0
            answer = machine(piece.span.bytes, &consumed)
            fed += piece.count
        }
        #expect(answer == .error(.methodTooLong))
        #expect(fed <= 9000)
    }

    // H-a
    @Test func `a million field lines are cut off at the limit`() {
        let machine = requestMachine(limits: HeadLimits(maxBytes: .max, maxLineBytes: .max))
        var consumed = 0
        #expect(machine(octets("GET / HTTP/1.1\r\n").span.bytes, &consumed) == nil)
        var lines = 0
        while lines < 1_000_000, machine(octets("a: b\r\n").span.bytes, &consumed) == nil { lines += 1 }
        #expect(lines == 100)
    }

    // H-35
    @Test(arguments: [0, -1, .min])
    func `a limit of nothing lets nothing through`(limit: Int) {
        for limits in [HeadLimits(maxBytes: limit), HeadLimits(maxLineBytes: limit)] {
            #expect(parseRequest("GET / HTTP/1.1\r\nHost: h\r\n\r\n", limits: limits)?.error != nil)
            #expect(parseResponse("HTTP/1.1 101 x\r\n\r\n", limits: limits)?.error != nil)
        }
        var limits = HeadLimits.standard
        limits.maxBytes = limit
        limits.maxFields = limit
        #expect(limits.maxBytes == 0)
        #expect(limits.maxFields == 0)
        #expect(parseRequest("GET / HTTP/1.1\r\n\r\n", limits: limits)?.error == .headTooLarge(limit: 0))
    }

    // H-35
    @Test func `the largest possible limits are no trap`() {
        let limits = HeadLimits(
            maxBytes: .max, maxLineBytes: .max, maxFields: .max, maxInterimResponses: .max, maxLeadingEmptyLines: .max)
        #expect(parseRequest("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", limits: limits)?.head != nil)
        #expect(parseResponse("HTTP/1.1 101 x\r\nA: b\r\n\r\n", limits: limits)?.head != nil)
    }

    // H-35
    @Test func `the defaults are those of the documentation`() {
        #expect(
            HeadLimits.standard
                == HeadLimits(
                    maxBytes: 16384, maxLineBytes: 8192, maxFields: 100, maxInterimResponses: 8, maxLeadingEmptyLines: 1
                ))
        #expect(
            HeadLimits.hardened
                == HeadLimits(
                    maxBytes: 8192, maxLineBytes: 8192, maxFields: 64, maxInterimResponses: 2, maxLeadingEmptyLines: 1))
    }
}
