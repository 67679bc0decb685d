/// How well the network works: for all links to come, or for one direction of one link. As it stands after `init`,
/// everything arrives whole and at once.
public struct PipeConditions: Sendable, Hashable {
    /// How long a piece is under way, drawn for each; a wide range is jitter. Pieces never overtake each other.
    public var latency: ClosedRange<Duration> = .zero ... .zero

    /// Bytes per second; nil for no limit. Writes are then cut into pieces of a packet's size.
    public var bandwidth: Int?

    /// The size of the pieces in which a write arrives, drawn for each; nil leaves it whole.
    public var pieceBytes: ClosedRange<Int>?

    /// The most bytes one read gives, drawn at each; nil for no limit.
    public var readLimit: ClosedRange<Int>?

    /// The most bytes one write takes, drawn at each; nil for no limit.
    public var writeLimit: ClosedRange<Int>?

    /// How many bytes may be under way or unread before a write says `wouldBlock`.
    public var windowBytes = 262_144

    /// How likely a read or a write says `wouldBlock` although it could go on. Below 1.
    public var hesitation = 0.0

    /// The breaks that may happen; the first that is drawn happens.
    public var risks: [PipeRisk] = []

    /// How much longer than two latencies connecting takes.
    public var connectDelay: ClosedRange<Duration> = .zero ... .zero

    /// How likely a connection is refused although someone listens.
    public var refusal = 0.0

    /// How likely connecting never comes to an end.
    public var silence = 0.0

    /// How likely a host name is not found (EAI_AGAIN).
    public var lookupFailure = 0.0

    /// How likely a listener lacks descriptors (EMFILE) when it accepts, and so pauses for 100 ms.
    public var acceptFailure = 0.0

    /// A perfect network.
    public init() {}
}
