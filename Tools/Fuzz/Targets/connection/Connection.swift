@testable import WSConnection
import WSFrame

// The connection machine, both roles, upgraded or from its handshake: [options, …].
//
// Two modes. A script of steps: bytes and frames from the peer, wishes of the application, writes in pieces, the clock,
// the end of the stream, in any order, against a model of the events and a strict reader of the output. Or a stream that
// is received whole by one connection and cut in pieces by another, in one memory that is scribbled over whenever the
// connection has let go of it: same events, same output.

/// The fuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1, count <= 1 << 16 else { return 0 }
    var script = Script(data, count: count)
    let options = script.byte()
    let role: Role = options & 1 == 0 ? .server : .client
    let isUpgraded = options & 2 == 0
    let shared = World.configurations[Int(options >> 2 & 7)]
    if options & 0xC0 == 0xC0 {
        compare(&script, role: role, isUpgraded: isUpgraded, shared)
    } else {
        run(&script, role: role, isUpgraded: isUpgraded, isEager: options & 0x20 != 0, shared)
    }
    return 0
}

private func run(
    _ script: inout Script, role: Role, isUpgraded: Bool, isEager: Bool, _ shared: ConnectionConfiguration.Shared
) {
    var session = Session(role: role, isUpgraded: isUpgraded, shared: shared)
    var transcript = EventTranscript()
    while !script.isAtEnd {
        session.step(&script, into: &transcript)
        if isEager { session.pull(into: &transcript) }
        session.checkInvariants()
    }
    session.finish(into: &transcript)
}

// MARK: Whole and cut

nonisolated(unsafe) private var wholeOutput = Transcript(capacity: 1 << 20)
nonisolated(unsafe) private var cutOutput = Transcript(capacity: 1 << 20)

private func compare(
    _ script: inout Script, role: Role, isUpgraded: Bool, _ shared: ConnectionConfiguration.Shared
) {
    var cuts = Cuts(script.byte())
    let stream = script.rest
    var whole = Session(role: role, isUpgraded: isUpgraded, shared: shared)
    var wholeEvents = EventTranscript()
    whole.receive(stream)
    whole.pullAndAnswer(into: &wholeEvents)
    whole.end(into: &wholeEvents, &wholeOutput)

    var cut = Session(role: role, isUpgraded: isUpgraded, shared: shared)
    var cutEvents = EventTranscript()
    var chunk = ByteStorage(capacity: 64)
    var position = 0
    while position < stream.count, let source = stream.baseAddress {
        let length = cuts.next(atMost: stream.count - position)
        if !isKnownUniquelyReferenced(&chunk) { chunk = ByteStorage(capacity: 64) }
        let start = (64 - length) & position
        (chunk.base + start).copyMemory(from: source + position, byteCount: length)
        cut.connection.receive(Bytes(chunk, start..<start + length), now: cut.now)
        cut.pullAndAnswer(into: &cutEvents)
        cut.connection.releaseInput()
        cut.checkInvariants()
        if isKnownUniquelyReferenced(&chunk) { scribble(over: chunk.base) }
        position += length
    }
    cut.end(into: &cutEvents, &cutOutput)
    check(cutEvents == wholeEvents, "cut in pieces, the stream gives the same events")
    check(areEqual(cutOutput.bytes, wholeOutput.bytes), "cut in pieces, the stream gives the same output")
}

/// Scribbles over a chunk that nobody refers to.
private func scribble(over base: UnsafeMutableRawPointer) {
    base.initializeMemory(as: UInt8.self, repeating: 0xE5, count: 64)
}

extension Session {
    fileprivate mutating func pullAndAnswer(into transcript: inout EventTranscript) {
        pull(into: &transcript)
        guard request != nil else { return }
        accept()
        pull(into: &transcript)
    }

    /// Ends the stream and keeps the output as it was then.
    fileprivate mutating func end(into transcript: inout EventTranscript, _ output: inout Transcript) {
        output.removeAll()
        while connection.hasOutput {
            connection.withNextOutput { first, second in
                output.append(first)
                output.append(second)
                reader.take(first)
                reader.take(second)
                return first.count + second.count
            }
        }
        finish(into: &transcript)
    }
}
