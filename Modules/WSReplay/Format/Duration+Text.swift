extension Duration {
    /// Seconds in decimal, as short as they are exact to the nanosecond.
    var secondsText: String {
        let (seconds, attoseconds) = components
        let nanoseconds = attoseconds / 1_000_000_000
        guard nanoseconds > 0 else { return "\(seconds)" }
        let digits = String(nanoseconds + 1_000_000_000).dropFirst()
        let end = digits.lastIndex { $0 != "0" } ?? digits.startIndex
        return "\(seconds).\(digits[...end])"
    }

    /// Reads seconds in decimal, at most nine digits behind the point.
    init?(secondsText text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let seconds = parts.first.flatMap({ Int64($0) }), (0...1_000_000_000).contains(seconds)
        else { return nil }
        var nanoseconds: Int64 = 0
        if parts.count == 2 {
            let digits = parts[1] + String(repeating: "0", count: max(0, 9 - parts[1].count))
            guard (1...9).contains(parts[1].count), let value = Int64(digits), value >= 0 else { return nil }
            nanoseconds = value
        }
        self = .seconds(seconds) + .nanoseconds(nanoseconds)
    }

    /// Reads `30s` or `250ms`.
    init?(unitText text: String) {
        if text.hasSuffix("ms") {
            guard let value = Int64(text.dropLast(2)), (0...1_000_000_000).contains(value) else { return nil }
            self = .milliseconds(value)
        } else {
            guard text.hasSuffix("s") else { return nil }
            self.init(secondsText: text.dropLast())
        }
    }
}
