import WSHandshake
import WSNode

// The HTTP server: [what the server does and whether to compare, cuts and how often the loop turns, stream…]. The stream
// goes through a whole `HTTPServer` with a `WebSocketServer` beside it, on a transport in memory that ends behind it.
//
// Oracle: the stream cut in pieces gives the same requests and the same output as the whole one, up to an upgrade (half of
// the inputs are spared that, so that more can be tried); the output is a sequence of whole responses, at most one more
// than there were requests, and nothing follows one that says so; the connection ends, at the latest when its time is up,
// and nothing is left of it.

// The fuzzer calls from one thread.
nonisolated(unsafe) private let services = (0..<Service.Choice.count).map { Service(Service.Choice($0)) }

/// The fuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 2 else { return 0 }
    var script = Script(data, count: count)
    let choice = script.byte()
    let service = services[Int(choice & (Service.Choice.count - 1))]
    let plan = script.byte()
    let stream = script.rest
    let account = service.serve(stream, cutBy: Cuts(plan), readinessPerWait: plan & 0xC == 0xC ? 1 : 16)
    account.dropFrames()
    if choice & Service.Choice.count == 0 {
        let whole = service.serve(stream, cutBy: nil, readinessPerWait: 16)
        whole.dropFrames()
        check(account.isEqual(to: whole), "cut in pieces, the stream gives the same requests and responses")
    }
    account.checkResponses(mayBeCutOff: service.choice.answer == .echo || service.choice.answer == .never)
    return 0
}

extension Account {
    /// Leaves out what follows an upgrade: there the cuts decide how many pings one pong answers.
    func dropFrames() {
        guard upgrades > 0 else { return }
        forEachResponse { head, _, end in
            guard head.status == 101 else { return true }
            dropOutput(from: end)
            return false
        }
    }

    /// Calls back with the heads in the output and where each ends, as long as it is told to go on and knows where the
    /// next one is.
    private func forEachResponse(_ body: (ResponseHead, _ isToHEAD: Bool, _ end: Int) -> Bool) {
        let output = output
        var position = 0
        var index = 0
        while position < output.count {
            var parser = ResponseHeadParser()
            var consumed = 0
            let rest = output.span.bytes.extracting(droppingFirst: position)
            guard let head = try? parser.receive(rest, consumed: &consumed) else {
                finding("the output is a sequence of heads", file: #fileID, line: #line)
            }
            position += consumed
            let isToHEAD = index < requests.count && requests[index].isHEAD
            guard body(head, isToHEAD, position) else { return }
            if head.status >= 200 { index += 1 }
            guard let length = bodyLength(head, isToHEAD, from: position) else { return }
            position += length
        }
    }

    /// How long the body behind a head is; nil if it is not whole.
    private func bodyLength(_ head: ResponseHead, _ isToHEAD: Bool, from start: Int) -> Int? {
        guard let framing = try? head.bodyFraming() else {
            finding("a response has one reading", file: #fileID, line: #line)
        }
        var decoder = BodyDecoder(isToHEAD && head.status >= 200 ? .none : framing)
        let output = output
        var position = start
        while true {
            var consumed = 0
            let rest = output.span.bytes.extracting(droppingFirst: position)
            guard let part = try? decoder.receive(rest, consumed: &consumed) else { return nil }
            position += consumed
            if case .end = part { return position - start }
        }
    }

    /// - Parameter mayBeCutOff: whether a response may be begun that its request then makes impossible to end.
    func checkResponses(mayBeCutOff: Bool) {
        var count = 0
        forEachResponse { head, isToHEAD, end in
            if head.status >= 200 || head.status == 101 { count += 1 }
            guard head.status >= 200 else { return head.status != 101 }
            let isLast = head.fields.hasToken("close", in: "Connection")
            // An error is told to HEAD with its body, since the connection ends behind it anyway.
            guard let length = bodyLength(head, isToHEAD, from: end), !(isLast && isToHEAD) else {
                check(mayBeCutOff || isLast, "a response is whole, or ends with the connection")
                return false
            }
            if isLast { check(end + length == output.count, "nothing follows the last response") }
            return true
        }
        check(count <= requests.count + 1, "there is one response for a request, and perhaps an error")
        check(upgrades <= 1, "a connection is upgraded once")
    }
}
