/// What one read gave.
public enum ReadOutcome: Equatable, Sendable {
    /// This many bytes arrived, at least one unless the buffer had no room.
    case bytes(Int)

    /// Nothing has arrived yet; from a blocking transport, not within its time limit.
    case wouldBlock

    /// The peer has ended its side of the stream; no more bytes will come.
    case ended

    /// The connection is lost.
    case failed(TransportError)
}
