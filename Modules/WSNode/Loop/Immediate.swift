/// A callback that runs once in the current turn, unless it is cancelled before.
public final class Immediate {
    private var callback: (() -> Void)?

    init(_ callback: @escaping () -> Void) {
        self.callback = callback
    }

    /// Makes it not run.
    public func cancel() {
        callback = nil
    }

    func run() {
        let due = callback
        callback = nil
        due?()
    }
}
