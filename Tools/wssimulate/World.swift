import WSNode

/// One run: servers, clients and the network between them, under one seed and one clock.
///
/// First there is trouble, for as long as the scenario says. Then the network works perfectly, nobody starts anything,
/// and after a while everything has to have arrived; then everybody closes, and nothing may be left.
final class World {
    let scenario: Scenario
    let network: PipeNetwork
    let loop: EventLoop
    var transcript: Transcript
    private(set) var violation: Violation?
    private(set) var conversations: [Int: Conversation] = [:]
    private var hosts: [Host] = []
    /// The ends that are connecting or connected.
    private var ends: [End] = []
    /// Since when the network works well, if it does.
    private(set) var calmSince: Duration?
    var isInTrouble: Bool { calmSince == nil }
    /// By how much the clock has leapt.
    var leapt = Duration.zero
    private var faultCounts: [Fault: Int] = [:]
    private var lies: SeededGenerator
    /// The times of the last two looks: there are two a turn, before its timers and after them.
    private var lastLook = Duration.zero
    private var lookBefore = Duration.zero
    private var turnsAtThisTime = 0
    /// What is to be done later: kept here, so that it can be forgotten.
    private var actions: [Int: () -> Void] = [:]
    private var nextAction = 0
    private var weakSockets: [WeakSocket] = []

    private struct WeakSocket {
        weak var socket: WebSocket?
        let participant: Participant
    }

    /// How long after the trouble everything has to have arrived, and how long after that everything has to be over.
    private static let rest = Duration.seconds(180)
    private static let ending = Duration.seconds(120)

    /// How long after the trouble what was under way has arrived, and what was sent then has been answered.
    static let settling = Duration.seconds(75)

    /// More turns than this at one time, and something goes in circles.
    private static let turnLimit = 2_000_000

    init(_ scenario: Scenario, keepingLines capacity: Int) {
        self.scenario = scenario
        var random = scenario.generator(.network, 0)
        network = PipeNetwork(seed: random.next(), conditions: PipeConditions())
        network.shufflesTurns = scenario.has(.shuffle)
        loop = EventLoop(backend: PipeBackend(network))
        transcript = Transcript(capacity: capacity)
        lies = random.fork()
    }

    var now: Duration { network.now }

    // MARK: The run

    func run() {
        loop.report = { [unowned self] line in
            if !line.hasPrefix("accept: ") { violate(.cause, "nobody was told: \(line)") }
        }
        prepareNetwork()
        hosts = (0..<scenario.serverCount).map { Host(world: self, number: $0) }
        for host in hosts { host.start() }
        for slot in 0..<scenario.clientCount { startClient(scenario.generator(.slot, slot), slot) }
        loop.setTimeout(scenario.duration) { self.calm() }
        loop.run { self.look() }
        if violation == nil { checkNothingIsLeft() }
    }

    func violate(_ promise: Violation.Promise, _ text: @autoclosure () -> String) {
        guard violation == nil else { return }
        violation = Violation(promise: promise, text: "\(now.milliseconds) ms: \(text())")
    }

    private func look() -> Bool {
        if now == lastLook {
            turnsAtThisTime += 1
            if turnsAtThisTime > Self.turnLimit { violate(.liveness, "time does not go on") }
        } else {
            turnsAtThisTime = 0
        }
        for end in ends { end.check(previous: lookBefore) }
        lookBefore = lastLook
        lastLook = now
        return violation != nil
    }

    // MARK: After the trouble

    private func calm() {
        calmSince = now
        actions = [:]
        transcript.note(now, .network, .calm)
        network.conditions = PipeConditions()
        network.onConnect = nil
        for link in network.links {
            for stream in link.streams { stream.conditions = PipeConditions() }
            link.mend()
        }
        for end in ends { end.resume() }
        loop.setTimeout(Self.rest) {
            for end in self.ends { end.checkAtRest() }
            self.finish()
        }
    }

    private func finish() {
        for (index, end) in ends.enumerated() where end.isClient {
            if index % 3 == 0 { end.terminate() } else { end.close(.normalClosure, "done") }
        }
        for host in hosts { host.shutDown() }
        loop.setTimeout(Self.ending) { [unowned self] in
            violate(.liveness, "\(ends.count) ends are still there")
        }.unref()
    }

