import WSTransport

/// What one connection still has to write of a ring of frames.
struct Outbox {
    private let ring: FrameRing
    /// Where in the ring the next write begins.
    private var position = 0
    private var byteCount = 0
    /// The number of the message that is added next.
    private var nextMessage = 0

    init(_ ring: FrameRing) {
        self.ring = ring
    }

    var isEmpty: Bool { byteCount == 0 }

    /// Adds the next messages of the ring.
    mutating func add(messages: Int) {
        byteCount += ring.wireByteCount(of: messages, from: nextMessage)
        nextMessage = (nextMessage + messages) % ring.count
    }

    /// Writes as much as the transport takes.
    ///
    /// - Returns: false if the connection is lost.
    mutating func write(to transport: any Transport) -> Bool {
        while byteCount > 0 {
            let first = ring.bytes(from: position, count: byteCount)
            let second = ring.bytes(from: 0, count: byteCount - first.count)
            switch transport.write(first, second) {
            case .wrote(let count):
                position = (position + count) % ring.byteCount
                byteCount -= count
                if count < first.count + second.count { return true }
            case .wouldBlock: return true
            case .failed: return false
            }
        }
        return true
    }
}
