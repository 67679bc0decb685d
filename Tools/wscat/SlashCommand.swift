import WSNode

/// A line that is a command instead of a message.
enum SlashCommand {
    /// `/ping [data]`
    case ping(String)
    /// `/pong [data]`
    case pong(String)
    /// `/close [code [reason]]`
    case close(CloseCode, reason: String)

    /// Reads a line that starts with a slash; nil if it is no command.
    init?(_ line: String) {
        let words = line.dropFirst().split(separator: " ", maxSplits: 1)
        let rest = words.count > 1 ? String(words[1]) : ""
        switch words.first {
        case "ping": self = .ping(rest)
        case "pong": self = .pong(rest)
        case "close":
            let words = rest.split(separator: " ", maxSplits: 1)
            guard let code = words.first.map({ UInt16($0) }) ?? 1000 else { return nil }
            self = .close(CloseCode(code), reason: words.count > 1 ? String(words[1]) : "")
        default: return nil
        }
    }
}
