import ToolSupport
import WSNode

/// The console of a person: a line to type in at the bottom, and above it what arrives, as it arrives.
final class TerminalConsole: Console {
    private enum Color: String {
        case received = "\u{1b}[34m"
        case state = "\u{1b}[32m"
        case error = "\u{1b}[33m"
        static let none = "\u{1b}[39m"
    }

    private static let prompt = "> "
    private static let clearLine = "\r\u{1b}[K"

    private let hasColors: Bool
    private var decoder = KeyDecoder()
    private var editor = LineEditor()
    /// Whether the line is shown: from when keys are read until the end.
    private var isPrompting = false
    /// The first character that is shown of a line wider than the terminal.
    private var firstVisible = 0

    let isInteractive = true

    init(hasColors: Bool) {
        self.hasColors = hasColors
    }

    func open() {
        Terminal.takeKeys()
        isPrompting = true
        draw()
    }

    func close() {
        guard isPrompting else { return }
        isPrompting = false
        StandardOutput.write(Self.clearLine)
        Terminal.restore()
    }

    // MARK: Typing

    func take(_ bytes: [UInt8]) throws(InputError) -> [Input] {
        guard !bytes.isEmpty else { return [.quit] }
        var inputs: [Input] = []
        for byte in bytes {
            guard let key = decoder.take(byte) else { continue }
            switch editor.press(key) {
            case .changed: break
            case .line(let line):
                // What was typed stays above the new line.
                StandardOutput.write(Self.clearLine + Self.prompt + String(escaping: line) + "\n")
                inputs.append(.line(line))
            case .endOfInput, .interrupt: inputs.append(.quit)
            case .suspend:
                StandardOutput.write(Self.clearLine)
                Terminal.suspend()
            case .clearScreen: StandardOutput.write("\u{1b}[H\u{1b}[2J")
            }
        }
        draw()
        return inputs
    }

    /// Shows the line, or the part of it around the cursor that fits.
    private func draw() {
        guard isPrompting else { return }
        // One column stays free: a terminal wraps when its last one is written.
        let room = max(1, Terminal.columns - Self.prompt.count - 1)
        firstVisible = min(firstVisible, editor.cursor)
        var before = width(firstVisible..<editor.cursor)
        while before > room {
            before -= width(firstVisible..<firstVisible + 1)
            firstVisible += 1
        }
        var end = editor.cursor
        var shown = before
        while end < editor.characters.count, shown + width(end..<end + 1) <= room {
            shown += width(end..<end + 1)
            end += 1
        }
        let visible = String(editor.characters[firstVisible..<end].map { $0 == "\t" ? " " : $0 })
        StandardOutput.write("\(Self.clearLine)\(Self.prompt)\(visible)\r\u{1b}[\(Self.prompt.count + before)C")
    }

    private func width(_ range: Range<Int>) -> Int {
        editor.characters[range].reduce(0) { $0 + $1.columns }
    }

    // MARK: Showing

    func show(_ message: Message) {
        // Further lines of a message are moved in, so that none can pass for a message or a prompt.
        print("< " + String(escaping: message.bytes, newline: "\n  "), .received)
    }

    func show(notice: String) {
        print("< " + notice, .received)
    }

    func tell(_ text: String) {
        print(text, .state)
    }

    func announce(_ text: String) {
        print(text, .state)
    }

    func complain(_ text: String) {
        print("error: " + String(escaping: text), .error)
    }

    /// Puts text above the line that is being typed.
    private func print(_ text: String, _ color: Color) {
        let colored = hasColors ? color.rawValue + text + Color.none : text
        StandardOutput.write((isPrompting ? Self.clearLine : "") + colored + "\n")
        draw()
    }
}
