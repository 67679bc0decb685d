import ToolSupport

/// `wsbench load`: messages that a server echoes.
enum LoadCommand {
    static func run() {
        let arguments = CommandLineParser(
            program: "wsbench",
            usage: """
                usage: wsbench load --url U [options]

                Sends messages over many connections and counts the echoes. `server_us_per_op` is the server's processor time per
                message, the figure that holds when the machine is shared. If `client_cpu` is near 1 while `server_cpu` is below,
                this generator was the limit.
                """,
            options: CommonOptions.declared + MessageOptions.declared(connections: 1) + [
                .init("--burst", help: "send the next D messages in one write when all D replies are back"),
                .init("--messages", value: "N", help: "measure so many messages, all answered, instead of a time"),
                CommonOptions.edges,
                .init("--verify", help: "compare every byte of the replies"),
            ] + LoadCompression.declared)
        let options = CommonOptions(arguments)
        let messages = MessageOptions(arguments, connections: 1)
        let wanted = arguments.integer("--messages", in: 1...1 << 40)
        if options.edges != nil, wanted == nil { arguments.fail("--at-edges needs --messages") }

        let compression = LoadCompression(arguments)
        let generator = Generator(options.target, connections: messages.connections, offers: compression.offers)
        let ring = messages.ring(compress: compression.compress)
        let traffic = EchoTraffic(
            ring, depth: messages.depth, isBursty: arguments.has("--burst"), verifies: arguments.has("--verify"),
            chunk: generator.chunk, compression: compression.terms)
        let clients = generator.open(messages.connections).map { EchoClient($0, traffic) }
        let isOver = { traffic.lost == messages.connections }

        traffic.budget = .max
        for client in clients { client.begin() }
        generator.run(until: Clock.monotonic + Int64(messages.warmup * 1e9), or: isOver)

        var report = Report()
        report.add("command", .word("load"))
        messages.add(to: &report)
        report.add("wire_bytes", .number(ring.meanWireByteCount, decimals: 1))
        if let wanted {
            traffic.budget = 0
            generator.run { traffic.inFlight == 0 }
            options.edges?.run(.start)
            traffic.reset()
            let window = Window(options.server)
            traffic.budget = wanted
            for client in clients { client.begin() }
            generator.run { traffic.echoed >= wanted / 10 || isOver() }
            report.add("server_rss_at_tenth_kb", options.server?.residentBytes.map { .count($0 / 1024) })
            generator.run { traffic.inFlight == 0 && (traffic.budget == 0 || isOver()) }
            window.end(operations: traffic.echoed, byteCount: messages.size, in: &report)
            options.edges?.run(.end)
        } else {
            traffic.reset()
            let window = Window(options.server)
            generator.run(until: Clock.monotonic + Int64(messages.seconds * 1e9), or: isOver)
            window.end(operations: traffic.echoed, byteCount: messages.size, in: &report)
        }
        traffic.latencies.add(to: &report)
        report.add("lost", .count(traffic.lost))
        report.add("wrong", .count(traffic.wrong))
        report.print(asJSON: options.isJSON)
        if traffic.lost + traffic.wrong > 0 {
            CommandLineParser.fail(
                program: "wsbench", "\(traffic.lost) connections lost, \(traffic.wrong) wrong replies")
        }
    }
}
