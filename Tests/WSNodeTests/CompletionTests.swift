import Testing
import WSNode

@Suite("Node API §2.7: completions")
struct CompletionTests {
    @Test(arguments: Environment.allCases)
    func `a completion may send, with completions of its own`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            var count = 0
            func sendNext() {
                guard count < 50 else { return }
                count += 1
                pair.client.send("\(count)") { error in
                    #expect(error == nil)
                    sendNext()
                }
            }
            sendNext()
            try loop.run { journal["server"].count == 50 }
            #expect(journal["server"] == (1...50).map { "message \"\($0)\"" })
        }
    }

    @Test(arguments: Environment.allCases)
    func `a completion may send while others fail`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer()
            let (peer, accepted, _) = try loop.upgradeRaw(to: server)
            let journal = Journal(accepted)
            peer.isPaused = true
            var failed = 0
            var late = 0
            for _ in 0..<8 {
                accepted.send(Bytes([UInt8](repeating: 1, count: 1 << 20))) { error in
                    guard error != nil else { return }
                    failed += 1
                    accepted.send("again") { if $0 != nil { late += 1 } }
                }
            }
            loop.run(for: .milliseconds(5))
            peer.reset()
            try loop.run { journal.has("close") && late == failed && failed > 0 }
            loop.watch()
            #expect(late == failed)
        }
    }

    @Test(arguments: Environment.allCases, ["close", "terminate"])
    func `a completion may end the connection`(environment: Environment, how: String) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            let journal = Journal(pair)
            var outcomes: [Bool] = []
            pair.client.send("a") { error in
                outcomes.append(error == nil)
                if how == "close" { pair.client.close() } else { pair.client.terminate() }
            }
            pair.client.send("b") { outcomes.append($0 == nil) }
            try loop.run { journal["client"].count == 1 && journal["server"].last?.hasPrefix("close") == true }
            #expect(outcomes == [true, true])
            #expect(journal["client"] == [how == "close" ? "close 1005" : "close 1006"])
        }
    }

    @Test(arguments: Environment.allCases)
    func `a completion never comes inside the call, nor twice, nor not at all`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let pair = try loop.makePair()
            var calls = [Int](repeating: 0, count: 60)
            var isInCall = false
            func send(_ number: Int) {
                isInCall = true
                let completion: WebSocket.Completion = { _ in
                    #expect(!isInCall)
                    calls[number] += 1
                }
                switch number % 4 {
                case 0: pair.client.send("x", completion: completion)
                case 1: pair.client.send(Bytes([UInt8](repeating: 0, count: 50_000)), completion: completion)
                case 2: pair.client.ping(completion: completion)
                default: pair.client.pong(completion: completion)
                }
                isInCall = false
            }
            for number in 0..<20 { send(number) }
            loop.run(for: .milliseconds(1))
            for number in 20..<40 { send(number) }
            pair.accepted.terminate()
            loop.run(for: .milliseconds(1))
            for number in 40..<60 { send(number) }
            try loop.run { pair.client.readyState == .closed && calls.allSatisfy { $0 > 0 } }
            loop.watch()
            #expect(calls.areAll(1))
        }
    }

    // B-SEND-020
    @Test func `a completion waits until the last byte is written`() throws {
        try withLoop(.pipe) { loop in
            let pair = try loop.makePair()
            let stream = try #require(loop.network?.links.first?.clientToServer)
            let before = stream.writtenBytes
            stream.writeSizes = [Int](repeating: 1, count: 30)
            var marks: [(String, Int)] = []
            pair.client.send("abcd") { _ in marks.append(("first", stream.writtenBytes - before)) }
            pair.client.send("efgh") { _ in marks.append(("second", stream.writtenBytes - before)) }
            try loop.run { marks.count == 2 }
            #expect(marks.map(\.0) == ["first", "second"])
            #expect(marks.map(\.1) == [10, 20])
        }
    }

    // Back-pressure: what `send` answers, and `drain`.
    @Test(arguments: Environment.allCases)
    func `a send past the mark answers false, and drain follows`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let server = try loop.makeServer { $0.highWaterMark = 1 << 20 }
            let (peer, accepted, _) = try loop.upgradeRaw(to: server)
            let journal = Journal(accepted)
            peer.isPaused = true
            let piece = Bytes([UInt8](repeating: 0, count: 1 << 19))
            var hasRoom = true
            var sent = 0
            while hasRoom, sent < 200 {
                hasRoom = accepted.send(piece)
                sent += 1
                loop.run(for: .milliseconds(1))
            }
            #expect(!hasRoom)
            #expect(!journal.has("drain"))
            peer.isPaused = false
            try loop.run { journal.has("drain") }
            #expect(accepted.bufferedAmount == 0)
            #expect(accepted.send("more"))
            #expect(journal.lines == ["drain"])
        }
    }
}
