import ToolSupport
import WSNode

/// The console of a script: a line of standard input is a message, and so is a line of standard output.
final class LineConsole: Console {
    private var unfinishedLine: [UInt8] = []
    private let isShownOnTerminal = StandardOutput.isTerminal

    let isInteractive = false

    func open() {}

    func close() {}

    func take(_ bytes: [UInt8]) throws(InputError) -> [Input] {
        guard !bytes.isEmpty else {
            return unfinishedLine.isEmpty ? [.end] : [.line(try finishLine()), .end]
        }
        var inputs: [Input] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            unfinishedLine += rest[..<end]
            rest = rest[(end + 1)...]
            inputs.append(.line(try finishLine()))
        }
        unfinishedLine += rest
        return inputs
    }

    private func finishLine() throws(InputError) -> String {
        if unfinishedLine.last == UInt8(ascii: "\r") { unfinishedLine.removeLast() }
        defer { unfinishedLine = [] }
        guard let line = String(validating: unfinishedLine, as: UTF8.self) else {
            throw InputError(message: "standard input is not UTF-8; --binary sends it as it is")
        }
        return line
    }

    func show(_ message: Message) {
        if isShownOnTerminal {
            StandardOutput.write(String(escaping: message.bytes, newline: "\n") + "\n")
        } else {
            StandardOutput.write(message.bytes + [UInt8(ascii: "\n")])
        }
    }

    func show(notice: String) {
        StandardOutput.write(notice + "\n")
    }

    func tell(_ text: String) {}

    func announce(_ text: String) {
        StandardError.write(text + "\n")
    }

    func complain(_ text: String) {
        StandardError.write("wscat: \(String(escaping: text))\n")
    }
}
