/// One direction of a link: bytes that were written, some of them under way, some waiting to be read.
///
/// Left alone, it delivers as its conditions say. A script may take it over: `hold` it and `deliver` byte by byte,
/// say how much each read and write moves, and cut it at an exact byte.
public final class PipeStream {
    /// What travels, in order.
    enum Item {
        case bytes(Int)
        case end
        case reset
    }

    /// How this direction works from now on.
    public var conditions: PipeConditions {
        // A wider window is news for a sender that waits.
        didSet { sender?.mayBeReady() }
    }

    /// How many bytes each of the next reads gives at most; after the last, the conditions decide again.
    public var readSizes: [Int] = []

    /// How many bytes each of the next writes takes at most; after the last, the conditions decide again.
    public var writeSizes: [Int] = []

    /// How many bytes the sender has written.
    public private(set) var writtenBytes = 0

    /// How many bytes have arrived, read or not.
    public private(set) var deliveredBytes = 0

    /// How many bytes have been written and not read: what the window limits.
    public var pendingBytes: Int { queue.count }

    /// Whether nothing is delivered unless a script says so.
    public private(set) var isHeld = false

    /// The last cut that took effect, whether or not it was mended since.
    public private(set) var lastCut: PipeCut?

    // Strong, though these refer back: weak references would slow down every use of what they refer to. A transport that
    // closes ends that, and so does a link that is no longer needed.
    var sender: PipeTransport?
    var receiver: PipeTransport?
    /// The other direction of the link.
    var opposite: PipeStream?

    /// Whether the end has arrived; the receiver reads it after the bytes before it.
    private(set) var hasEnded = false
    /// How many of the pending bytes the receiver can read.
    private(set) var arrivedBytes = 0

    /// The network holds its links, and not the other way round.
    private weak var network: PipeNetwork?
    private var random: SeededGenerator
    /// Everything written and not read, what has arrived in front.
    private var queue = ByteQueue()
    /// What waits for the script.
    private var held: [Item] = []
    /// What a black hole has taken, to be sent again if it is mended.
    private var lost: [Item] = []
    /// How many bytes have been sent on their way: where a cut is measured.
    private var sentBytes = 0
    private var cut: (position: Int, kind: PipeCut)?
    private var isCut = false
    /// When the last piece arrives, and when it has left the sender.
    private var lastArrival = Duration.zero
    private var lastDeparture = Duration.zero

    init(network: PipeNetwork, conditions: PipeConditions, random: SeededGenerator) {
        self.network = network
        self.conditions = conditions
        self.random = random
        for risk in conditions.risks where cut == nil && self.random.happens(risk.probability) {
            cut = (self.random.draw(risk.bytes), risk.cut)
        }
    }

    // MARK: Scripts

    /// Stops delivering: what is written from now on waits for `deliver` or `release`.
    public func hold() {
        isHeld = true
    }

    /// Makes up to `count` of the held bytes arrive now, as one piece, but not the end or a reset behind them.
    public func deliver(bytes count: Int) {
        var rest = count
        while rest > 0, case .bytes(let size)? = held.first {
            let taken = min(size, rest)
            rest -= taken
            if taken == size { held.removeFirst() } else { held[0] = .bytes(size - taken) }
            send(.bytes(taken), now: true)
        }
    }

    /// Makes everything held arrive now, the end or a reset included.
    public func deliver() {
        for item in take(&held) { send(item, now: true) }
    }

    /// Goes on delivering by itself, what was held first.
    public func release() {
        isHeld = false
        for item in take(&held) { send(item, now: false) }
    }

    /// Breaks this direction once it has carried `position` bytes, counted from its start; at once if it has carried
    /// them.
    public func cut(after position: Int = 0, _ kind: PipeCut) {
        cut = (max(position, sentBytes), kind)
        isCut = false
        if position <= sentBytes { applyCut() }
    }

    /// Mends a black hole: everything arrives again, what was lost in it first, since TCP sends that again.
    public func mend() {
        guard case (_, .blackHole)? = cut else { return }
        cut = nil
        isCut = false
        for item in take(&lost) { send(item, now: false) }
    }

    // MARK: The sender

    /// How many bytes a write could take.
    var room: Int {
        max(0, conditions.windowBytes - queue.count)
    }

    /// Takes what fits; zero means that it would block.
    func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int {
        let offered = min(first.count + second.count, room)
        let count = allowed(offered, sizes: &writeSizes, limit: conditions.writeLimit)
        guard count > 0 else { return 0 }
        writtenBytes += count
        let firstCount = min(first.count, count)
        unsafe queue.append(UnsafeRawBufferPointer(rebasing: first[..<firstCount]))
        unsafe queue.append(UnsafeRawBufferPointer(rebasing: second[..<(count - firstCount)]))
        enqueue(.bytes(count))
        return count
    }

