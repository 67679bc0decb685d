import ToolSupport

let arguments = CommandLineParser(
    program: "wsreplay",
    usage: """
        usage: wsreplay check [PATH …]          replay fixtures, whole and cut in every way, and compare (Fixtures)
               wsreplay replay FILE …           replay one and print what happens
               wsreplay fill FILE …             write into a fixture what its connection does now
               wsreplay diff FILE FILE          compare what two fixtures expect
               wsreplay record HOST:PORT        a proxy before a server; each connection becomes a fixture
               wsreplay new FILE                make a fixture from bytes in hexadecimal, or from a .pcap file

        A fixture is the life of one connection as text; Fixtures/README.md has the grammar.
        """,
    options: [
        .init("--step", help: "replay: one step at a time; Enter goes on"),
        .init("--json", help: "replay, check: one JSON object a line"),
        .init("--quick", help: "check: a few ways to cut each stream instead of all"),
        .init("--jobs", value: "N", help: "check: threads (2)"),
        .init("--seed", value: "N", help: "check: seed of the random cuts (1)"),
        .init("--role", value: "R", help: "record, new: whose story it is, client or server (server)"),
        .init("--port", value: "P", help: "record: port to listen at; 0 picks a free one (8081)"),
        .init("--directory", value: "D", help: "record: where fixtures are written (recordings)"),
        .init("--handshake", help: "new: the bytes begin with the opening handshake"),
    ])

guard let command = arguments.words.first else { arguments.fail("a command is missing (see --help)") }
let paths = Array(arguments.words.dropFirst())
switch command {
case "check": CheckCommand(arguments, paths: paths).run()
case "replay": ReplayCommand(arguments, paths: paths).run()
case "fill": FillCommand(arguments, paths: paths).run()
case "diff": DiffCommand(arguments, paths: paths).run()
case "record": RecordCommand(arguments, paths: paths).run()
case "new": NewCommand(arguments, paths: paths).run()
default: arguments.fail("unknown command \(command) (see --help)")
}
