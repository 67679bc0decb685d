import ToolSupport
import WSTransport

/// `wsbench idle`: the memory a server needs for connections at rest.
enum IdleCommand {
    static func run() {
        let arguments = CommandLineParser(
            program: "wsbench",
            usage: """
                usage: wsbench idle --url U --server-pid P [options]

                Opens many connections and tells how much resident memory the server then needs more, for each. Many connections
                come from several addresses 127.0.0.x, as one has too few ports.
                """,
            options: CommonOptions.declared + [
                CommonOptions.edges,
                .init("--conns", value: "N", help: "connections (10000)"),
                .init("--touch", help: "echo a message on each before looking"),
                .init("--settle", value: "S", help: "how long to wait before looking (0.5)"),
            ] + LoadCompression.declared)
        let options = CommonOptions(arguments)
        let count = arguments.integer("--conns", in: 1...1_000_000) ?? 10_000
        let settle = arguments.seconds("--settle") ?? 0.5

        let compression = LoadCompression(arguments)
        let generator = Generator(options.target, connections: count + 1, offers: compression.offers)
        // What a server makes with its first connection is not counted.
        echo(generator.open(1), generator, compression)
        generator.run(seconds: settle)
        options.edges?.run(.start)
        let before = options.server?.residentBytes
        let transports = generator.open(count)
        if arguments.has("--touch") { echo(transports, generator, compression) }
        var lost = 0
        for transport in transports { _ = RestingClient(transport) { lost += 1 } }
        generator.run(seconds: settle)

        var report = Report()
        report.add("command", .word("idle"))
        report.add("conns", .count(count))
        if let before, let after = options.server?.residentBytes {
            report.add("rss_before_kb", .count(before / 1024))
            report.add("rss_after_kb", .count(after / 1024))
            report.add("rss_bytes_per_conn", .number(Double(after - before) / Double(count), decimals: 1))
        }
        options.edges?.run(.end)
        report.add("lost", .count(lost))
        report.print(asJSON: options.isJSON)
        if lost > 0 { CommandLineParser.fail(program: "wsbench", "\(lost) connections lost") }
    }

    /// Has one message echoed on each connection.
    private static func echo(_ transports: [any Transport], _ generator: Generator, _ compression: LoadCompression) {
        let ring = FrameRing(.binary, size: 64, count: 1, compress: compression.compress)
        let traffic = EchoTraffic(
            ring, depth: 1, isBursty: false, verifies: false, chunk: generator.chunk, compression: compression.terms)
        let clients = transports.map { EchoClient($0, traffic) }
        traffic.budget = clients.count
        for client in clients { client.begin() }
        generator.run { traffic.inFlight == 0 }
        if traffic.lost > 0 { CommandLineParser.fail(program: "wsbench", "\(traffic.lost) connections lost") }
    }
}
