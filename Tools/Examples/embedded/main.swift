// A daemon for a small device: one thread, blocking calls, no event loop, no Foundation. It serves one peer at a time and
// sends back what it gets; the next peer waits in the listener's backlog. The hardened limits let none stay for nothing.
import WSConnection
import WSTransport

let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 9000
let configuration = ConnectionConfiguration.Shared(ConnectionConfiguration(limits: .hardened))
let listener = try BlockingListener(.tcp(host: "127.0.0.1", port: port))
while let peer = try listener.accept(timeout: nil) { serve(peer) }

/// Talks to a peer until its stream has ended.
func serve(_ peer: BlockingTransport) {
    var connection = Connection(server: configuration, now: MonotonicClock.now)
    while connection.nextStreamAction != .close {
        let now = MonotonicClock.now
        connection.handleTimeout(now: now)
        while let event = connection.nextEvent(now: now) {
            switch event {
            case .upgradeRequested(let request): try? connection.accept(request, now: now)
            case .plainRequest: connection.refuse(now: now)
            case .message(let message): _ = try? connection.send(message.bytes, isBinary: message.isBinary, now: now)
            default: break  // Pings and close frames are answered already.
            }
        }
        connection.withNextOutput { first, second in
            switch peer.write(first, second) {
            case .wrote(let count): return count
            case .wouldBlock: return 0
            case .failed: return first.count + second.count  // Nobody takes it any more; the next read says why.
            }
        }
        if connection.nextStreamAction == .endWriting { peer.endWriting() }
        guard connection.wantsToRead else { continue }
        // A peer that does not take our output may be waiting for us to take its own.
        let patience = connection.hasOutput ? .milliseconds(1) : connection.nextDeadline.map { max($0 - now, .zero) }
        try? peer.setTimeouts(read: patience, write: .milliseconds(100))
        var outcome = ReadOutcome.wouldBlock
        let bytes = Bytes(capacity: 4096) { outcome = peer.read(into: &$0) }
        switch outcome {
        case .bytes: connection.receive(bytes, now: MonotonicClock.now)
        case .wouldBlock: break
        case .ended, .failed: connection.receiveEnd(now: MonotonicClock.now)
        }
    }
    peer.close()
}
