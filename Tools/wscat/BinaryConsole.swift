import ToolSupport
import WSNode

/// The console of `--binary`: all of standard input is one message, and standard output gets payloads and nothing else.
///
/// The message leaves in fragments, so that it may be larger than memory.
final class BinaryConsole: Console {
    private static let fragmentSize = 256 * 1024
    private var unsent: [UInt8] = []
    private var hasBegun = false

    let isInteractive = false

    func open() {}

    func close() {}

    func take(_ bytes: [UInt8]) throws(InputError) -> [Input] {
        if bytes.isEmpty {
            // Without any input there is no message at all.
            let isNothing = unsent.isEmpty && !hasBegun
            return isNothing ? [.end] : [.fragment(Bytes(unsent), isLast: true), .end]
        }
        unsent += bytes
        guard unsent.count >= Self.fragmentSize else { return [] }
        defer { unsent = [] }
        hasBegun = true
        return [.fragment(Bytes(unsent), isLast: false)]
    }

    func show(_ message: Message) {
        StandardOutput.write(Array(message.bytes))
    }

    func show(notice: String) {
        StandardError.write(notice + "\n")
    }

    func tell(_ text: String) {}

    func announce(_ text: String) {
        StandardError.write(text + "\n")
    }

    func complain(_ text: String) {
        StandardError.write("wscat: \(String(escaping: text))\n")
    }
}