    private func checkNothingIsLeft() {
        for end in ends { violate(.liveness, "\(end.participant) has not ended") }
        if loop.backend.hasWork { violate(.leak, "the backend has work left") }
        // What both ends have closed may still be under way.
        loop.backend.wait(until: now + .seconds(60))
        if !network.links.isEmpty { violate(.leak, "\(network.links.count) links are left") }
        for entry in weakSockets where entry.socket != nil {
            violate(.leak, "the socket of \(entry.participant) is left")
        }
    }

    // MARK: Ends

    func began(_ end: End, _ socket: WebSocket) {
        ends.append(end)
        weakSockets.append(WeakSocket(socket: socket, participant: end.participant))
        end.watch(socket)
        if scenario.has(.drop) {
            count(.drop)
            end.dropReference()
        }
    }

    func ended(_ end: End) {
        ends.removeAll { $0 === end }
    }

    func hostShutsDown(_ host: Host) {
        for conversation in conversations.values where conversation.host === host && conversation.accepted == nil {
            conversation.causes.insert(.shutDown)
        }
    }

    /// Does something later, if there is still trouble then.
    func whileInTrouble(after delay: Duration, _ action: @escaping () -> Void) {
        guard isInTrouble else { return }
        let number = nextAction
        nextAction += 1
        actions[number] = action
        loop.setTimeout(delay) { [unowned self] in
            guard let action = actions.removeValue(forKey: number), violation == nil else { return }
            action()
        }.unref()
    }

    func count(_ fault: Fault) { if isInTrouble { faultCounts[fault, default: 0] += 1 } }

    /// How often each kind of fault struck, by name.
    var faults: [(name: String, count: Int)] {
        let drawn = Fault.allCases.map { ($0.rawValue, faultCounts[$0] ?? 0) }
        let network = PipeFault.allCases.map { ($0.rawValue, self.network.faultCounts[$0] ?? 0) }
        return (drawn + network).filter { $0.1 > 0 }
    }

    /// The lie the observer tells now, if it is to tell any.
    func lie(rarely: Bool = true) -> Plant? {
        guard let planted = scenario.planted else { return nil }
        return lies.happens(rarely ? 0.001 : 0.01) || planted == .drain && lies.happens(0.1) ? planted : nil
    }

    // MARK: Clients

    private func startClient(_ generator: SeededGenerator, _ slot: Int) {
        var random = generator
        whileInTrouble(after: random.draw(.zero...(.seconds(20)))) { [self, random] in connect(random, slot) }
    }

    private func connect(_ generator: SeededGenerator, _ slot: Int) {
        var random = generator
        // Numbers that do not depend on what other clients do.
        let number = (slot + 1) * 1000 + slots[slot, default: 0]
        slots[slot, default: 0] += 1
        let host = hosts[random.draw(0...hosts.count - 1)]
        var limits = Limits.drawn(from: &random)
        limits.handshakeTimeout = .seconds(random.draw(5...60))
        let end = End(
            world: self, participant: .client(number), isClient: true, limits: limits,
            random: scenario.generator(.client, number))
        let conversation = Conversation(number: number, host: host, client: end)
        end.conversation = conversation
        conversations[number] = conversation
        if !host.isListening { conversation.causes.insert(.shutDown) }
        var options = ClientOptions()
        options.limits = limits
        #if TLS
        options.tls.rejectUnauthorized = false
        #endif
        transcript.note(now, end.participant, .connects, host.number)
        do {
            let address = "\(host.isSecure ? "wss" : "ws")://c\(number).example:\(host.port)/\(number)"
            let socket = try WebSocket(address, options: options, on: loop)
            began(end, socket)
        } catch {
            return violate(.state, "cannot connect: \(error)")
        }
        end.onClosed = { [unowned self, random] in
            startClient(random, slot)
        }
        end.run(host.application)
    }

    /// How many conversations each client has had.
    private var slots: [Int: Int] = [:]

}
