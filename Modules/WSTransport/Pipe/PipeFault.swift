/// What goes wrong in an in-memory network, drawn or by a script: what is counted.
public enum PipeFault: String, Sendable, Hashable, CaseIterable {
    /// A connection was reset.
    case reset
    /// A direction ended early.
    case end
    /// A direction lost everything from some byte on.
    case blackHole
    /// A connection was refused although someone listens.
    case refusal
    /// An attempt to connect was never answered.
    case silence
    /// A host name was not found.
    case failedLookup
    /// A listener lacked descriptors.
    case failedAccept
    /// A call said `wouldBlock` although it could have gone on.
    case hesitation
    /// A read or write moved less than it could have.
    case shortCall
    /// The clock leapt.
    case leap
}
