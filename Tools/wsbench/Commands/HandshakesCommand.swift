import ToolSupport

/// `wsbench handshakes`: connections opened, upgraded and closed again.
enum HandshakesCommand {
    static func run() {
        let arguments = CommandLineParser(
            program: "wsbench",
            usage: """
                usage: wsbench handshakes --url U [options]

                Connects, upgrades, sends a close frame, waits for the server's and for the end of the stream, and starts again.
                Latencies are those up to the upgrade.
                """,
            options: CommonOptions.declared + [
                .init("--conns", value: "N", help: "connections in progress at a time (32)"),
                .init("--sources", value: "N", help: "connect from so many addresses 127.0.0.x, 1 to 250 (16)"),
                .init("--seconds", value: "S", help: "how long to measure (3)"),
                .init("--warmup", value: "S", help: "how long to run before that (0.5)"),
            ])
        let options = CommonOptions(arguments)
        let atOnce = arguments.integer("--conns", in: 1...10_000) ?? 32
        let sources = arguments.integer("--sources", in: 1...250) ?? 16

        let generator = Generator(options.target, connections: atOnce, sources: sources)
        var completed = 0
        var unclean = 0
        var due = atOnce
        var latencies = Histogram()
        func step() {
            while due > 0 {
                due -= 1
                let start = Clock.monotonic
                generator.open { transport in
                    latencies.record(Clock.monotonic - start)
                    _ = ClosingClient(transport, chunk: generator.chunk) { isClean in
                        completed += 1
                        if !isClean { unclean += 1 }
                        due += 1
                    }
                }
            }
        }
        func run(seconds: Double) {
            let end = Clock.monotonic + Int64(seconds * 1e9)
            while Clock.monotonic < end {
                step()
                generator.run(until: end) { due > 0 }
            }
        }
        run(seconds: arguments.seconds("--warmup") ?? 0.5)
        completed = 0
        unclean = 0
        latencies.removeAll()
        let window = Window(options.server)
        run(seconds: arguments.seconds("--seconds") ?? 3)

        var report = Report()
        report.add("command", .word("handshakes"))
        report.add("conns", .count(atOnce))
        window.end(operations: completed, in: &report)
        latencies.add(to: &report)
        report.add("unclean", .count(unclean))
        report.print(asJSON: options.isJSON)
        if unclean > 0 { CommandLineParser.fail(program: "wsbench", "\(unclean) connections closed without a frame") }
    }
}
