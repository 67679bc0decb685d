import WSConnection
import WSFrame
import WSHandshake

extension Fixture: CustomStringConvertible {
    /// The fixture as text, which ``init(parsing:)`` reads.
    public var description: String { FixtureWriter(self).text }
}

/// Writes a fixture in the form a reader can follow: frames one below the other, payloads as text where they are text.
struct FixtureWriter {
    let text: String

    init(_ fixture: Fixture) {
        var lines = fixture.story.map(Self.comment) + Self.lines(of: fixture.setup) + [""]
        var time = Duration.zero
        for step in fixture.steps {
            var line = Self.line(step.action, role: fixture.setup.role)
            if step.time > time {
                time = step.time
                line = "@\(time.secondsText) " + line
            }
            lines.append(line)
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    /// A step as it stands in a fixture, without its time.
    ///
    /// - Parameter role: which end it is, to tell masked frames from others.
    static func line(_ action: Step.Action, role: Role? = nil) -> String {
        switch action {
        case .input(let bytes): "in" + ByteNotation.stream(bytes, isMasked: role.map { $0 == .server })
        case .endOfInput: "end"
        case .timeout: "timeout"
        case .wait(let duration): "wait \(duration.secondsText)s"
        case .call(let call, let outcome):
            "call \(text(of: call))" + (outcome == .done ? "" : " -> \(outcome.word)")
        case .write(let count): "write \(count.map { "\($0)" } ?? "all")"
        case .event(let record):
            "event \(record.kind.rawValue)" + (record.detail.isEmpty ? "" : " \(record.detail)")
                + (record.kind.hasPayload ? payload(record.payload) : "")
        case .output(let bytes): "out" + ByteNotation.stream(bytes, isMasked: role.map { $0 == .client })
        case .stream(let action): "stream \(action == .close ? "close" : "end")"
        case .state(let state): "state \(state)"
        case .comment(let text): comment(text)
        }
    }

    private static func comment(_ text: String) -> String { text.isEmpty ? "#" : "# \(text)" }

    private static func payload(_ bytes: some Sequence<UInt8>) -> String {
        let notation = ByteNotation.payload(Array(bytes))
        return notation.isEmpty ? "" : ":" + notation
    }

    // MARK: Setup

    private static func lines(of setup: Setup) -> [String] {
        var lines = ["role: \(setup.role)"]
        switch setup.opening {
        case .done: break
        case .awaited: lines.append("start: handshake")
        case .request(let head):
            lines.append("request:" + ByteNotation.stream((try? head.serialized()) ?? [], isMasked: nil))
        }
        let limits = limits(setup.configuration)
        if !limits.isEmpty { lines.append("limits: " + limits.joined(separator: " ")) }
        let switches = LimitNames.switches.filter { setup.configuration[keyPath: $0.path] == $0.value }.map(\.name)
        if !switches.isEmpty { lines.append("switches: " + switches.joined(separator: " ")) }
        switch setup.keys {
        case .zero: break
        case .seed(let seed): lines.append("keys: seed \(seed)")
        case .list(let keys):
            let bytes = keys.map { key in (0..<4).map { UInt8(truncatingIfNeeded: key >> (24 - 8 * UInt32($0))) } }
            lines.append("keys:" + ByteNotation.wrapped(bytes.map { Hexadecimal.text($0, separator: "") }))
        }
        if setup.isExact { lines.append("splits: none") }
        return lines
    }

    private static func limits(_ values: ConnectionConfiguration) -> [String] {
        let defaults = ConnectionConfiguration()
        var words = LimitNames.counts.filter { values[keyPath: $0.path] != defaults[keyPath: $0.path] }
            .map { "\($0.name)=\(values[keyPath: $0.path])" }
        words += LimitNames.times.filter { values[keyPath: $0.path] != defaults[keyPath: $0.path] }
            .map { "\($0.name)=\(values[keyPath: $0.path].secondsText)s" }
        words += LimitNames.optionalTimes.filter { values[keyPath: $0.path] != defaults[keyPath: $0.path] }
            .map { "\($0.name)=\(values[keyPath: $0.path].map { $0.secondsText + "s" } ?? "none")" }
        return words
    }

    // MARK: Calls

    private static func text(of call: ConnectionCall) -> String {
        switch call {
        case .accept(let response, let agreement):
            var text = "accept"
            if !agreement.subprotocol.isEmpty { text += " subprotocol=\(Quoted(agreement.subprotocol))" }
            if !agreement.extensions.isEmpty {
                text += " extensions=\(Quoted(ExtensionHeader.format(agreement.extensions)))"
            }
            guard let response else { return text }
            return text + ":" + ByteNotation.stream((try? response.serialized()) ?? [], isMasked: nil)
        case .refuse(let refusal): return text(of: refusal)
        case .send(let bytes, let isBinary, let isFinal, let compress):
            return "send \(isBinary ? "binary" : "text")\(isFinal ? "" : " more")\(compress ? "" : " uncompressed")"
                + payload(bytes)
        case .sendPrepared(let message):
            return "send-prepared \(message.isBinary ? "binary" : "text")" + payload(message.bytes)
        case .ping(let bytes): return "ping" + payload(bytes)
        case .pong(let bytes): return "pong" + payload(bytes)
        case .close(let code, let reason):
            return "close" + (code.map { " \($0.rawValue)" } ?? "") + payload(reason.utf8)
        case .abort: return "abort"
        case .pause(let isPaused): return isPaused ? "pause" : "resume"
        case .discardOutput: return "discard-output"
        }
    }

    private static func text(of refusal: HandshakeRefusal) -> String {
        if refusal.response() == HandshakeRefusal(.upgradeRequired).response() { return "refuse" }
        var text = "refuse \(refusal.status)"
        for field in refusal.fields { text += " field=\(Quoted("\(field.name): \(field.value)"))" }
        // An empty body is not the same as none: then the standard phrase is sent.
        if refusal.body == HandshakeRefusal(status: refusal.status).body { return text }
        return text + ":" + ByteNotation.payload(Array(refusal.body.utf8))
    }
}
