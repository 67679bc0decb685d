import ToolSupport

#if Compression
/// `wsbench zlib`: what zlib alone costs for an echo of compressed messages.
enum ZlibCommand {
    static func run() {
        let arguments = CommandLineParser(
            program: "wsbench",
            usage: """
                usage: wsbench zlib [options]

                Inflates and deflates the messages that `wsbench load --deflate` sends, as an echo server has to, with a pair of
                contexts for each connection and nothing else. `us_per_op` is processor time of this thread: what is left of a
                server's time when this is taken away was not spent in zlib.
                """,
            options: MessageOptions.declared(connections: 1) + [
                .init("--level", value: "N", help: "zlib's level for the replies, 0 to 9 (6)"),
                .init("--json", help: "one line of JSON"),
            ])
        if arguments.words.count > 1 { arguments.fail("unexpected argument \(arguments.words[1])") }
        let messages = MessageOptions(arguments, connections: 1)
        let level = arguments.integer("--level", in: 0...9) ?? 6
        let echo = ZlibEcho(messages.kind, size: messages.size, connections: messages.connections, level: level)
        echo.run(seconds: messages.warmup)
        let (operations, nanoseconds) = echo.run(seconds: messages.seconds)

        var report = Report()
        report.add("command", .word("zlib"))
        messages.add(to: &report)
        report.add("level", .count(level))
        report.add("ops", .count(operations))
        report.add("us_per_op", .number(Double(nanoseconds) / 1000 / Double(max(1, operations)), decimals: 4))
        report.add("reply_bytes", .number(Double(echo.producedByteCount) / Double(max(1, echo.count)), decimals: 1))
        report.print(asJSON: arguments.has("--json"))
    }
}
#endif
