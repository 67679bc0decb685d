import CSystem
import WSNode

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

// The network's part of the trouble.
extension World {
    func prepareNetwork() {
        var random = scenario.generator(.network, 1)
        if scenario.has(.latency) { network.conditions.latency = Self.drawLatency(&random) }
        if scenario.has(.accept) { network.conditions.acceptFailure = 0.4 }
        network.onConnect = { [unowned self] in verdict($0) }
        network.onLink = { [unowned self] in prepare($0) }
        if scenario.has(.leap) { leapNowAndThen(scenario.generator(.clock, 0)) }
    }

    private func conversation(at host: String) -> Conversation? {
        Int(host.dropFirst().prefix { $0 != "." }).flatMap { conversations[$0] }
    }

    // MARK: Connecting

    private func verdict(_ endpoint: Endpoint) -> PipeVerdict? {
        guard case .tcp(let host, let port) = endpoint, let conversation = conversation(at: host) else { return nil }
        var random = scenario.generator(.connecting, conversation.number)
        func strikes(_ fault: Fault, _ likelihood: Double) -> Bool {
            guard scenario.has(fault), random.happens(likelihood) else { return false }
            count(fault)
            return true
        }
        if strikes(.lookup, 0.1) {
            conversation.causes.insert(.connecting)
            return .fail(TransportError(.lookup, errno: EAI_AGAIN, host: host))
        }
        if strikes(.refuse, 0.1) {
            conversation.causes.insert(.connecting)
            return .fail(TransportError(.connect, errno: ECONNREFUSED, host: host, port: port))
        }
        if strikes(.silence, 0.1) { return .silence }
        return strikes(.slow, 0.3) ? .connect(after: random.draw(.zero...(.seconds(50)))) : nil
    }

    // MARK: Links

    private func prepare(_ link: PipeLink) {
        guard let conversation = conversation(at: link.serverAddress.host) else { return }
        conversation.wasLinked(by: link, at: now)
        var random = scenario.generator(.conversation, conversation.number)
        conversation.usesPings = random.happens(0.3)
        // The attempt may have begun before the network worked well; the link has no trouble any more.
        guard isInTrouble else { return }
        for stream in link.streams {
            stream.conditions = PipeConditions()
            draw(&stream.conditions, &random, conversation)
            if let cut = drawCut(&random) {
                // Every other one in the handshake.
                stream.cut(after: random.draw(0...(random.happens(0.5) ? 400 : 50_000)), cut)
            }
        }
        if scenario.has(.hole) {
            whileInTrouble(after: random.draw(.seconds(10)...(.seconds(240)))) { [weak link] in link?.mend() }
        }
        if scenario.has(.window) { shutWindows(of: link, random) }
    }

    private func draw(
        _ conditions: inout PipeConditions, _ random: inout SeededGenerator, _ conversation: Conversation
    ) {
        func isHit(_ fault: Fault) -> Bool { scenario.has(fault) && random.happens(0.6) }
        func drawChunk() -> ClosedRange<Int> {
            let most = [1, 2, 10, 100, 1460, 65_536][random.draw(0...5)]
            // What costs a step per byte should not have many bytes.
            conversation.limitSize(to: most * 400)
            return 1...most
        }
        if isHit(.latency) { conditions.latency = Self.drawLatency(&random) }
        if isHit(.pieces) { conditions.pieceBytes = drawChunk() }
        if isHit(.reads) { conditions.readLimit = drawChunk() }
        if isHit(.writes) { conditions.writeLimit = drawChunk() }
        if isHit(.hesitation) { conditions.hesitation = 0.3 }
        if isHit(.window) { conditions.windowBytes = random.draw(1...20_000) }
        if isHit(.bandwidth) {
            let bandwidth = [100, 1000, 10_000, 100_000, 1_000_000][random.draw(0...4)] * random.draw(1...9)
            conditions.bandwidth = bandwidth
            // What is under way must have arrived soon after the trouble.
            conditions.windowBytes = min(conditions.windowBytes, bandwidth * 30)
            conversation.limitSize(to: bandwidth * 5)
        }
    }

    private static func drawLatency(_ random: inout SeededGenerator) -> ClosedRange<Duration> {
        let most = [10, 100, 1000, 10_000][random.draw(0...3)]
        let low = random.draw(0...most)
        return .milliseconds(low)...(.milliseconds(random.draw(low...most)))
    }

    private func drawCut(_ random: inout SeededGenerator) -> PipeCut? {
        let kinds: [(Fault, PipeCut)] = [(.reset, .reset), (.end, .end), (.hole, .blackHole)]
        for (fault, cut) in kinds where scenario.has(fault) && random.happens(0.15) { return cut }
        return nil
    }

    /// Lets a receiver have no room for a while, again and again.
    private func shutWindows(of link: PipeLink, _ generator: SeededGenerator) {
        var random = generator
        whileInTrouble(after: random.draw(.seconds(1)...(.seconds(60)))) { [self, weak link, random] in
            var random = random
            guard let link, network.links.contains(where: { $0 === link }) else { return }
            let stream = random.happens(0.5) ? link.clientToServer : link.serverToClient
            let width = stream.conditions.windowBytes
            if width > 0 {
                count(.window)
                stream.conditions.windowBytes = 0
                whileInTrouble(after: random.draw(.zero...(.seconds(60)))) { stream.conditions.windowBytes = width }
            }
            shutWindows(of: link, random)
        }
    }

    // MARK: The clock

    private func leapNowAndThen(_ generator: SeededGenerator) {
        var random = generator
        // While the loop waits, as if the machine slept: within a callback its time stands still.
        network.schedule(at: now + random.draw(.seconds(1)...(.seconds(120)))) { [unowned self] in
            guard isInTrouble else { return }
            let leap = random.draw(.milliseconds(1)...(.seconds(40)))
            transcript.note(now, .network, .leaps, Int(leap.milliseconds))
            leapt += leap
            network.leap(by: leap)
            leapNowAndThen(random)
        }
    }
}
