/// A line that is being typed: its characters, the cursor, and the lines before it. It knows no terminal.
struct LineEditor {
    /// What a key has led to beyond a change of the line.
    enum Outcome: Equatable {
        case changed
        /// The line is complete; a new one begins.
        case line(String)
        case endOfInput
        case interrupt
        case suspend
        case clearScreen
    }

    private static let historyLimit = 500

    /// The line.
    private(set) var characters: [Character] = []
    /// The character the cursor stands on; their count when it stands behind the last.
    private(set) var cursor = 0

    private var history: [[Character]] = []
    /// Which line of the history is shown; their count for the one being typed.
    private var shown = 0
    /// The line being typed, while one of the history is shown.
    private var draft: [Character] = []

    /// Applies a key.
    mutating func press(_ key: Key) -> Outcome {
        switch key {
        case .character(let scalar): insert(scalar)
        case .enter: return .line(finish())
        case .left: cursor = max(cursor - 1, 0)
        case .right: cursor = min(cursor + 1, characters.count)
        case .home: cursor = 0
        case .end: cursor = characters.count
        case .older: show(shown - 1)
        case .newer: show(shown + 1)
        case .deleteBackward: delete(max(cursor - 1, 0)..<cursor)
        case .deleteForward: delete(cursor..<min(cursor + 1, characters.count))
        case .deleteToStart: delete(0..<cursor)
        case .deleteToEnd: delete(cursor..<characters.count)
        case .deleteWord: delete(startOfWord..<cursor)
        case .endOfInput:
            // As in a shell: the end of the input on an empty line, else a deletion.
            if characters.isEmpty { return .endOfInput }
            delete(cursor..<min(cursor + 1, characters.count))
        case .interrupt: return .interrupt
        case .suspend: return .suspend
        case .clearScreen: return .clearScreen
        }
        return .changed
    }

    private mutating func insert(_ scalar: Unicode.Scalar) {
        if cursor > 0 {
            // An accent, or a part of an emoji, joins the character before the cursor.
            let joined = String(characters[cursor - 1]) + String(Character(scalar))
            if joined.count == 1, let character = joined.first {
                characters[cursor - 1] = character
                return
            }
        }
        characters.insert(Character(scalar), at: cursor)
        cursor += 1
    }

    private mutating func delete(_ range: Range<Int>) {
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }

    private var startOfWord: Int {
        var start = cursor
        while start > 0, characters[start - 1].isWhitespace { start -= 1 }
        while start > 0, !characters[start - 1].isWhitespace { start -= 1 }
        return start
    }

    private mutating func finish() -> String {
        let line = characters
        if !line.isEmpty, history.last != line { history.append(line) }
        if history.count > Self.historyLimit { history.removeFirst() }
        shown = history.count
        draft = []
        characters = []
        cursor = 0
        return String(line)
    }

    private mutating func show(_ index: Int) {
        guard (0...history.count).contains(index), index != shown else { return }
        if shown == history.count { draft = characters }
        shown = index
        characters = index == history.count ? draft : history[index]
        cursor = characters.count
    }
}
