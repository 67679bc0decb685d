import WSConnection
import WSHandshake

/// A fixture made ready to be replayed many times: what happens of itself, and what happens upon which event.
struct Plan: Sendable {
    /// What happens of itself, in order.
    private(set) var steps: [Step] = []
    /// What the application does upon the event of that number, counted from 1.
    private(set) var reactions: [Int: [Step.Action]] = [:]
    /// Whether the fixture says when output is written.
    let writesByHand: Bool
    /// How many bytes arrive in all.
    private(set) var inputCount = 0

    private let setup: Setup
    private let handshake: ClientHandshake?
    private let configuration: ConnectionConfiguration.Shared

    init(_ fixture: Fixture) {
        setup = fixture.setup
        configuration = ConnectionConfiguration.Shared(setup.configuration)
        if case .request(let head) = setup.opening {
            handshake = ClientHandshake(repeating: head, limits: setup.configuration.limits.head)
        } else {
            handshake = nil
        }
        writesByHand = fixture.steps.contains { if case .write = $0.action { true } else { false } }
        var eventCount = 0
        var isReaction = false
        var time = Duration.zero
        for step in fixture.steps {
            if step.time > time { isReaction = false }
            time = step.time
            switch step.action {
            case .event:
                eventCount += 1
                isReaction = true
            case .call where isReaction, .write where isReaction, .comment where isReaction:
                reactions[eventCount, default: []].append(step.action)
            case .input(let bytes):
                inputCount += bytes.count
                isReaction = false
                steps.append(step)
            case .call, .write, .endOfInput, .timeout, .wait, .comment:
                isReaction = false
                steps.append(step)
            case .output, .stream, .state:
                break
            }
        }
    }

    func makeConnection() -> Connection {
        if let handshake {
            return Connection(client: handshake, configuration: configuration, keys: setup.keys.source, now: .zero)
        }
        switch setup.opening {
        case .awaited: return Connection(server: configuration, now: .zero)
        case .done, .request:
            return Connection(
                upgraded: setup.role, configuration: configuration, keys: setup.keys.source, now: .zero)
        }
    }

    /// The same up to the last bytes that arrive.
    func untilLastInput() -> Plan {
        var plan = self
        while let last = plan.steps.last {
            if case .input = last.action { break }
            plan.steps.removeLast()
        }
        return plan
    }

    /// The same with more bytes behind the last ones that arrive.
    func appending(_ junk: [UInt8]) -> Plan? {
        var plan = self
        let last = plan.steps.lastIndex { if case .input = $0.action { true } else { false } }
        guard let last, case .input(let bytes) = plan.steps[last].action else { return nil }
        plan.steps[last].action = .input(bytes + junk)
        plan.inputCount += junk.count
        return plan
    }
}
