import ToolSupport
import WSConnection
import WSReplay

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Replays fixtures and prints what happens, with the first difference from what they expect.
struct ReplayCommand {
    private let files: [FixtureFile]
    private let isSteppedThrough: Bool
    private let isJSON: Bool

    init(_ arguments: CommandLineParser, paths: [String]) {
        if paths.isEmpty { arguments.fail("which file?") }
        files = paths.map { FixtureFile.load($0, for: arguments) }
        isSteppedThrough = arguments.has("--step")
        isJSON = arguments.has("--json")
    }

    func run() {
        var hasDifference = false
        for file in files {
            if !isJSON { file.fixture.story.forEach { print("# \($0)") } }
            let transcript = Player.play(file.fixture) { step in show(step, file.fixture) }
            let difference = transcript.difference(from: file.fixture.expectation)
            if isJSON {
                let text = difference.map(JSON.string) ?? "null"
                say("{\"file\":\(JSON.string(file.path)),\"state\":\"\(state(transcript))\",\"difference\":\(text)}")
            } else {
                say("state \(state(transcript))")
                say(difference.map { "\(file.path): DIFFERENT: \($0)" } ?? "\(file.path): as expected")
            }
            if difference != nil { hasDifference = true }
        }
        exit(hasDifference ? 1 : 0)
    }

    private func state(_ transcript: Transcript) -> String { transcript.state.map { "\($0)" } ?? "" }

    private func show(_ step: Step, _ fixture: Fixture) {
        let line = step.text(for: fixture.setup.role)
        guard isJSON else {
            say("\(Self.seconds(step.time))  \(line)")
            if isSteppedThrough, !Self.waitForEnter() { exit(0) }
            return
        }
        say("{\"at\":\(step.seconds),\"step\":\(JSON.string(line))\(Self.bytes(of: step.action))}")
    }

    /// Whether a line came, and not the end of the input. What was typed ahead is for the steps that follow.
    private static func waitForEnter() -> Bool {
        while let byte = StandardInput.read(upTo: 1).first { if byte == UInt8(ascii: "\n") { return true } }
        return false
    }

    /// The bytes of a step, for programs that do not want to read expressions.
    private static func bytes(of action: Step.Action) -> String {
        switch action {
        case .input(let bytes), .output(let bytes): ",\"bytes\":\(JSON.hexadecimal(bytes))"
        case .event(let record): ",\"bytes\":\(JSON.hexadecimal(record.payload))"
        case .endOfInput, .timeout, .wait, .call, .write, .stream, .state, .comment: ""
        }
    }

    private static func seconds(_ time: Duration) -> String {
        let text = "\(Double(Int(time / .milliseconds(1))) / 1000)"
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }

    private func say(_ line: String) {
        StandardOutput.write(line + "\n")
    }
}
