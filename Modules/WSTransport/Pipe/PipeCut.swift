/// How one direction of a link breaks.
public enum PipeCut: Sendable, Hashable {
    /// Both ends find the connection reset.
    case reset

    /// The receiver reads the end of the stream; what the sender still writes is lost.
    case end

    /// Nothing arrives any more, and nobody is told. The sender fills its window and then waits.
    case blackHole
}
