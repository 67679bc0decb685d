import CSystem
import Testing
import WSTransport

@Suite("Waiting: deadlines, wakes and the clock")
struct WaitingTests {
    @Test(arguments: BackendKind.allCases)
    func `a wait ends at its deadline and not before`(kind: BackendKind) throws {
        let world = try World(kind)
        let deadline = world.backend.now + .milliseconds(3)
        var waits = 0
        while world.backend.now < deadline {
            world.backend.wait(until: deadline)
            waits += 1
        }
        #expect(waits < 10, "it waits instead of spinning")
    }

    @Test(arguments: BackendKind.allCases)
    func `a deadline in the past looks without waiting`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        let now = world.backend.now
        for _ in 0..<100 { world.backend.wait(until: .zero) }
        if kind == .pipe { #expect(world.backend.now == now) }
        client.send("x")
        let limit = world.backend.now + .seconds(10)
        while server.received.isEmpty, world.backend.now < limit { world.backend.wait(until: .zero) }
        #expect(server.text == "x")
    }

    @Test(arguments: BackendKind.allCases)
    func `the clock never goes back`(kind: BackendKind) throws {
        let world = try World(kind)
        var last = world.backend.now
        for _ in 0..<50 {
            world.backend.wait(until: last + .microseconds(20))
            #expect(world.backend.now >= last)
            last = world.backend.now
        }
    }

    @Test(arguments: BackendKind.sockets)
    func `a wake from another thread ends a wait without deadline`(kind: BackendKind) throws {
        let world = try World(kind)
        let waker = world.backend.waker
        let thread = Thread { waker.wake() }
        world.backend.wait(until: nil)
        thread.join()
    }

    @Test(arguments: BackendKind.sockets)
    func `a wake ends a wait on open sockets`(kind: BackendKind) throws {
        let world = try World(kind)
        let acceptor = try world.listen()
        let waker = world.backend.waker
        let first = Thread { waker.wake() }
        world.backend.wait(until: nil)
        first.join()
        let (client, _) = try world.pair(acceptor)
        let second = Thread { waker.wake() }
        world.backend.wait(until: nil)
        second.join()
        #expect(client.told.isEmpty)
    }

    @Test(arguments: BackendKind.allCases)
    func `a wake before the wait counts, and counts once`(kind: BackendKind) throws {
        let world = try World(kind)
        _ = try world.listen()
        let start = world.backend.now
        world.backend.wake()
        world.backend.wake()
        world.backend.wait(until: start + .seconds(3600))
        #expect(world.backend.now < start + .seconds(60))
        let deadline = world.backend.now + .milliseconds(2)
        while world.backend.now < deadline { world.backend.wait(until: deadline) }
    }

    @Test(arguments: BackendKind.allCases)
    func `waking a backend that is gone does nothing`(kind: BackendKind) throws {
        let waker = try kind.make().waker
        waker.wake()
    }

    /// N-11: many threads wake while the loop works; run under the thread sanitizer too.
    @Test(arguments: BackendKind.allCases)
    func `many threads wake one loop that echoes`(kind: BackendKind) throws {
        let world = try World(kind)
        let (client, server) = try world.pair()
        server.echoes = true
        let waker = world.backend.waker
        let threads = (0..<4).map { _ in Thread { for _ in 0..<200 { waker.wake() } } }
        for round in 1...20 {
            client.send("12345")
            try world.run { client.received.count == round * 5 }
        }
        for thread in threads { thread.join() }
    }

    @Test(arguments: BackendKind.selectors)
    func `an hour away is no overflow`(kind: BackendKind) throws {
        let world = try World(kind)
        for deadline in [Duration.seconds(Int64.max), .seconds(1_000_000_000_000), world.backend.now + .seconds(3600)] {
            world.backend.wake()
            world.backend.wait(until: deadline)
        }
        world.backend.wait(until: .seconds(Int64.min))
    }
}
