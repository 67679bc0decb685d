import WSHandshake

/// What a negotiation does with the bytes of a proxy.
struct ProxyDialogue: Equatable {
    /// What it has sent, the opening included.
    var sent: [[UInt8]]
    var outcome = ProxyOutcome.needsMoreBytes
    /// How many bytes it has left alone.
    var rest = 0

    /// Plays the bytes, cut where `cuts` say.
    init(_ negotiation: any ProxyNegotiation, _ bytes: [UInt8], cuts: [Int] = []) {
        var negotiation = negotiation
        sent = [negotiation.opening]
        var used = 0
        for end in cuts + [bytes.count] {
            while true {
                var consumed = 0
                outcome = negotiation.receive(bytes.span.bytes.extracting(used..<end), consumed: &consumed)
                used += consumed
                guard case .send(let answer) = outcome else { break }
                sent.append(answer)
            }
            guard outcome == .needsMoreBytes else { break }
        }
        rest = bytes.count - used
    }

    /// Plays the bytes whole, byte by byte, and at each two-way split. Nil if that makes a difference.
    static func same(_ negotiation: any ProxyNegotiation, _ bytes: [UInt8]) -> ProxyDialogue? {
        let whole = ProxyDialogue(negotiation, bytes)
        guard ProxyDialogue(negotiation, bytes, cuts: Array(0..<bytes.count)) == whole else { return nil }
        for cut in bytes.indices {
            guard ProxyDialogue(negotiation, bytes, cuts: [cut]) == whole else { return nil }
        }
        return whole
    }
}
