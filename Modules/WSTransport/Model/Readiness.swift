/// What a transport's handler is told: which of the things it waits for it can do now.
public struct Readiness: OptionSet, Sendable, Hashable {
    /// The set as bits.
    public let rawValue: UInt8

    /// The set with these bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// A read will not say `wouldBlock`: there are bytes, the end of the stream or a failure to collect.
    public static let readable = Readiness(rawValue: 1)

    /// A write will not say `wouldBlock`.
    public static let writable = Readiness(rawValue: 2)

    /// The connection is over in both directions (hang-up or error). Reported even while neither reading nor writing is
    /// asked for, then once only; the next read or write says why.
    public static let closed = Readiness(rawValue: 4)
}
