import WSConnection
import WSHandshake

/// The body of a server's answer, found in the bytes that follow its head (RFC 9112 §6.3, §7.1).
struct ResponseBody {
    private var decoder: BodyDecoder
    /// Whether the body has come as a whole, once nothing more is part of it.
    private var outcome: Bool?

    /// The body that follows a head. One whose length is announced in a way that makes no sense is not read.
    init(after head: ResponseHead) {
        let framing = try? head.bodyFraming()
        decoder = BodyDecoder(framing ?? .none)
        switch framing {
        case nil: outcome = false
        case .some(.none): outcome = true
        case .length, .chunked, .untilClose: outcome = nil
        }
    }

    /// Whether nothing more is to be read.
    var isFinished: Bool { outcome != nil }

    /// The stream has ended. Answers whether the body has come as a whole.
    mutating func end() -> Bool {
        let isWhole = outcome ?? decoder.receiveEnd()
        outcome = isWhole
        return isWhole
    }

    /// Takes what has arrived. Answers the next piece of the body in it, and removes from `bytes` what was used.
    mutating func next(in bytes: inout Bytes) -> Bytes? {
        guard !isFinished else { return nil }
        let piece = bytes
        var consumed = 0
        do throws(BodyError) {
            let part = try piece.withSpan { span throws(BodyError) in
                try decoder.receive(span, consumed: &consumed)
            }
            bytes = piece.slice(consumed..<piece.count)
            switch part {
            case .content(let range): return piece.slice(range)
            case .end: outcome = true
            case nil: break
            }
        } catch {
            outcome = false
        }
        return nil
    }
}
