import Testing
import WSConnection
import WSFrame

/// A random life of one connection, with everything that can happen to it, and what must hold at every step.
struct Script {
    private let role: Role
    private let seed: UInt64
    private let wire: Wire
    private let endpoint: Endpoint
    private var random: SplitMix64

    /// What the peer sent in whole frames, as events.
    private var sentByPeer: [Seen] = []
    private var peerFragments: [UInt8]?
    private var peerIsDone = false
    /// Bytes of the peer's that the network still holds.
    private var inFlight: [UInt8] = []
    private var lastState = Connection.State.open
    private var outputAfterAbort: Int?

    init(role: Role, seed: UInt64) {
        self.role = role
        self.seed = seed
        wire = Wire(role: role)
        random = SplitMix64(seed: seed)
        let settings = (isTimed: random.oneIn(3), compresses: random.oneIn(3), isSmall: random.oneIn(3))
        endpoint = .open(role, compression: settings.compresses ? ToyCompression() : nil) {
            if settings.isTimed {
                $0.limits.messageTimeout = .seconds(20)
                $0.limits.keepAliveInterval = .seconds(15)
            }
            if settings.isSmall {
                $0.limits.highWaterMark = 500
                $0.limits.maxQueuedBytes = 5_000
                $0.limits.maxPayload = 5_000
                $0.limits.maxPendingPongs = 2
            }
            $0.referenceThreshold = 200
        }
    }

    /// Runs to the connection's end and answers what it made of its life.
    mutating func run() -> Transcript {
        for _ in 0..<60 {
            step()
            check()
        }
        finish()
        return Transcript(endpoint)
    }

    // MARK: What can happen

    private mutating func step() {
        switch random.below(28) {
        case 0..<8: peerSends()
        case 8..<12: deliver()
        case 12..<18: applicationSends()
        case 18, 19: endpoint.room = random.oneIn(2) ? .max : random.below(600)
        case 20, 21: endpoint.settle()
        case 22: endpoint.pullOne()
        case 23: endpoint.advance(by: .seconds(random.below(random.oneIn(4) ? 40 : 5)))
        case 24 where random.oneIn(3): try? endpoint.close(random.oneIn(2) ? nil : 1000, "")
        case 25 where random.oneIn(5): abort()
        case 26 where random.oneIn(5):
            endpoint.connection.receiveEnd(now: endpoint.now)
            peerIsDone = true
        case 27 where random.oneIn(4):
            inFlight += random.bytes(1 + random.below(5))
            peerIsDone = true
        default: endpoint.connection.releaseInput()
        }
    }

    private mutating func peerSends() {
        guard !peerIsDone else { return }
        let payload = pattern(random.below(random.oneIn(5) ? 400 : 20), from: random.below(200))
        switch random.below(8) {
        case 0 where payload.count < 126:
            inFlight += wire.frame(0x89, payload)
            sentByPeer.append(.ping(payload))
        case 1 where payload.count < 126:
            inFlight += wire.frame(0x8A, payload)
            sentByPeer.append(.pong(payload))
        case 2 where random.oneIn(8):
            inFlight += wire.close(1001, "bye") + random.bytes(3)
            sentByPeer.append(.closing(1001, "bye"))
            peerIsDone = true
        default:
            let isLast = random.oneIn(2)
            inFlight += wire.frame((peerFragments == nil ? 0x02 : 0x00) | (isLast ? 0x80 : 0), payload)
            peerFragments = (peerFragments ?? []) + payload
            guard isLast, let message = peerFragments else { return }
            sentByPeer.append(.binary(message))
            peerFragments = nil
        }
    }

    private mutating func deliver() {
        guard endpoint.wantsToRead, !inFlight.isEmpty else { return }
        let count = 1 + random.below(min(inFlight.count, 300))
        let piece = Array(inFlight.prefix(count))
        inFlight.removeFirst(count)
        if random.oneIn(3), case let direct = endpoint.readDirectly(piece[...]), direct > 0 {
            inFlight.insert(contentsOf: piece[direct...], at: 0)
        } else if random.oneIn(3) {
            endpoint.connection.receive(Bytes(piece), now: endpoint.now)
        } else {
            endpoint.receive(piece)
        }
    }