    /// Sends the end, or a reset, after everything written.
    func enqueue(_ item: Item) {
        if isHeld { held.append(item) } else { send(item, now: false) }
    }

    // MARK: The receiver

    /// Moves what one read may have to `base`; zero means that it would block.
    func read(into base: UnsafeMutableRawPointer, capacity: Int) -> Int {
        let count = allowed(min(capacity, arrivedBytes), sizes: &readSizes, limit: conditions.readLimit)
        guard count > 0 else { return 0 }
        unsafe queue.take(count, into: base)
        arrivedBytes -= count
        sender?.mayBeReady()
        return count
    }

    /// How much of `offered` one call moves: as the script says, or as is drawn.
    private func allowed(_ offered: Int, sizes: inout [Int], limit: ClosedRange<Int>?) -> Int {
        guard offered > 0 else { return 0 }
        if !sizes.isEmpty { return min(offered, max(0, sizes.removeFirst())) }
        if random.happens(conditions.hesitation) {
            network?.count(.hesitation)
            return 0
        }
        guard let limit else { return offered }
        let allowed = max(1, random.draw(limit))
        if allowed < offered { network?.count(.shortCall) }
        return min(offered, allowed)
    }

    // MARK: On the way

    private func send(_ item: Item, now: Bool) {
        guard case .bytes(var count) = item else {
            if isCut { return lose(item) }
            return schedule(.arrival(self, item), at: arrival(of: 0, now))
        }
        while count > 0 {
            if isCut { return lose(.bytes(count)) }
            var piece = min(count, now ? count : drawPieceLimit())
            if let cut { piece = min(piece, cut.position - sentBytes) }
            if piece > 0 {
                count -= piece
                sentBytes += piece
                schedule(.arrival(self, .bytes(piece)), at: arrival(of: piece, now))
            }
            if let cut, sentBytes >= cut.position { applyCut() }
        }
    }

    private func drawPieceLimit() -> Int {
        if let range = conditions.pieceBytes { return max(1, random.draw(range)) }
        return conditions.bandwidth == nil ? .max : Self.packetBytes
    }

    /// When a piece that leaves now arrives: after its time in the channel and under way, never before its predecessor.
    private func arrival(of count: Int, _ isImmediate: Bool) -> Duration {
        let now = network?.now ?? .zero
        lastDeparture = max(lastDeparture, now)
        if !isImmediate {
            if let bandwidth = conditions.bandwidth, bandwidth > 0 {
                lastDeparture += .nanoseconds(1_000_000_000 * count / bandwidth)
            }
            lastArrival = max(lastArrival, lastDeparture + random.draw(conditions.latency))
        }
        lastArrival = max(lastArrival, now)
        return lastArrival
    }

    /// What a cut takes. Behind a reset or a forged end nobody keeps it; in a black hole it stays with the sender,
    /// which waits for an acknowledgement.
    private func lose(_ item: Item) {
        if case (_, .blackHole)? = cut { return lost.append(item) }
        if case .bytes(let count) = item { queue.dropLast(count) }
    }

    private func applyCut() {
        guard let cut else { return }
        isCut = true
        lastCut = cut.kind
        switch cut.kind {
        case .reset:
            network?.count(.reset)
            schedule(.broken(self), at: lastArrival)
        case .end:
            network?.count(.end)
            schedule(.arrival(self, .end), at: lastArrival)
        case .blackHole: network?.count(.blackHole)
        }
    }

    /// What is overdue happens before anything else does.
    private func schedule(_ event: PipeNetwork.Event, at time: Duration) {
        network?.schedule(event, at: time)
    }

    /// What has come to the receiver's end.
    func arrived(_ item: Item) {
        switch item {
        case .bytes(let count):
            deliveredBytes += count
            guard let receiver, receiver.isAlive else {
                queue.drop(count)
                // Nobody is there to read it: the answer is a reset.
                opposite?.enqueue(.reset)
                return
            }
            arrivedBytes += count
            receiver.mayBeReady()
        case .end:
            hasEnded = true
            receiver?.mayBeReady()
        case .reset: receiver?.fail()
        }
    }

    private func take(_ items: inout [Item]) -> [Item] {
        defer { items = [] }
        return items
    }

    /// What a piece holds where the bandwidth is limited and the conditions say no more: a packet on Ethernet.
    private static let packetBytes = 1460
}
