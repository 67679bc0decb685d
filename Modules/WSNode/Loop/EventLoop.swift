import WSConnection
#if Compression
import WSDeflate
#endif
public import WSTransport

/// The loop that sockets, servers and timers of one thread run on, as Node's event loop does.
///
/// A turn runs due timers, waits for the network, runs what other threads posted, then the immediates. Callbacks of
/// `nextTick` run after the callback that asked for them, before anything else. What a turn sends on a socket leaves
/// in one write at the latest when the turn ends; what is sent by those told of that leaves in the next.
///
/// A loop and all that lives on it belong to one thread and are not `Sendable`; only ``mailbox`` crosses threads. For
/// many cores, run one loop on each of several threads.
public final class EventLoop {
    /// Where connections come from, what time it is, and how to wait.
    public let backend: any Backend

    /// How other threads reach this loop.
    public let mailbox: Mailbox

    var timers = TimerHeap()
    private var immediates: [Immediate] = []
    // Asked for after each callback, and never changed while it is looked at: the check of that is off.
    @exclusivity(unchecked) private var ticks: [() -> Void] = []
    private var isDraining = false
    private var unwritten: [ConnectionDriver] = []
    private var unwrittenSockets: [Socket] = []
    private var isStopped = false

    /// Open sockets and servers that keep the loop running.
    private var handleCount = 0

    /// Standard input and output, once somebody has asked for them.
    var standardStreams: (input: Duplex?, output: Duplex?) = (nil, nil)

    /// Is told, in one line, what no listener wanted to hear: an error of a socket without an `error` listener, a message
    /// sent too early. By default it is written to standard error.
    public var report: (String) -> Void = Diagnostics.report

    /// What time it is, in seconds since the beginning of 1970 (UTC), for the Date of HTTP responses. Replace it where
    /// every run must give the same bytes.
    public var wallClock: () -> Int = EventLoop.systemTime
    var dateCache = (seconds: Int.min, text: "")

    /// Where the masking keys of this loop's clients come from.
    let maskingKeys: any MaskingKeySource = LoopMaskingKeys()

    #if Compression
    /// What connections that compress have in common.
    private(set) lazy var deflateWorkspace = DeflateWorkspace()
    #endif

    /// How many bytes of one connection are decompressed before others have their turn.
    static let maxInflatedPerTurn = 1024 * 1024

    /// Lent to one connection at a time while it is read.
    var spareOutput: OutputBuffer? = OutputBuffer()

    /// Lent to connections on which something is sent at other times; a broadcast needs one for each receiver.
    private var smallOutputs: [OutputBuffer] = []
    private var chunk: ByteStorage

    /// Lent to one long message at a time, while it arrives and until nobody refers to it any more.
    var largeStorage = SpareStorage()

    #if TLS
    /// What secured connections share.
    lazy var tls = TLSWorkspace()
    #endif

    /// The size of the receive chunk, in bytes.
    static let chunkCapacity = 512 * 1024

    /// A loop on a backend of your choice: sockets with epoll, sockets with poll(2), one blocking socket, or the
    /// in-memory network with its virtual clock.
    public init(backend: any Backend) {
        self.backend = backend
        mailbox = Mailbox(waker: backend.waker)
        chunk = ByteStorage(capacity: Self.chunkCapacity)
        unsafe uncheckedNow = backend.now
    }

    /// The time on the backend's clock: since an arbitrary start, and at rest within a callback.
    public var now: Duration { unsafe uncheckedNow }
    // Asked for with each message, and changed by nothing that could be under way meanwhile.
    @exclusivity(unchecked) private var uncheckedNow: Duration

    // MARK: Running

    /// Runs until nothing is pending: no open socket or server, no timer, no immediate, nothing posted. ``unref`` on
    /// what should not keep the loop running.
    public func run() {
        run { false }
    }

    /// Runs until a condition holds, or nothing is pending. Meanwhile this is the thread's ``current`` loop.
    ///
    /// - Returns: whether the condition holds.
    @discardableResult
    public func run(until condition: () -> Bool) -> Bool {
        whileCurrent { turn(until: condition) }
    }

    /// Takes turns until a condition holds, or nothing is pending.
    private func turn(until condition: () -> Bool) -> Bool {
        isStopped = false
        while !condition() {
            refreshTime()
            finishCallback()
            guard !isStopped, isAlive else { return condition() }
            runTimers()
            // A timer may have been what was left to wait for.
            if condition() { return true }
            guard !isStopped, isAlive else { return false }
            wait()
        }
        return true
    }

    /// Makes ``run()`` return after the current turn.
    public func stop() {
        isStopped = true
        backend.wake()
    }

    private var isAlive: Bool {
        unsafe !ticks.isEmpty || handleCount > 0 || timers.hasReferenced || !immediates.isEmpty || !unwritten.isEmpty
            || !unwrittenSockets.isEmpty || !mailbox.isEmpty
    }

