import ToolSupport

/// The options of the commands that send messages: which ones, how many at a time, and for how long.
struct MessageOptions {
    let connections: Int
    let size: Int
    let kind: PayloadKind
    let depth: Int
    let fragment: Int?
    let isMixed: Bool
    let seconds: Double
    let warmup: Double

    static func declared(connections: Int) -> [CommandLineParser.Option] {
        [
            .init("--conns", value: "N", help: "connections (\(connections))"),
            .init("--size", value: "B", help: "payload bytes of a message (64)"),
            .init(
                "--payload", value: "K", help: "binary, ascii, cjk, emoji, cyrillic, json or utf8, a mixture (binary)"),
            .init("--mixed", help: "sizes of 1 byte up to that of --size"),
            .init("--depth", value: "D", help: "messages on their way at a time (1)"),
            .init("--fragment", value: "B", help: "send messages in frames of so many payload bytes"),
            .init("--seconds", value: "S", help: "how long to measure (3)"),
            .init("--warmup", value: "S", help: "how long to run before that (0.5)"),
        ]
    }

    init(_ arguments: CommandLineParser, connections: Int) {
        self.connections = arguments.integer("--conns", in: 1...1_000_000) ?? connections
        size = arguments.integer("--size", in: 0...1 << 30) ?? 64
        let kinds = PayloadKind.allCases.map(\.rawValue)
        kind = arguments.choice("--payload", of: kinds).flatMap(PayloadKind.init) ?? .binary
        isMixed = arguments.has("--mixed")
        depth = arguments.integer("--depth", in: 1...65_536) ?? 1
        fragment = arguments.integer("--fragment", in: 1...1 << 30)
        seconds = arguments.seconds("--seconds") ?? 3
        warmup = arguments.seconds("--warmup") ?? 0.5
    }

    /// The messages themselves.
    ///
    /// - Parameter compress: makes what is sent of a payload.
    func ring(compress: (([UInt8]) -> [UInt8])? = nil) -> FrameRing {
        FrameRing(
            kind, size: size, count: isMixed ? 64 : FrameRing.usefulCount(size: size, atLeast: depth), isMixed: isMixed,
            fragment: fragment, compress: compress)
    }

    /// Adds what was asked for to a report.
    func add(to report: inout Report) {
        report.add("conns", .count(connections))
        report.add("size", .count(size))
        report.add("payload", .word(kind.rawValue))
        report.add("depth", .count(depth))
        report.add("fragment", fragment.map { .count($0) })
    }
}
