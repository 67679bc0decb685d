import CSystem
import Testing
import WSTransport

/// Reliability 3.6: every system call fails in turn, with every errno it is likely to fail with.
@Suite("System calls that fail")
struct SystemCallFaultTests {
    /// Makes the first, second, third … call of one kind fail, until a run passes without meeting the failure. Every run
    /// must come to an end, in success or in an error that was told, and leave no descriptor behind.
    @Test(arguments: BackendKind.sockets, [EchoScenario.Variant.clientEndsFirst, .serverEndsFirst, .overPath, .byName])
    func `listen, connect, echo, close: no failure of any call crashes, hangs or leaks`(
        kind: BackendKind, variant: EchoScenario.Variant
    ) throws {
        var struck = 0
        for call in SystemCall.allCases {
            for errno in call.plausibleErrnos {
                struck += try failEach(call, errno, upTo: 200) { try EchoScenario(kind, variant).play() }
            }
        }
        #expect(struck > 100, "\(struck) calls failed")
    }

    /// The same where writes are short, interest changes and both sides wait for each other.
    @Test(arguments: BackendKind.sockets)
    func `a message larger than all buffers: no failure crashes, hangs or leaks`(kind: BackendKind) throws {
        for (call, errno) in [
            (SystemCall.send, ECONNRESET), (.send, EAGAIN), (.receive, ECONNRESET), (.receive, EAGAIN),
            (.epollControl, ENOMEM), (.epollWait, EINTR), (.poll, EINTR),
        ] {
            _ = try failEach(call, errno, upTo: 4) { try EchoScenario(kind, .largeMessage).play() }
        }
    }

    /// How many runs met the failure.
    private func failEach(
        _ call: SystemCall, _ errno: Int32, upTo limit: Int, _ scenario: () throws -> EchoScenario.Outcome
    ) throws -> Int {
        for nth in 1...limit {
            let plan = SystemCallFaults([.init(call, nth: nth, .fail(errno))])
            let outcome = try plan.run(scenario)
            let name = "\(call) number \(nth), errno \(errno): \(outcome)"
            #expect(outcome != .stuck, "after \(name)")
            #expect(plan.openDescriptors.isEmpty, "left open after \(name)")
            #expect(plan.wronglyClosed.isEmpty, "closed twice after \(name)")
            if !plan.hasStruck {
                #expect(outcome == .echoed, "untouched by \(name)")
                return nth - 1
            }
        }
        return limit
    }

    @Test(arguments: BackendKind.sockets)
    func `bytes that move one at a time arrive all the same`(kind: BackendKind) throws {
        let plan = SystemCallFaults([
            .init(.send, count: .max, .shorten(to: 1)), .init(.receive, count: .max, .shorten(to: 1)),
        ])
        try plan.run {
            let world = try World(kind)
            let (client, server) = try world.pair()
            server.echoes = true
            client.send("one byte at a time")
            try world.run { client.text == "one byte at a time" }
        }
    }

    @Test(arguments: BackendKind.sockets, [EINTR])
    func `an interrupted call is made again`(kind: BackendKind, errno: Int32) throws {
        for call in [SystemCall.receive, .send, .accept, .setOption, .getLocalAddress] {
            let plan = SystemCallFaults([.init(call, count: 3, .fail(errno))])
            #expect(try plan.run { try EchoScenario(kind, .clientEndsFirst).play() } == .echoed)
        }
    }

    /// N-4: errors of one connection are skipped, and the next is accepted in the same turn.
    @Test(
        arguments: BackendKind.sockets,
        [
            ECONNABORTED, ECONNRESET, EPROTO, EPERM, ETIMEDOUT, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
            ENETUNREACH, EOPNOTSUPP, EINTR,
        ])
    func `an error of one connection costs that one only`(kind: BackendKind, errno: Int32) throws {
        let plan = SystemCallFaults([.init(.accept, count: 3, .fail(errno))])
        try plan.run {
            let world = try World(kind)
            let acceptor = try world.listen()
            let client = world.connect(to: acceptor)
            try world.run { client.isConnected && acceptor.peers.count == 1 }
            #expect(plan.hasStruck && acceptor.failures.isEmpty)
        }
    }

