import Testing
import WSConnection
import WSFrame

/// What an endpoint made of a stream.
struct Transcript: Equatable {
    var events: [Seen]
    var output: [UInt8]
    var hasEndedWriting: Bool
    var hasClosed: Bool
    var state: Connection.State

    init(_ endpoint: Endpoint) {
        events = endpoint.events.joined
        output = endpoint.output
        // A stream that was closed at once had no need to be ended first.
        hasEndedWriting = endpoint.hasEndedWriting || endpoint.hasClosed
        hasClosed = endpoint.hasClosed
        state = endpoint.connection.state
    }

    /// What is different, in a few words.
    func difference(from whole: Transcript) -> String {
        let events = zip(events + [.drained], whole.events + [.drained]).first { $0 != $1 }
        if let events { return "\(events.0) instead of \(events.1)" }
        if output != whole.output { return "output \(hexText(output)) instead of \(hexText(whole.output))" }
        return "\(state), \(hasEndedWriting), \(hasClosed)"
    }
}

/// How pieces of a stream are handed over.
enum Delivery: CaseIterable {
    /// Each piece in memory of its own.
    case fresh
    /// All in one chunk, overwritten before it is used again, as an event loop does; not while a slice of it is kept.
    case reused
    /// Payload is read straight into the unfinished message where the connection offers room.
    case direct
    /// Events are pulled one by one and late, so that several pieces wait.
    case late
}

/// Plays a stream of bytes to fresh endpoints in every way the network may cut it.
struct Feeder {
    var stream: [UInt8]
    /// Whether the stream ends after the bytes.
    var ends = false
    var make: () -> Endpoint

    /// What a connection makes of the stream: the same whole, byte by byte, at every two-way split and at random k-way
    /// splits, in every kind of delivery. What differs is recorded as an issue.
    static func play(
        _ stream: [UInt8], ends: Bool = false, seed: UInt64 = 1, sourceLocation: SourceLocation = #_sourceLocation,
        _ make: @escaping () -> Endpoint
    ) -> Transcript {
        let feeder = Feeder(stream: stream, ends: ends, make: make)
        let whole = feeder.transcript(cuts: [], by: .fresh)
        for (cuts, delivery) in feeder.ways(seed: seed) {
            let other = feeder.transcript(cuts: cuts, by: delivery)
            guard other != whole else { continue }
            let place = cuts.count < 10 ? "cut at \(cuts)" : "byte by byte"
            Issue.record(
                "\(place), \(delivery): \(other.difference(from: whole))", sourceLocation: sourceLocation)
            break
        }
        return whole
    }

    /// The ways to cut the stream and hand it over. Of a long stream there are fewer, so that a test takes no minute.
    private func ways(seed: UInt64) -> [(cuts: [Int], delivery: Delivery)] {
        let count = stream.count
        var random = SplitMix64(seed: seed)
        var ways: [(cuts: [Int], delivery: Delivery)] = []
        for delivery in Delivery.allCases {
            ways.append(([], delivery))
            if count > 1, count < 2_000 { ways.append((Array(1..<count), delivery)) }
            for _ in 0..<(count < 2_000 ? 6 : 2) {
                let cuts = (0..<random.below(6) + 2).map { _ in random.below(count + 1) }
                ways.append((cuts.sorted(), delivery))
            }
        }
        let splits = count < 400 ? Array(0...count) : (0..<min(60, 500_000 / count)).map { _ in random.below(count) }
        for cut in splits {
            ways.append(([cut], .fresh))
            ways.append(([cut], Delivery.allCases[1 + random.below(3)]))
        }
        return ways
    }

    /// Plays the stream in the pieces between `cuts`.
    func transcript(cuts: [Int], by delivery: Delivery) -> Transcript {
        let endpoint = make()
        var chunk = ByteStorage(capacity: max(stream.count, 64))
        for (start, end) in zip([0] + cuts, cuts + [stream.count]) {
            let piece = stream[start..<end]
            switch delivery {
            case .fresh: endpoint.receive(Array(piece))
            case .reused:
                if !isKnownUniquelyReferenced(&chunk) { chunk = ByteStorage(capacity: max(stream.count, 64)) }
                UnsafeMutableRawBufferPointer(start: chunk.base, count: chunk.capacity).initializeMemory(
                    as: UInt8.self, repeating: 0xEE)
                UnsafeMutableRawBufferPointer(start: chunk.base, count: chunk.capacity).copyBytes(from: piece)
                endpoint.connection.receive(Bytes(chunk, 0..<piece.count), now: endpoint.clock.now)
                endpoint.settle()
            case .direct:
                var rest = piece
                while case let count = endpoint.readDirectly(rest), count > 0 { rest = rest.dropFirst(count) }
                if !rest.isEmpty { endpoint.receive(Array(rest)) }
            case .late:
                endpoint.connection.receive(Bytes(piece), now: endpoint.clock.now)
                if end % 3 == 0 { endpoint.pullOne() }
                if end % 7 == 0 { endpoint.connection.releaseInput() }
            }
        }
        if ends { endpoint.connection.receiveEnd(now: endpoint.clock.now) }
        endpoint.settle()
        if endpoint.changedSlices > 0 { Issue.record("a kept slice has changed: cut at \(cuts), \(delivery)") }
        return Transcript(endpoint)
    }
}
