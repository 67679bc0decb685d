/// What a script decides about an attempt to connect.
public enum PipeVerdict: Sendable, Equatable {
    /// It goes through if someone listens, this much later than two latencies.
    case connect(after: Duration = .zero)

    /// It fails with this error, after two latencies.
    case fail(TransportError)

    /// Nothing ever comes back.
    case silence
}
