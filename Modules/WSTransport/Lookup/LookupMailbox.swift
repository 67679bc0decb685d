/// Where the resolver's threads leave their answers for the loop. The only state that two threads share.
final class LookupMailbox: @unchecked Sendable {
    private let lock = Lock()
    /// Guarded by `lock`; nil once nobody reads the answers any more.
    private var waker: (any Waker)?
    /// Guarded by `lock`.
    private var answers: [(LookupQuestion, Result<[NativeAddress], Errno>)] = []

    init(waker: any Waker) {
        self.waker = waker
    }

    /// Leaves an answer and wakes the loop.
    func put(_ question: LookupQuestion, _ answer: Result<[NativeAddress], Errno>) {
        lock.hold {
            guard let waker else { return }
            answers.append((question, answer))
            waker.wake()
        }
    }

    /// Lets go of the waker and of all answers, those to come included: a thread that hangs keeps no descriptor open.
    func close() {
        lock.hold {
            waker = nil
            answers = []
        }
    }

    /// Takes all answers.
    func take() -> [(LookupQuestion, Result<[NativeAddress], Errno>)] {
        lock.hold {
            defer { answers = [] }
            return answers
        }
    }
}
