import ToolSupport

/// `wsbench codec`: what the pure modules cost, without a network.
enum CodecCommand {
    static func run() {
        let arguments = CommandLineParser(
            program: "wsbench",
            usage: """
                usage: wsbench codec [--json] [--seconds S]

                Speeds of masking and UTF-8 validation beside memcpy in the same run, and times of headers, of messages through
                the connection machine and of the server's handshake. Medians, in processor time of one thread.
                """,
            options: [
                .init("--json", help: "one line of JSON"),
                .init("--seconds", value: "S", help: "how long to measure altogether, 1 to 600 (10)"),
            ])
        if arguments.words.count > 1 { arguments.fail("unexpected argument \(arguments.words[1])") }
        let seconds = Double(arguments.integer("--seconds", in: 1...600) ?? 10)

        var sections: [(title: String, groups: [[Operation]])] = [
            ("masking", MaskingOperations.groups),
            ("utf8", UTF8Operations.groups),
            ("header", [HeaderOperations.all]),
            ("connection", [ConnectionOperations.all]),
            ("handshake", [HandshakeOperations.all]),
        ]
        let operationCount = sections.reduce(0) { $0 + $1.groups.reduce(0) { $0 + $1.count } }
        let stopwatch = Stopwatch(seconds: seconds / Double(operationCount))
        var report = Report()
        while !sections.isEmpty {
            let (title, groups) = sections.removeFirst()
            let measurements = groups.flatMap(stopwatch.measure)
            report.add(title, .list(measurements.map(\.report)))
            if !arguments.has("--json") { show(title, measurements) }
        }
        if arguments.has("--json") { report.print(asJSON: true) }
    }

    private static func show(_ title: String, _ measurements: [Measurement]) {
        var table = Table(title, "bytes", "ns", "GB/s", "× memcpy")
        for one in measurements {
            table.add([
                one.name, one.byteCount.map { "\($0)" } ?? "", one.nanoseconds.fixed(1),
                one.gigabytesPerSecond?.fixed(1) ?? "", one.ratio?.fixed(2) ?? "",
            ])
        }
        table.print()
    }
}
