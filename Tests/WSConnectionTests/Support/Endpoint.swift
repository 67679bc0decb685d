import WSConnection
import WSFrame
import WSHandshake

/// Time that passes only when a test says so.
final class VirtualClock {
    var now: Duration = .seconds(1_000)
}

/// A connection with the shortest possible driver, which writes down everything.
///
/// It does what a real driver does, in the same order: facts in, events out to a listener, output written, and with
/// the stream what the connection asks for.
final class Endpoint {
    var connection: Connection
    let clock: VirtualClock

    /// The events in order.
    private(set) var events: [Seen] = []
    /// Everything written.
    private(set) var output: [UInt8] = []
    /// Whether the connection had its end of the stream sent.
    private(set) var hasEndedWriting = false
    /// Whether the connection had the stream closed.
    private(set) var hasClosed = false

    /// Runs upon each event, after it was written down, and may use the connection.
    var listener: ((Endpoint, ConnectionEvent) -> Void)?
    /// How many bytes the stream still takes; it is `Int.max` unless a test says otherwise.
    var room = Int.max

    /// Slices that a listener kept, each with a copy made when it came.
    private var kept: [(slice: Bytes, copy: [UInt8])] = []
    /// Whether the listener keeps what it gets.
    var keepsSlices = true

    init(_ connection: consuming Connection, clock: VirtualClock = VirtualClock()) {
        self.connection = connection
        self.clock = clock
    }

    /// An open connection. A client masks with the key 0, so that its output can be read in the test.
    static func open(
        _ role: Role, compression: (any CompressionTerms)? = nil, clock: VirtualClock = VirtualClock(),
        _ configure: (inout ConnectionConfiguration) -> Void = { _ in }
    ) -> Endpoint {
        var configuration = ConnectionConfiguration()
        configure(&configuration)
        let connection = Connection(
            upgraded: role, configuration: ConnectionConfiguration.Shared(configuration), keys: ZeroMaskingKeys(),
            compression: compression, now: clock.now)
        return Endpoint(connection, clock: clock)
    }

    // MARK: Facts

    /// Takes bytes from the network and does what follows.
    func receive(_ bytes: [UInt8]) {
        connection.receive(Bytes(bytes), now: clock.now)
        settle()
    }

    /// Room for payload in the unfinished message.
    func room(
        minimum: Int, spare: (_ byteCount: Int) -> ByteStorage? = { _ in nil }
    ) -> (storage: ByteStorage, range: Range<Int>)? {
        connection.directRoom(minimum: minimum, spare: spare)
    }

    /// Reads bytes straight into the unfinished message, as far as there is room, and does what follows.
    ///
    /// - Returns: how many bytes that were.
    func readDirectly(_ bytes: ArraySlice<UInt8>, minimum: Int = 1) -> Int {
        guard !bytes.isEmpty, let (storage, range) = room(minimum: minimum) else { return 0 }
        let piece = bytes.prefix(range.count)
        UnsafeMutableRawBufferPointer(start: storage.base + range.lowerBound, count: range.count)
            .copyBytes(from: piece)
        connection.receivedDirectly(piece.count, now: clock.now)
        settle()
        return piece.count
    }

    /// Takes the end of the stream and does what follows.
    func receiveEnd() {
        connection.receiveEnd(now: clock.now)
        settle()
    }

    /// Lets time pass, with every deadline on the way.
    func advance(by duration: Duration) {
        let end = clock.now + duration
        while let deadline = connection.nextDeadline, deadline <= end {
            clock.now = max(clock.now, deadline)
            connection.handleTimeout(now: clock.now)
            settle()
        }
        clock.now = end
    }

    // MARK: What follows

    /// Pulls events and writes, until nothing is left to do.
    func settle() {
        pull()
        write()
        pull()
        switch connection.nextStreamAction {
        case .none: break
        case .endWriting: hasEndedWriting = true
        case .close:
            guard !hasClosed else { return }
            hasClosed = true
            connection.receiveEnd(now: clock.now)
            pull()
        }
    }

    /// Pulls events until there are no more, and gives the input back.
    func pull() {
        while pullOne() {}
        connection.releaseInput()
    }

    /// Pulls one event, if there is one.
    @discardableResult
    func pullOne() -> Bool {
        guard let event = connection.nextEvent(now: clock.now) else { return false }
        take(event)
        return true
    }

    /// Hands an event to the listener.
    func take(_ event: ConnectionEvent) {
        events.append(Seen(event))
        if keepsSlices, let slice = Seen.slice(of: event) { kept.append((slice, Array(slice))) }
        listener?(self, event)
    }

    /// Writes as much as the stream takes.
    func write() {
        while connection.hasOutput, room > 0 {
            connection.withNextOutput { first, second in
                let one = min(first.count, room)
                let two = min(second.count, room - one)
                output.append(contentsOf: first.bindMemory(to: UInt8.self)[..<one])
                output.append(contentsOf: second.bindMemory(to: UInt8.self)[..<two])
                if room != .max { room -= one + two }
                return one + two
            }
        }
    }

    // MARK: Looking

    /// The slices a listener kept that are not what they were.
    var changedSlices: Int { kept.count { Array($0.slice) != $0.copy } }

    /// The frames written.
    var frames: [WrittenFrame] {
        get throws { try StrictFrameReader(role: connection.role).frames(in: output) }
    }

    /// Everything written since the last look.
    func takeOutput() -> [UInt8] {
        defer { output.removeAll() }
        return output
    }

    /// The events since the last look.
    func takeEvents() -> [Seen] {
        defer { events.removeAll() }
        return events
    }

    /// The code of the close frame in the output, if it ends with one; 0 for an empty one.
    var writtenCloseCode: UInt16? {
        guard let last = try? frames.last, last.opcode == 8 else { return nil }
        return last.payload.count < 2 ? 0 : UInt16(last.payload[0]) << 8 | UInt16(last.payload[1])
    }
}
