import Testing
import WSNode

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite("Standard input and output as streams")
struct DescriptorStreamTests {
    private func makePipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    // Threads know no virtual time, so sockets only.
    @Test(arguments: Environment.sockets)
    func `what one stream writes the other reads, at the reader's speed`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (reading, writing) = try makePipe()
            defer { close(reading) }
            let input = Duplex(reading: reading, on: loop.events)
            let output = Duplex(writing: writing, on: loop.events)
            var received: [UInt8] = []
            input.on(.data) { received += $0 }
            input.pause()
            let sent = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            var outcome: [WebSocketError?] = []
            #expect(!output.write(sent) { outcome.append($0) })
            loop.run(for: .milliseconds(5))
            #expect(received.isEmpty && outcome.isEmpty)
            var hasDrained = false
            output.on(.drain) { hasDrained = true }
            input.resume()
            try loop.run { hasDrained }
            #expect(outcome == [nil])
            var ends: [String] = []
            output.on(.finish) { ends.append("finish") }
            output.on(.close) {
                ends.append("output")
                close(writing)
            }
            input.on(.end) { ends.append("end") }
            input.on(.close) { ends.append("input") }
            output.end("!")
            try loop.run { ends.count == 4 }
            #expect(ends == ["finish", "output", "end", "input"])
            #expect(received == sent + Array("!".utf8))
        }
    }

    @Test(arguments: Environment.sockets)
    func `a reader that has gone is an error`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (reading, writing) = try makePipe()
            close(reading)
            defer { close(writing) }
            let output = Duplex(writing: writing, on: loop.events)
            var errors: [String] = []
            output.on(.error) { errors.append(describe($0)) }
            output.write("lost")
            try loop.run { output.closed }
            #expect(errors == ["Error: write EPIPE [EPIPE]"])
        }
    }

    @Test(arguments: Environment.sockets)
    func `a descriptor that cannot be read is an error`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let input = Duplex(reading: -1, on: loop.events)
            var errors: [String] = []
            input.on(.error) { errors.append(describe($0)) }
            input.resume()
            try loop.run { input.closed }
            #expect(errors == ["Error: read EBADF [EBADF]"])
        }
    }

    @Test(arguments: Environment.sockets)
    func `a descriptor somebody made non-blocking is waited for all the same`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (reading, writing) = try makePipe()
            defer { close(reading) }
            for end in [reading, writing] { #expect(fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) == 0) }
            let input = Duplex(reading: reading, on: loop.events)
            let output = Duplex(writing: writing, on: loop.events)
            var count = 0
            input.on(.data) { count += $0.count }
            loop.run(for: .milliseconds(5))
            output.write([UInt8](repeating: 0, count: 300_000))
            try loop.run { count == 300_000 }
            output.end()
            try loop.run { output.closed }
            close(writing)
            try loop.run { input.closed }
        }
    }

    @Test
    func `a reader that pauses does not keep the loop running`() throws {
        try withLoop(.epoll) { loop in
            let (reading, writing) = try makePipe()
            defer { close(reading) }
            let input = Duplex(reading: reading, on: loop.events)
            input.resume()
            loop.run(for: .milliseconds(1))
            input.pause()
            // It returns, although a thread waits for bytes.
            loop.events.run()
            close(writing)
            input.resume()
            try loop.run { input.closed }
        }
    }

    // B-STR-011 of the other kind: standard input through a socket to standard output, as in a shell.
    @Test(arguments: Environment.sockets)
    func `input is piped through an echoing server to output`(environment: Environment) throws {
        try withLoop(environment) { loop in
            let (stdin, toStdin) = try makePipe()
            let (fromStdout, stdout) = try makePipe()
            defer { for end in [stdin, fromStdout] { close(end) } }
            let server = try loop.makeServer()
            server.on(.connection) { socket, _ in
                let stream = createWebSocketStream(socket)
                stream.pipe(to: stream)
            }
            let stream = createWebSocketStream(try loop.makeClient(of: server))
            Duplex(reading: stdin, on: loop.events).pipe(to: stream).pipe(to: Duplex(writing: stdout, on: loop.events))
            var echoed: [UInt8] = []
            let check = Duplex(reading: fromStdout, on: loop.events)
            check.on(.data) { echoed += $0 }
            let text = Array("one\ntwo\n".utf8)
            #expect(write(toStdin, text, text.count) == text.count)
            try loop.run { echoed.count == text.count }
            #expect(echoed == text)
            // The end of input ends the stream, and the server's with it.
            close(toStdin)
            try loop.run { stream.closed }
            close(stdout)
            try loop.run { check.closed }
        }
    }
}
