import WSHandshake

// HTTP heads: [kind and limits, cuts, stream…]. The kind is the request parser, the response parser, the server's or the
// client's handshake.
//
// Oracle: the stream cut in pieces gives the same result and takes the same bytes; a head ends with its empty line; what
// was accepted is written so that it reads the same again, and keeps its limits; an error is final, has a status and
// names its section; an answer of the server is one whole response; a client opens only upon a proof that its key was
// read.

private enum Result: Equatable {
    case incomplete
    case request(RequestHead)
    case response(ResponseHead)
    case fault(HeadError)
    case server(ServerHandshake.Outcome)
    case client(ClientHandshake.Outcome)
}

/// One of the four readers: bytes in, and at some point a result.
private protocol Reader {
    mutating func read(_ bytes: RawSpan, consumed: inout Int) -> Result
}

extension RequestHeadParser: Reader {
    fileprivate mutating func read(_ bytes: RawSpan, consumed: inout Int) -> Result {
        do throws(HeadError) {
            return try receive(bytes, consumed: &consumed).map { .request($0) } ?? .incomplete
        } catch {
            return .fault(error)
        }
    }
}

extension ResponseHeadParser: Reader {
    fileprivate mutating func read(_ bytes: RawSpan, consumed: inout Int) -> Result {
        do throws(HeadError) {
            return try receive(bytes, consumed: &consumed).map { .response($0) } ?? .incomplete
        } catch {
            return .fault(error)
        }
    }
}

extension ServerHandshake: Reader {
    fileprivate mutating func read(_ bytes: RawSpan, consumed: inout Int) -> Result {
        let outcome = receive(bytes, consumed: &consumed)
        if case .needsMoreBytes = outcome { return .incomplete }
        return .server(outcome)
    }
}

extension ClientHandshake: Reader {
    fileprivate mutating func read(_ bytes: RawSpan, consumed: inout Int) -> Result {
        let outcome = receive(bytes, consumed: &consumed)
        if case .needsMoreBytes = outcome { return .incomplete }
        return .client(outcome)
    }
}

private let limits = [
    HeadLimits.standard,
    HeadLimits(maxBytes: 300, maxLineBytes: 80, maxFields: 6, maxInterimResponses: 1),
    HeadLimits(maxBytes: 64, maxLineBytes: 24, maxFields: 2, maxInterimResponses: 0, maxLeadingEmptyLines: 3),
    .hardened,
]

private let servers = limits.map { ServerHandshake(limits: $0) }
private let clients = limits.enumerated().map { index, limits in
    do {
        var options = ClientHandshake.Options(url: try WebSocketURL("ws://example.com/chat"))
        if index != 1 { options.subprotocols = ["chat", "superchat"] }
        if index != 2 { options.extensions = [ExtensionOffer(name: "foo"), ExtensionOffer(name: "bar")] }
        options.limits = limits
        return try ClientHandshake(options, nonce: Array("the sample nonce".utf8))
    } catch {
        finding("the handshake can be made", file: #fileID, line: #line)
    }
}

/// The fuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 2 else { return 0 }
    var script = Script(data, count: count)
    let options = script.byte()
    let cuts = Cuts(script.byte())
    let stream = script.rest
    let choice = Int(options >> 2 & 3)
    let result: Result
    let end: Int
    switch options & 3 {
    case 0: (result, end) = compare(RequestHeadParser(limits: limits[choice]), stream, cuts)
    case 1: (result, end) = compare(ResponseHeadParser(limits: limits[choice]), stream, cuts)
    case 2: (result, end) = compare(servers[choice], stream, cuts)
    default: (result, end) = compare(clients[choice], stream, cuts)
    }
    judge(result, stream, end: end, limits[choice])
    return 0
}

/// Reads the stream whole and in pieces; the same has to come out of it.
@inline(never)
private func compare(
    _ start: some Reader, _ stream: UnsafeRawBufferPointer, _ plan: Cuts
) -> (result: Result, end: Int) {
    var whole = start
    var end = 0
    let result = whole.read(stream.bytes, consumed: &end)
    check(end >= 0 && end <= stream.count, "no more is taken than is there")

    var cut = start
    var cuts = plan
    var position = 0
    var last = Result.incomplete
    pieces: while position < stream.count {
        let length = cuts.next(atMost: stream.count - position)
        let piece = UnsafeRawBufferPointer(rebasing: stream[position..<position + length])
        var consumed = 0
        last = cut.read(piece.bytes, consumed: &consumed)
        position += consumed
        guard case .incomplete = last else { break pieces }
        check(consumed == length, "asking for more, everything was taken")
    }
    check(last == result, "cut in pieces, the stream gives the same result")
    check(position == end, "cut in pieces, as much is taken")
    checkRepetition(&cut, last, stream)
    return (result, end)
}

/// A decision is final; only a parser goes on to the next head.
private func checkRepetition(_ reader: inout some Reader, _ last: Result, _ stream: UnsafeRawBufferPointer) {
    switch last {
    case .incomplete, .request, .response: return
    case .fault, .server, .client:
        var consumed = 0
        check(reader.read(stream.bytes, consumed: &consumed) == last, "a decision is repeated")
        check(consumed == 0, "after a decision nothing is taken")
    }
}

