import ToolSupport
import WSNode

/// What happened, with the time since the first line.
final class Transcript {
    private let loop: EventLoop
    private var start: Duration?

    init(on loop: EventLoop) {
        self.loop = loop
    }

    /// A line about one of the two sides.
    func add(_ side: Observation.Side, _ text: String) {
        let start = start ?? loop.now
        self.start = start
        StandardOutput.write("\(milliseconds(loop.now - start)) ms  \(side.rawValue)  \(text)\n")
    }

    /// A line of its own.
    func add(_ text: String) {
        StandardOutput.write(text + "\n")
    }

    /// With two decimals, in a column of nine.
    private func milliseconds(_ time: Duration) -> String {
        let hundredths = Int(time / .microseconds(10))
        let decimals = String(hundredths % 100)
        let text = "\(hundredths / 100).\(decimals.count < 2 ? "0" : "")\(decimals)"
        return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }
}
