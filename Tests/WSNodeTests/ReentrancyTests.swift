import Testing
import WSNode

@Suite("Node API: callbacks that come back to where they were called from")
struct ReentrancyTests {
    /// Owned by a listener of a socket, it removes other listeners when it goes.
    private final class Owner {
        private let goodbye: () -> Void
        init(_ goodbye: @escaping () -> Void) { self.goodbye = goodbye }
        deinit { goodbye() }
        func touch() {}
    }

    @Test(arguments: Environment.allCases)
    func `what a listener owns may use the socket when it goes with it`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let socket = pair.accepted
            var goneCount = 0
            func owner() -> Owner {
                Owner { [unowned socket] in
                    goneCount += 1
                    socket.removeAllListeners(.ping)
                    socket.removeAllListeners(.close)
                    socket.removeAllListeners(.error)
                    socket.off(.ping, socket.on(.ping) { _ in })
                    socket.off(.close, socket.on(.close) { _, _ in })
                }
            }
            let first = socket.on(.close) { [owner = owner()] _, _ in owner.touch() }
            #expect(socket.off(.close, first))
            #expect(!socket.off(.close, first))
            #expect(goneCount == 1)

            let second = socket.on(.ping) { [owner = owner()] _ in owner.touch() }
            #expect(socket.off(.ping, second))
            #expect(goneCount == 2)

            socket.on(.error) { [owner = owner()] _ in owner.touch() }
            socket.removeAllListeners(.error)
            #expect(socket.listenerCount(.error) == 0)
            #expect(goneCount == 3)

            let third = socket.on(.message) { [owner = owner()] (_: Message) in owner.touch() }
            #expect(socket.listenerCount(.message) == 1)
            #expect(socket.off(.message, third))
            #expect(goneCount == 4)
            socket.on(.message) { _, _ in }
            socket.removeAllListeners(.message)
            #expect(socket.listenerCount(.message) == 0)

            // The end of the connection removes what is left.
            socket.on(.ping) { [owner = owner()] _ in owner.touch() }
            socket.on(.message) { [owner = owner()] (_: Message) in owner.touch() }
            pair.client.close()
            try loop.run { socket.readyState == .closed && goneCount == 6 }
        }
    }

    @Test(arguments: Environment.allCases)
    func `completions that send on each other's socket let the turn end`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let first = try loop.makePair().accepted
            let second = try loop.makePair().accepted
            var sentCount = 0
            var isOver = false
            func send(on socket: WebSocket, then other: WebSocket) {
                socket.send("x") { error in
                    guard error == nil, !isOver else { return }
                    sentCount += 1
                    send(on: other, then: socket)
                }
            }
            loop.events.setImmediate {
                send(on: first, then: second)
                loop.events.setTimeout(.zero) { isOver = true }
            }
            try loop.run { isOver }
            #expect((1...2).contains(sentCount))
        }
    }
}
