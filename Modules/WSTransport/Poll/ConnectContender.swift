/// One socket of an attempt to connect: under way to one address, and it wins or loses.
final class ConnectContender {
    let address: NativeAddress
    /// The attempt it belongs to; nil once it is decided.
    private var attempt: ConnectAttempt?
    private let reactor: Reactor
    private let descriptor: Int32
    private var token = SlotToken(index: .max, generation: 0)

    /// Waits for the outcome of a `connect` in progress. Takes the descriptor over, and closes it if it throws.
    init(_ descriptor: Int32, to address: NativeAddress, attempt: ConnectAttempt, reactor: Reactor) throws(Errno) {
        self.descriptor = descriptor
        self.address = address
        self.attempt = attempt
        self.reactor = reactor
        token = reactor.enter(.contender(self))
        do throws(Errno) {
            try reactor.selector.add(descriptor, token: token, interest: .writable)
        } catch {
            self.attempt = nil
            reactor.leave(token)
            SystemCalls.close(descriptor)
            throw error
        }
    }

    /// The kernel has decided.
    func becameReady() {
        guard let attempt else { return }
        do throws(Errno) {
            try SystemCalls.throwPendingError(descriptor)
            retire()
            attempt.succeeded(self, descriptor)
        } catch {
            cancel()
            attempt.failed(self, error)
        }
    }

    /// Gives up.
    func cancel() {
        guard attempt != nil else { return }
        retire()
        SystemCalls.close(descriptor)
    }

    private func retire() {
        attempt = nil
        reactor.selector.remove(descriptor, token: token)
        reactor.leave(token)
    }
}
