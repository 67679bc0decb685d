import Testing
import ToolSupport
import WSNode

@Suite("The event loop")
struct EventLoopTests {
    /// Notes what happens, in order.
    private final class Order {
        var lines: [String] = []
        func callAsFunction(_ line: String) { lines.append(line) }
    }

    private func makeLoop(_ environment: Environment = .pipe) throws -> EventLoop {
        EventLoop(backend: try environment.makeBackend())
    }

    @Test(arguments: Environment.allCases)
    func `a turn runs timers, then what was posted, then immediates, and ticks before all of them`(
        environment: Environment
    ) throws {
        let loop = try makeLoop(environment)
        let order = Order()
        func note(_ line: String) -> () -> Void {
            {
                order(line)
                loop.nextTick { order("tick of \(line)") }
            }
        }
        loop.setImmediate(note("immediate"))
        loop.mailbox.post { $0.nextTick {} }
        loop.setTimeout(.zero, note("timer"))
        loop.nextTick(note("tick"))
        loop.run()
        #expect(
            order.lines == [
                "tick", "tick of tick", "timer", "tick of timer", "immediate", "tick of immediate",
            ])
    }

    @Test func `timers run in the order of their times, and those of one time in the order they were set`() throws {
        let loop = try makeLoop()
        let order = Order()
        for (name, seconds) in [("c", 3), ("a", 1), ("b1", 2), ("b2", 2), ("d", 4)] {
            loop.setTimeout(.seconds(seconds)) { order("\(name)@\(loop.now.components.seconds)") }
        }
        let beginning = loop.now
        loop.run()
        #expect(loop.now - beginning == .seconds(4))
        #expect(order.lines.map { $0.prefix { $0 != "@" } } == ["a", "b1", "b2", "c", "d"])
    }

    @Test(arguments: Environment.allCases)
    func `timers and immediates that arise in a turn wait for the next one`(environment: Environment) throws {
        let loop = try makeLoop(environment)
        let order = Order()
        loop.setTimeout(.zero) {
            order("timer")
            loop.setTimeout(.zero) { order("timer of timer") }
            loop.setImmediate {
                order("immediate of timer")
                loop.setImmediate { order("immediate of immediate") }
            }
        }
        loop.run()
        #expect(order.lines.prefix(2) == ["timer", "immediate of timer"])
        #expect(Set(order.lines.dropFirst(2)) == ["timer of timer", "immediate of immediate"])
    }

    @Test func `an interval keeps its pace, whatever a callback takes`() throws {
        let loop = try makeLoop()
        let beginning = loop.now
        var times: [Duration] = []
        var interval: WSNode.Timer?
        interval = loop.setInterval(.milliseconds(10)) {
            times.append(loop.now - beginning)
            if times.count == 4 { interval?.cancel() }
        }
        loop.run()
        #expect(times == [10, 20, 30, 40].map { .milliseconds($0) })
    }

    @Test func `an interval is at least a millisecond, and a negative delay is none`() throws {
        let loop = try makeLoop()
        let beginning = loop.now
        var times: [Duration] = []
        let interval = loop.setInterval(.zero) { times.append(loop.now - beginning) }
        loop.setTimeout(.seconds(-1)) { times.append(.zero) }
        loop.setTimeout(.microseconds(2500)) { interval.cancel() }
        loop.run()
        #expect(times == [.zero, .milliseconds(1), .milliseconds(2)])
    }

    @Test(arguments: Environment.allCases)
    func `what is cancelled does not run, not even in the turn it is due`(environment: Environment) throws {
        let loop = try makeLoop(environment)
        let order = Order()
        let timer = loop.setTimeout(.zero) { order("timer") }
        let immediate = loop.setImmediate { order("immediate") }
        loop.setImmediate {
            let later = loop.setImmediate { order("later") }
            later.cancel()
        }
        timer.cancel()
        timer.cancel()
        immediate.cancel()
        loop.run()
        #expect(order.lines.isEmpty)
    }

    @Test func `the loop ends when only timers that are not referenced are left`() throws {
        let loop = try makeLoop()
        let order = Order()
        let beginning = loop.now
        loop.setTimeout(.seconds(1)) { order("referenced") }
        let other = loop.setTimeout(.seconds(2)) { order("unreferenced") }.unref()
        loop.run()
        #expect(order.lines == ["referenced"])
        #expect(loop.now - beginning == .seconds(1))
        #expect(!other.isReferenced)
        other.ref()
        loop.run()
        #expect(order.lines == ["referenced", "unreferenced"])
    }

    @Test(arguments: Environment.allCases)
    func `stop ends the run with the turn, and the next run goes on`(environment: Environment) throws {
        let loop = try makeLoop(environment)
        let order = Order()
        loop.setTimeout(.zero) {
            order("first")
            loop.stop()
            loop.setTimeout(.zero) { order("second") }
        }
        loop.run()
        #expect(order.lines == ["first"])
        loop.run()
        #expect(order.lines == ["first", "second"])
    }

    @Test(arguments: Environment.allCases)
    func `run until a condition tells whether it holds`(environment: Environment) throws {
        let loop = try makeLoop(environment)
        var count = 0
        let interval = loop.setInterval(.milliseconds(1)) { count += 1 }
        #expect(loop.run { count == 3 })
        #expect(count == 3)
        interval.cancel()
        #expect(!loop.run { count == 4 })
    }

    @Test(arguments: Environment.sockets)
    func `a loop that waits is woken by what another thread posts`(environment: Environment) throws {
        let loop = try makeLoop(environment)
        var isLate = false
        let limit = loop.setTimeout(environment.patience) { isLate = true }
        let mailbox = loop.mailbox
        #expect(Thread.start { mailbox.post { $0.stop() } })
        loop.run()
        #expect(!isLate)
        limit.cancel()
        loop.run()
    }

    @Test(arguments: Environment.allCases)
    func `what is posted runs in the order of posting, and keeps the loop running`(environment: Environment) throws {
        let loop = try makeLoop(environment)
        let order = Order()
        for number in 1...3 {
            loop.mailbox.post { loop in
                loop.report("\(number)")
                if number == 3 { loop.mailbox.post { $0.report("posted by 3") } }
            }
        }
        loop.report = { order($0) }
        loop.run()
        #expect(order.lines == ["1", "2", "3", "posted by 3"])
    }

    @Test(arguments: Environment.allCases)
    func `a loop is the thread's current one while it runs, and then the one before is again`(
        environment: Environment
    ) throws {
        let (outer, inner) = (try makeLoop(environment), try makeLoop())
        let before = EventLoop.current
        let order = Order()
        outer.setTimeout(.zero) {
            if EventLoop.current === outer { order("outer") }
            inner.setImmediate { if EventLoop.current === inner { order("inner") } }
            inner.run()
            if EventLoop.current === outer { order("outer again") }
        }
        outer.run()
        #expect(order.lines == ["outer", "inner", "outer again"])
        #expect(EventLoop.current === before)
    }

    @Test func `a loop installed while another runs stays installed`() throws {
        let (running, installed) = (try makeLoop(), try makeLoop())
        let before = EventLoop.current
        defer { before.makeCurrent() }
        running.setImmediate { installed.makeCurrent() }
        running.run()
        #expect(EventLoop.current === installed)
    }
}
