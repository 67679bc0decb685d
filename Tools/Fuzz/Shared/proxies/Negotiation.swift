import WSHandshake

/// What came of a negotiation: how many answers it gave, and how many bytes it used.
struct NegotiationEnd: Equatable {
    var outcome = ProxyOutcome.needsMoreBytes
    var answers = 0
    var digest = Digest()
    var used = 0
}

/// Plays the stream whole and in pieces. The same has to come out of it: what is sent, the outcome, and the bytes that are
/// left; an outcome is final; a failure has its words.
@inline(never)
func negotiate(_ start: some ProxyNegotiation, _ stream: UnsafeRawBufferPointer, _ plan: Cuts) -> NegotiationEnd {
    let whole = play(start, stream) { $0 }
    var cuts = plan
    let cut = play(start, stream) { cuts.next(atMost: $0) }
    check(whole == cut, "the cuts do not matter")
    if case .failed(let error) = whole.outcome { check(!error.description.isEmpty, "a failure has its words") }
    return whole
}

private func play(
    _ start: some ProxyNegotiation, _ stream: UnsafeRawBufferPointer, length: (Int) -> Int
) -> NegotiationEnd {
    var negotiation = start
    var end = NegotiationEnd()
    while end.used < stream.count {
        let limit = end.used + length(stream.count - end.used)
        repeat {
            var consumed = 0
            let piece = UnsafeRawBufferPointer(rebasing: stream[end.used..<limit])
            end.outcome = negotiation.receive(piece.bytes, consumed: &consumed)
            check(consumed >= 0 && consumed <= piece.count, "no more is taken than is there")
            end.used += consumed
            guard case .send(let bytes) = end.outcome else { break }
            end.answers += 1
            check(!bytes.isEmpty && end.answers < 8, "what is sent has an end")
            for byte in bytes { end.digest.add(UInt64(byte)) }
        } while true
        guard end.outcome == .needsMoreBytes else {
            var consumed = 1
            check(negotiation.receive(stream.bytes, consumed: &consumed) == end.outcome, "an outcome is final")
            check(consumed == 0, "nothing is taken after the outcome")
            break
        }
        check(end.used == limit, "while it goes on, everything is taken")
    }
    return end
}
