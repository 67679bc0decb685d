/// Host names to addresses, by the system's resolver, which blocks: so on threads of its own.
///
/// Lookups of the same name at the same time share one call. A few threads work at once and the rest queue, so ten
/// thousand connects to one host cost one thread and a dead name server does not cost thousands.
final class Resolver {
    typealias Outcome = Result<[NativeAddress], Errno>

    /// How many lookups run at once.
    static let maxThreads = 16

    private var waiting: [LookupQuestion: [(Outcome) -> Void]] = [:]
    private var queue: [LookupQuestion] = []
    private var running = 0
    private let mailbox: LookupMailbox
    private let hosts: [String: [String]]

    /// `hosts` gives the literals of names that are not the system's to know.
    init(waker: any Waker, hosts: [String: [String]]) {
        mailbox = LookupMailbox(waker: waker)
        self.hosts = hosts
    }

    /// Looks a name up for both families or one. The outcome comes from a later turn, or at once if no thread can be
    /// had; the addresses have no port.
    func lookUp(host: String, family: Int32, _ completion: @escaping (Outcome) -> Void) {
        let question = LookupQuestion(host: host, family: family)
        waiting[question, default: []].append(completion)
        guard waiting[question]?.count == 1 else { return }
        queue.append(question)
        startQueued()
    }

    /// Hands out the answers that have come.
    func deliver() {
        if running == 0 { return }
        for (question, outcome) in mailbox.take() {
            running -= 1
            answer(question, outcome)
        }
        startQueued()
    }

    /// Forgets who asked. Threads under way end by themselves.
    func shutDown() {
        waiting = [:]
        queue = []
        mailbox.close()
    }

    private func startQueued() {
        while running < Self.maxThreads, !queue.isEmpty {
            let question = queue.removeFirst()
            do throws(Errno) {
                // A plan of failures holds on this thread only, so it is asked here.
                running += 1
                if try SystemCalls.plannedLookupHangs() { continue }
                let literals = hosts[question.host] ?? [question.host]
                try SystemCalls.createThread { [mailbox] in
                    mailbox.put(question, question.ask(literals))
                }
            } catch {
                running -= 1
                answer(question, .failure(error))
            }
        }
    }

    private func answer(_ question: LookupQuestion, _ outcome: Outcome) {
        for completion in waiting.removeValue(forKey: question) ?? [] { completion(outcome) }
    }
}
