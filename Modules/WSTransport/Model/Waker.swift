/// The one part of a backend that other threads may touch: makes its current or next wait return soon.
public protocol Waker: AnyObject, Sendable {
    /// Makes the current or next wait of the backend return soon. May be called on any thread at any time, even after
    /// the backend is gone. Calls may be merged.
    func wake()
}
