import ToolSupport
import WSNode

/// Standard input, read on a thread of its own: a loop must not wait for it.
///
/// The thread reads a piece when it is asked to and not before, so that no more of the input is held than is sent.
final class InputThread: Sendable {
    private static let pieceSize = 64 * 1024
    private let demand = Semaphore()

    /// Starts the thread, which hands over each piece it was asked for; an empty one is the end.
    func start(for session: LoopBound<Session>) {
        Thread.start {
            var isAtEnd = false
            while !isAtEnd {
                self.demand.wait()
                let piece = StandardInput.read(upTo: Self.pieceSize)
                isAtEnd = piece.isEmpty
                session.post { session in session.received(piece) }
            }
        }
    }

    /// Asks for the next piece.
    func readMore() {
        demand.signal()
    }
}
