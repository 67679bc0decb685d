import WSNode

/// A client that goes through the steps one by one and compares what both sides see with what they should.
final class SelfCheck {
    /// How long one step may take.
    private static let patience = Duration.seconds(5)

    private let loop: EventLoop
    private let transcript: Transcript
    private let completion: (Bool) -> Void
    private var socket: WebSocket?
    private var name = "opening handshake"
    private var missing = [Observation(.server, .open), Observation(.client, .open)]
    private var steps = CheckStep.all[...]
    private var timer: Timer?

    /// Starts the check.
    ///
    /// - Parameter completion: told whether everything was as it should be.
    init(
        of url: String, options: ClientOptions, on loop: EventLoop, _ transcript: Transcript,
        completion: @escaping (Bool) -> Void
    ) {
        self.loop = loop
        self.transcript = transcript
        self.completion = completion
        transcript.add(.client, "connects to \(url)")
        startTimer()
        do throws(WebSocketError) {
            let socket = try WebSocket(url, options: options, on: loop)
            self.socket = socket
            socket.on(.open) { self.observe(Observation(.client, .open)) }
            socket.on(.message) { message in self.observe(Observation(.client, message)) }
            socket.on(.pong) { data in self.observe(Observation(.client, .pong(String(data)))) }
            socket.on(.close) { code, reason in self.observe(Observation(.client, .closed(code, String(reason)))) }
            socket.on(.error) { error in self.transcript.add(.client, error.message) }
        } catch {
            end(failure: error.message)
        }
    }

    /// One of the sides has seen something.
    func observe(_ observation: Observation) {
        guard socket != nil else { return }
        transcript.add(observation.side, "\(observation.what)")
        guard let index = missing.firstIndex(of: observation) else {
            return end(failure: "this should not have happened")
        }
        missing.remove(at: index)
        if missing.isEmpty {
            transcript.add("              ok: \(name)")
            loop.nextTick { self.startNextStep() }
        }
    }

    private func startNextStep() {
        guard let socket else { return }
        guard let step = steps.popFirst() else { return end() }
        name = step.name
        missing = step.expected
        transcript.add(.client, step.action)
        startTimer()
        do throws(WebSocketError) {
            try step.perform(socket)
        } catch {
            end(failure: error.message)
        }
    }

    private func startTimer() {
        timer?.cancel()
        timer = loop.setTimeout(Self.patience) {
            for observation in self.missing {
                self.transcript.add("  still missing: the \(observation.side.rawValue) \(observation.what)")
            }
            self.end(failure: "nothing more within \(Self.patience)")
        }
    }

    private func end(failure: String? = nil) {
        timer?.cancel()
        socket?.terminate()
        socket = nil
        if let failure { transcript.add("          FAILED: \(name): \(failure)") }
        completion(failure == nil)
    }
}