// MARK: What a result may be

private func judge(_ result: Result, _ stream: UnsafeRawBufferPointer, end: Int, _ limits: HeadLimits) {
    switch result {
    case .incomplete:
        check(end == stream.count, "asking for more, everything was taken")
    case .request(let head):
        checkEnd(stream, end, limits)
        judge(head, limits)
    case .response(let head):
        checkEnd(stream, end, limits)
        judge(head, limits)
    case .fault(let error):
        judge(error)
    case .server(let outcome):
        judge(outcome, stream, end, limits)
    case .client(let outcome):
        judge(outcome, limits)
    }
}

private func checkEnd(_ stream: UnsafeRawBufferPointer, _ end: Int, _ limits: HeadLimits) {
    check(end >= 4 && end <= limits.maxBytes, "a head keeps its limit")
    guard let base = stream.baseAddress else { return }
    let lastFour = (base + end - 4).loadUnaligned(as: UInt32.self).bigEndian
    check(lastFour == 0x0D0A_0D0A, "a head ends with its empty line")
}

private func judge(_ error: HeadError) {
    check((400...599).contains(error.status), "a fault has a status")
    check(!error.rfcSection.utf8.isEmpty, "a fault names its section")
}

private let generous = HeadLimits(maxBytes: 1 << 20, maxLineBytes: 1 << 20, maxFields: 1000)

private func judge(_ head: RequestHead, _ limits: HeadLimits) {
    check(head.fields.count <= limits.maxFields, "a head keeps its limit")
    check(head.target.utf8.count <= limits.maxLineBytes, "a target keeps its limit")
    _ = try? head.bodyFraming()
    do {
        let octets = try head.serialized()
        var parser = RequestHeadParser(limits: generous)
        var consumed = 0
        let again = try parser.receive(octets.span.bytes, consumed: &consumed)
        check(again == head && consumed == octets.count, "what was accepted reads the same again")
    } catch {
        check(false, "what was accepted can be written")
    }
}

private func judge(_ head: ResponseHead, _ limits: HeadLimits) {
    check(head.fields.count <= limits.maxFields, "a head keeps its limit")
    check((100...999).contains(head.status), "a status has three digits")
    _ = try? head.bodyFraming()
    do {
        let octets = try head.serialized()
        var parser = ResponseHeadParser(limits: generous)
        var consumed = 0
        let again = try parser.receive(octets.span.bytes, consumed: &consumed)
        check(again == head && consumed == octets.count, "what was accepted reads the same again")
    } catch {
        check(false, "what was accepted can be written")
    }
}

// MARK: Handshakes

private func judge(
    _ outcome: ServerHandshake.Outcome, _ stream: UnsafeRawBufferPointer, _ end: Int, _ limits: HeadLimits
) {
    switch outcome {
    case .needsMoreBytes:
        check(false, "the harness tells this apart")
    case .upgrade(let request):
        checkEnd(stream, end, limits)
        check(request.key.utf8.count == 24 && request.head.method == "GET", "a handshake has a key")
        _ = request.extensionsField.map { try? ExtensionHeader.parse($0) }
        do {
            let octets = try request.response(subprotocol: request.subprotocols.first).serialized()
            let (head, rest) = try whole(octets)
            check(head.status == 101 && rest == 0, "an upgrade is accepted with 101 and nothing else")
            let accept = head.fields["sec-websocket-accept"]
            check(accept == AcceptKey.value(for: request.key), "the answer proves that the key was read")
        } catch {
            check(false, "a handshake can be accepted with what it offers")
        }
    case .plainRequest(let head):
        checkEnd(stream, end, limits)
        judge(head, limits)
    case .refused(let refusal):
        check((400...599).contains(refusal.status), "a fault has a status")
        if case .head(let error) = refusal.reason { judge(error) }
        do {
            let (head, rest) = try whole(refusal.response())
            let framing = try head.bodyFraming()
            check(framing == (rest == 0 ? .none : .length(rest)), "a refusal says how long it is")
            check(head.fields.hasToken("close", in: "connection"), "a refusal says that the connection ends")
        } catch {
            check(false, "a refusal is a response")
        }
    }
}

/// The head of a response, and how many bytes follow it.
private func whole(_ octets: [UInt8]) throws(HeadError) -> (head: ResponseHead, rest: Int) {
    var parser = ResponseHeadParser(limits: generous)
    var consumed = 0
    guard let head = try parser.receive(octets.span.bytes, consumed: &consumed) else { throw .malformedStatusLine }
    return (head, octets.count - consumed)
}

private func judge(_ outcome: ClientHandshake.Outcome, _ limits: HeadLimits) {
    switch outcome {
    case .needsMoreBytes:
        check(false, "the harness tells this apart")
    case .opened(let response):
        check(response.head.status == 101, "only a 101 opens a connection")
        let accept = response.head.fields["Sec-WebSocket-Accept"]
        check(accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "only a proof that the key was read opens a connection")
        judge(response.head, limits)
    case .unexpectedResponse(let head):
        check(head.status >= 200, "interim responses are skipped")
        judge(head, limits)
    case .failed(let error, let head):
        if case .head(let error) = error {
            check(head == nil, "a head that cannot be read is none")
            judge(error)
        }
    }
}
