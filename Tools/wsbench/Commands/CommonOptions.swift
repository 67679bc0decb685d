import ToolSupport

/// The options that every command with a server has.
struct CommonOptions {
    let target: Target
    let server: ServerProcess?
    let edges: EdgeCommand?
    let isJSON: Bool

    static var declared: [CommandLineParser.Option] {
        [
            .init("--url", value: "U", help: "the server, ws://127.0.0.1:PORT/ (or wss:) or ws+unix:PATH"),
            .init("--server-pid", value: "P", help: "tell this process's CPU time and memory"),
            .init("--json", help: "one line of JSON"),
        ]
    }

    /// For the commands that have quiet moments.
    static var edges: CommandLineParser.Option {
        .init("--at-edges", value: "COMMAND", help: "run `COMMAND start` and `COMMAND end` around what is measured")
    }

    init(_ arguments: CommandLineParser) {
        if arguments.words.count > 1 { arguments.fail("unexpected argument \(arguments.words[1])") }
        guard let address = arguments.string("--url") else { arguments.fail("--url is needed") }
        switch Target.parse(address) {
        case .success(let target): self.target = target
        case .failure(let error): arguments.fail(error.message)
        }
        server = arguments.integer("--server-pid", in: 1...Int(Int32.max)).map(ServerProcess.init)
        edges = arguments.string("--at-edges").map(EdgeCommand.init)
        isJSON = arguments.has("--json")
    }
}