    /// N-3, N-4: the listener stays readable, so it must not be asked again at once; it is said once, and it recovers.
    @Test(arguments: BackendKind.sockets, [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func `a system out of resources pauses the listener and does not spin`(kind: BackendKind, errno: Int32) throws {
        let plan = SystemCallFaults([.init(.accept, count: 2, .fail(errno))])
        try plan.run {
            let world = try World(kind)
            let acceptor = try world.listen()
            let client = world.connect(to: acceptor)
            let start = world.backend.now
            try world.run { acceptor.peers.count == 1 }
            #expect(client.isConnected)
            #expect(acceptor.failures == [TransportError(.accept, errno: errno)], "told once")
            #expect(world.backend.now - start >= .milliseconds(200), "two pauses")
            #expect(plan.log.filter { $0 == .accept }.count <= 4)
            if kind != .blocking {
                #expect(plan.log.filter { $0 == .epollWait || $0 == .poll }.count < 20)
            }
        }
    }

    @Test(arguments: BackendKind.selectors)
    func `a listener closed while it pauses stays closed`(kind: BackendKind) throws {
        let plan = SystemCallFaults([.init(.accept, count: .max, .fail(EMFILE))])
        try plan.run {
            let world = try World(kind)
            let acceptor = try world.listen()
            let client = world.connect(to: acceptor)
            try world.run { !acceptor.failures.isEmpty }
            acceptor.listener.close()
            client.transport.close()
            world.backend.wait(until: world.backend.now + .milliseconds(120))
            #expect(!world.backend.hasWork)
            #expect(plan.openDescriptors.count == kind.ownDescriptors)
        }
    }

    /// ENOSPC: the user's limit of epoll watches.
    @Test(arguments: [ENOSPC, ENOMEM])
    func `a socket the selector refuses is told as lost`(errno: Int32) throws {
        let world = try World(.epoll)
        let acceptor = try world.listen()
        acceptor.onAccept = { $0.reads = false }
        let (client, server) = try world.pair(acceptor)
        let plan = SystemCallFaults([.init(.epollControl, .fail(errno))])
        try plan.run {
            client.reads = false
            client.reads = true
            #expect(plan.hasStruck)
            try world.run { client.readFailure != nil }
        }
        #expect(client.readFailure == TransportError(.watch, errno: errno))
        #expect(client.transport.write("x") == .failed(TransportError(.watch, errno: errno)))
        client.transport.close()
        server.reads = true
        try world.run { server.hasEnded }
    }

    @Test(arguments: BackendKind.sockets)
    func `failing to close leaves nothing open`(kind: BackendKind) throws {
        for errno in [EINTR, EIO] {
            let plan = SystemCallFaults([.init(.close, count: .max, .fail(errno))])
            #expect(try plan.run { try EchoScenario(kind, .serverEndsFirst).play() } == .echoed)
            #expect(plan.openDescriptors.isEmpty && plan.wronglyClosed.isEmpty)
        }
    }
}

extension SystemCall {
    /// The errnos this call is known to fail with, EBADF aside, which must never happen.
    fileprivate var plausibleErrnos: [Int32] {
        switch self {
        case .accept: [EINTR, EAGAIN, ECONNABORTED, EMFILE]
        case .bind: [EADDRINUSE, EADDRNOTAVAIL, EACCES]
        case .close: [EINTR, EIO]
        case .connect:
            [
                EINTR, EAGAIN, EINPROGRESS, EALREADY, EISCONN, ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, ETIMEDOUT,
                EADDRNOTAVAIL, EACCES, EPERM,
            ]
        case .createThread: [EAGAIN]
        case .epollControl: [ENOSPC, ENOMEM, EPERM]
        case .epollCreate: [EMFILE, ENFILE, ENOMEM]
        case .epollWait: [EINTR]
        case .eventCreate: [EMFILE, ENFILE, ENODEV, ENOMEM]
        case .eventRead: [EAGAIN, EINTR]
        case .fileIdentity: [ENOENT, EACCES]
        case .getError: [ENOBUFS, ECONNREFUSED]
        case .getLocalAddress, .getPeerAddress: [ENOBUFS, ENOTCONN]
        case .listen: [EADDRINUSE]
        case .lookup: [EAI_AGAIN, EAI_NONAME, EAI_MEMORY, ENOMEM]
        case .poll: [EINTR, EAGAIN, ENOMEM]
        case .receive: [EINTR, EAGAIN, ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ENOMEM]
        case .send: [EINTR, EAGAIN, EPIPE, ECONNRESET, ETIMEDOUT, ENOBUFS, ENOMEM]
        case .setBlocking: [ENOMEM]
        case .setOption: [EINVAL, ENOMEM, ENOPROTOOPT]
        // Not ENOTCONN: it says that the connection is gone, and here it would still be there.
        case .shutdown: [ENOBUFS]
        case .socket: [EMFILE, ENFILE, ENOBUFS, ENOMEM, EACCES, EAFNOSUPPORT]
        case .unlink: [ENOENT, EACCES]
        }
    }
}
