/// What one write gave.
public enum WriteOutcome: Equatable, Sendable {
    /// This many bytes were taken, counted over both parts; fewer than offered is common.
    case wrote(Int)

    /// No byte could be taken now; from a blocking transport, not within its time limit.
    case wouldBlock

    /// The connection is lost.
    case failed(TransportError)
}
