/// What happened, in order: always as one number, and as text where somebody wants to read it.
struct Transcript {
    /// What can happen.
    enum Event: UInt64 {
        case connects = 1
        case opens, sends, receives, pings, pongs, drains, fails, closes, closed, terminates, pauses, resumes, refused
        case listens, shutsDown, cut, leaps, calm
    }

    /// FNV-1a over the numbers of each event (Fowler, Noll and Vo): the same in every process and build.
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    /// The last lines, if lines are kept.
    private(set) var lines: [String] = []
    /// How many lines are kept.
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Notes an event: when, whose, which, and up to two numbers and a text about it.
    mutating func note(
        _ now: Duration, _ who: Participant, _ event: Event, _ first: Int = 0, _ second: Int = 0, text: String = ""
    ) {
        mix(UInt64(truncatingIfNeeded: now.nanoseconds))
        mix(who.code)
        mix(event.rawValue)
        mix(UInt64(truncatingIfNeeded: first))
        mix(UInt64(truncatingIfNeeded: second))
        for byte in text.utf8 { mix(UInt64(byte)) }
        guard capacity > 0 else { return }
        var line = "\(now.milliseconds) ms\t\(who) \(event)"
        if first != 0 || second != 0 { line += " \(first)" }
        if second != 0 { line += " \(second)" }
        if !text.isEmpty { line += " \(text)" }
        if lines.count >= 2 * capacity { lines.removeFirst(capacity) }
        lines.append(line)
    }

    private mutating func mix(_ number: UInt64) {
        hash = (hash ^ number) &* 0x0000_0100_0000_01B3
        hash ^= hash >> 29
    }
}

/// Whose event it is.
enum Participant: CustomStringConvertible {
    case network
    case server(Int)
    /// An end of a conversation.
    case client(Int)
    case accepted(Int)

    var code: UInt64 {
        switch self {
        case .network: 0
        case .server(let number): 1 << 32 | UInt64(truncatingIfNeeded: number)
        case .client(let number): 2 << 32 | UInt64(truncatingIfNeeded: number)
        case .accepted(let number): 3 << 32 | UInt64(truncatingIfNeeded: number)
        }
    }

    var description: String {
        switch self {
        case .network: "network"
        case .server(let number): "server \(number)"
        case .client(let number): "client of \(number)"
        case .accepted(let number): "server's end of \(number)"
        }
    }
}

extension Duration {
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
    }

    var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
