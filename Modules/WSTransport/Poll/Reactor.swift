/// The heart of the poll backend: who waits for what, and the turn that tells them.
///
/// Transports and listeners hold the reactor and the reactor's slots hold them, until they close; `PollBackend`
/// closes all of them when it goes, so nothing is left behind in a circle.
final class Reactor {
    /// What happens in a turn although no descriptor of the one concerned has become ready.
    enum Errand {
        case connected(SocketTransport)
        case connectFailed(SocketTransport, TransportError)
        case lost(SocketTransport)
    }

    /// What happens when its time has come.
    enum Alarm {
        case resumeListener(SocketListener)
        /// Starts the attempt of this number, unless it has started.
        case nextAttempt(ConnectAttempt, number: Int)
        case lookupTimeout(ConnectAttempt)
    }

    let selector: any Selector
    let wakeup: Wakeup
    let resolver: Resolver

    private var slots = SlotTable()
    private var events: [SelectorEvent]
    private var errands: [Errand] = []
    private var alarms = TimerHeap<Alarm>()
    private var isWaiting = false
    private var cachedNow: Duration?

    /// `hosts` answers for names before the resolver is asked.
    init(selector: any Selector, hosts: [String: [String]]) throws(Errno) {
        self.selector = selector
        wakeup = try Wakeup()
        resolver = Resolver(waker: wakeup, hosts: hosts)
        let nothing = SelectorEvent(token: SlotToken(index: 0, generation: 0), readiness: [])
        events = Array(repeating: nothing, count: SelectorEvent.maxPerWait)
        let token = slots.insert(.wakeup(wakeup))
        try selector.add(wakeup.descriptor, token: token, interest: .readable)
    }

    /// The time of this turn.
    var now: Duration {
        if let cachedNow { return cachedNow }
        let now = SystemCalls.now
        cachedNow = now
        return now
    }

    /// Whether anyone but the wakeup has a slot.
    var hasOccupants: Bool {
        slots.count > 1
    }

    // MARK: Occupants

    /// Takes someone in, and keeps it until it leaves.
    func enter(_ occupant: SlotTable.Occupant) -> SlotToken {
        slots.insert(occupant)
    }

    /// Lets someone go; events on their way to it are dropped.
    func leave(_ token: SlotToken) {
        slots.remove(token)
    }

    /// Has something done at the end of the running turn, or in the next.
    func enqueue(_ errand: Errand) {
        errands.append(errand)
    }

    /// Has something done when the time comes.
    func schedule(_ alarm: Alarm, after delay: Duration) {
        alarms.insert(alarm, at: now + delay)
    }

    // MARK: The turn

    /// One turn: waits, then tells everyone concerned.
    func wait(until deadline: Duration?) {
        if isWaiting { return }
        isWaiting = true
        defer { isWaiting = false }

        let count = selector.wait(milliseconds: timeout(until: deadline), into: &events)
        cachedNow = nil
        for index in 0..<count {
            let event = events[index]
            switch slots.occupant(of: event.token) {
            case .transport(let transport): transport.becameReady(event.readiness)
            case .listener(let listener): listener.becameReady()
            case .contender(let contender): contender.becameReady()
            case .wakeup(let wakeup): wakeup.clear()
            case nil: break
            }
        }
        resolver.deliver()
        if alarms.earliest != nil { ringAlarms() }
        if !errands.isEmpty { runErrands() }
    }

    private func timeout(until deadline: Duration?) -> Int32 {
        if !errands.isEmpty { return 0 }
        guard let limit = Duration.earlier(deadline, alarms.earliest) else { return -1 }
        let now = SystemCalls.now
        if limit <= now { return 0 }
        return Int32(clamping: (limit - now).millisecondsRoundedUp)
    }

    private func ringAlarms() {
        let now = now
        while let alarm = alarms.popDue(at: now) {
            switch alarm {
            case .resumeListener(let listener): listener.resume()
            case .nextAttempt(let attempt, let number): attempt.delayPassed(before: number)
            case .lookupTimeout(let attempt): attempt.lookupTimedOut()
            }
        }
    }

    /// Errands that arise while these run wait for the next turn, so a turn ends.
    private func runErrands() {
        let due = errands
        errands = []
        for errand in due {
            switch errand {
            case .connected(let transport): transport.reportConnected()
            case .connectFailed(let transport, let error): transport.reportConnectFailure(error)
            case .lost(let transport): transport.reportLoss()
            }
        }
    }

    /// Closes everything, without a word to any handler.
    func shutDown() {
        for occupant in slots.occupants {
            switch occupant {
            case .transport(let transport): transport.close()
            case .listener(let listener): listener.close()
            case .contender(let contender): contender.cancel()
            case .wakeup: break
            }
        }
        errands.removeAll()
        alarms.removeAll()
        resolver.shutDown()
    }
}