    /// The part of a turn that follows the timers.
    private func wait() {
        let isIdle = unsafe ticks.isEmpty && immediates.isEmpty && mailbox.isEmpty
        let mayWait = isIdle && unwritten.isEmpty && unwrittenSockets.isEmpty
        backend.wait(until: mayWait ? Duration.earlier(timers.nextDeadline, largeStorage.expiry) : .zero)
        refreshTime()
        largeStorage.expire(now: now)
        for work in mailbox.takeAll() {
            work(self)
            finishCallback()
        }
        writeOut()
        runImmediates()
    }

    private func runTimers() {
        // Timers that arise meanwhile wait for the next turn, or one that starts another at once would stop the world.
        let last = timers.lastOrder
        while let timer = timers.popDue(now: now, upTo: last) {
            timer.fire(on: self)
            finishCallback()
        }
        writeOut()
    }

    private func runImmediates() {
        guard !immediates.isEmpty else { return }
        let due = immediates
        immediates = []
        for immediate in due {
            immediate.run()
            finishCallback()
        }
        writeOut()
    }

    /// Runs what was put off until the current callback had returned.
    func finishCallback() {
        guard unsafe !ticks.isEmpty, !isDraining else { return }
        isDraining = true
        while unsafe !ticks.isEmpty {
            let due = unsafe ticks
            unsafe ticks = []
            for tick in due { tick() }
        }
        isDraining = false
    }

    // MARK: Putting things off

    /// Runs a callback once the current one has returned, before anything else happens.
    public func nextTick(_ callback: @escaping () -> Void) {
        unsafe ticks.append(callback)
    }

    /// Runs a callback after the network was looked at in this turn.
    @discardableResult
    public func setImmediate(_ callback: @escaping () -> Void) -> Immediate {
        let immediate = Immediate(callback)
        immediates.append(immediate)
        return immediate
    }

    /// Runs a callback once, after a delay: in a later turn, even if the delay is zero.
    @discardableResult
    public func setTimeout(_ delay: Duration, _ callback: @escaping () -> Void) -> Timer {
        let timer = Timer(on: self, interval: nil, callback)
        timer.schedule(at: now + max(delay, .zero))
        return timer
    }

    /// Runs a callback again and again, `interval` apart.
    ///
    /// - Parameter interval: at least a millisecond; less is taken as one.
    @discardableResult
    public func setInterval(_ interval: Duration, _ callback: @escaping () -> Void) -> Timer {
        let interval = max(interval, .milliseconds(1))
        let timer = Timer(on: self, interval: interval, callback)
        timer.schedule(at: now + interval)
        return timer
    }

    // MARK: For sockets and servers

    /// Looks at the clock; whoever is called from inside the backend's wait does so first.
    @inline(__always)
    func refreshTime() { unsafe uncheckedNow = backend.now }

    /// Counts something that keeps the loop running.
    func retainHandle() { handleCount += 1 }

    /// No longer counts it.
    func releaseHandle() { handleCount -= 1 }

    /// The memory to read into. A chunk of which a listener kept a piece is left to it, and a new one taken.
    @inline(__always)
    func receiveChunk() -> ByteStorage {
        if !isKnownUniquelyReferenced(&chunk) { chunk = ByteStorage(capacity: Self.chunkCapacity) }
        return chunk
    }

    /// A buffer for a connection that has none and sends something outside its turn to be read.
    @inline(__always)
    func smallOutput() -> OutputBuffer? { smallOutputs.popLast() }

    /// Takes back a buffer whose contents were written.
    @inline(__always)
    func keep(_ buffer: OutputBuffer) {
        if buffer.isSmall {
            if smallOutputs.count < Self.smallOutputLimit { smallOutputs.append(buffer) }
        } else if spareOutput == nil {
            spareOutput = buffer.isLarge ? buffer : OutputBuffer()
        }
    }

    /// How many small buffers are kept: with their memory, little more than a megabyte at most.
    private static let smallOutputLimit = 1024

    /// Remembers a connection that has something to write or to settle when the turn ends.
    @inline(__always)
    func writeLater(_ driver: ConnectionDriver) {
        unwritten.append(driver)
    }

    /// Remembers a socket likewise.
    func writeLater(_ socket: Socket) {
        unwrittenSockets.append(socket)
    }

    /// Settles the connections that were used. Those that are used meanwhile are settled next time, at the latest early in
    /// the next turn: completions that send on each other's sockets must not keep a turn from ending.
    private func writeOut() {
        if !unwrittenSockets.isEmpty { writeOutSockets() }
        guard !unwritten.isEmpty else { return }
        let due = unwritten
        unwritten.removeAll(keepingCapacity: true)
        for driver in due {
            driver.settle()
            finishCallback()
        }
    }

    private func writeOutSockets() {
        let due = unwrittenSockets
        unwrittenSockets = []
        for socket in due {
            socket.settle()
            finishCallback()
        }
    }
}
