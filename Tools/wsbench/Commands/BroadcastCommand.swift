import ToolSupport

/// `wsbench broadcast`: messages of one connection that a server sends to all.
enum BroadcastCommand {
    static func run() {
        let arguments = CommandLineParser(
            program: "wsbench",
            usage: """
                usage: wsbench broadcast --url U [options]

                One connection sends; the server (wsecho --mode broadcast) sends each message to every connection, the sender
                included. An operation is one delivery. A message is replaced by the next when everybody has it.
                """,
            options: CommonOptions.declared + MessageOptions.declared(connections: 100))
        let options = CommonOptions(arguments)
        let messages = MessageOptions(arguments, connections: 100)

        let generator = Generator(options.target, connections: messages.connections)
        let traffic = BroadcastTraffic(
            messages.ring(), depth: messages.depth, receivers: messages.connections, chunk: generator.chunk)
        let clients = generator.open(messages.connections).map { BroadcastClient($0, traffic) }
        traffic.release = { clients[0].send($0) }
        // A delivery less, and no message is ever complete again.
        let isOver = { traffic.lost > 0 }

        traffic.begin()
        generator.run(until: Clock.monotonic + Int64(messages.warmup * 1e9), or: isOver)
        traffic.reset()
        let window = Window(options.server)
        generator.run(until: Clock.monotonic + Int64(messages.seconds * 1e9), or: isOver)

        var report = Report()
        report.add("command", .word("broadcast"))
        messages.add(to: &report)
        window.end(operations: traffic.deliveries, byteCount: messages.size, in: &report)
        traffic.latencies.add(to: &report)
        report.add("lost", .count(traffic.lost))
        report.add("wrong", .count(traffic.wrong))
        report.print(asJSON: options.isJSON)
        if traffic.lost + traffic.wrong > 0 {
            CommandLineParser.fail(
                program: "wsbench", "\(traffic.lost) connections lost, \(traffic.wrong) wrong messages")
        }
    }
}