    private mutating func applicationSends() {
        let payload = pattern(random.below(random.oneIn(4) ? 900 : 100), from: random.below(200))
        let before = endpoint.bufferedAmount
        let wasOpen = endpoint.state == .open
        var grewBy = Self.byteCount(payload.count, role)
        do throws(SendError) {
            switch random.below(6) {
            case 0: try endpoint.ping(Array(payload.prefix(125)))
            case 1: try endpoint.pong(Array(payload.prefix(125)))
            case 2: try endpoint.send(payload, isFinal: false, compress: false)
            case 3: try endpoint.send(String(repeating: "a", count: payload.count), compress: false)
            case 4: try endpoint.send(PreparedMessage(Message(bytes: Bytes(payload), isBinary: true)))
            default: try endpoint.send(payload, compress: random.oneIn(2))
            }
            if !wasOpen { report("sent in \(lastState)") }
            grewBy = endpoint.bufferedAmount - before
            // Two bytes more at the end of a message by the toy, a close frame behind it if that was too much.
            let least = 2 + (role == .client ? 4 : 0)
            if grewBy < least { report("\(grewBy) bytes for a frame") }
        } catch {
            if wasOpen || error != .closing { report("\(error) in \(lastState)") }
            if endpoint.bufferedAmount != before { report("bytes for nothing") }
        }
    }

    /// How long a frame is.
    private static func byteCount(_ payload: Int, _ role: Role) -> Int {
        payload + (payload < 126 ? 2 : payload < 65_536 ? 4 : 10) + (role == .client ? 4 : 0)
    }

    private mutating func abort() {
        endpoint.abort()
        outputAfterAbort = outputAfterAbort ?? endpoint.output.count
    }

    // MARK: What must hold

    /// Reports what does not hold, with the seed that shows it.
    private func report(_ fault: String) {
        Issue.record("seed \(seed), \(role): \(fault)")
    }

    private mutating func check() {
        if endpoint.state.rawValue < lastState.rawValue { report("from \(lastState) back to \(endpoint.state)") }
        lastState = endpoint.state
        if let closed = endpoint.events.firstIndex(where: \.isClosed), closed != endpoint.events.count - 1 {
            report("\(endpoint.events[closed...]) at the end")
        }
        if endpoint.events.failures.count > 1 { report("two failures") }
        if endpoint.changedSlices > 0 { report("a kept slice has changed") }
        if (endpoint.bufferedAmount > 0) != endpoint.hasOutput { report("output without bytes") }
        if let outputAfterAbort, endpoint.output.count > outputAfterAbort { report("output after giving up") }
        do {
            _ = try StrictFrameReader(role: role).frames(in: endpoint.output, mayBeCut: true)
        } catch {
            report("\(error)")
        }
    }

    private mutating func finish() {
        if random.oneIn(2) {
            endpoint.room = .max
            let owed = endpoint.bufferedAmount
            let before = endpoint.output.count
            // Pongs that waited may come on top.
            endpoint.write()
            if endpoint.output.count - before < owed { report("owed \(owed)") }
        }
        if random.oneIn(2) { try? endpoint.close(1000) }
        endpoint.settle()
        endpoint.receiveEnd()
        endpoint.advance(by: .seconds(1_000))
        check()
        if !endpoint.events.contains(where: \.isClosed) { report("never closed: \(endpoint.events)") }
        if endpoint.deadline != nil || endpoint.wantsToRead { report("a closed connection wants something") }
        let seen = endpoint.events.filter { event in
            switch event {
            case .message, .ping, .pong, .closing: true
            default: false
            }
        }
        // Random bytes behind the peer's frames may be frames themselves.
        let common = zip(seen, sentByPeer).prefix { $0 == $1 }.count
        if common < min(seen.count, sentByPeer.count), !hasGarbageEvents(from: common, seen) {
            report("\(seen[common]) instead of \(sentByPeer[common])")
        }
    }

    private func hasGarbageEvents(from index: Int, _ seen: [Seen]) -> Bool { peerIsDone && index >= sentByPeer.count }
}
