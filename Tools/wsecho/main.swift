import ToolSupport
import WSNode

#if TLS
let securityOptions: [CommandLineParser.Option] = [
    .init("--tls-cert", value: "FILE", help: "serve wss: with this certificate"),
    .init("--tls-key", value: "FILE", help: "and its private key"),
    .init("--tls-ca", value: "FILE", help: "demand certificates of these authorities; with --autobahn, trust them"),
]
#else
let securityOptions: [CommandLineParser.Option] = []
#endif

let arguments = CommandLineParser(
    program: "wsecho",
    usage: """
        usage: wsecho [options]                          a server that sends back what it gets
               wsecho --autobahn URL [--agent NAME]      a client that runs the cases of a fuzzing server

        Prints `listening ws://HOST:PORT/` (`wss:` with TLS) when it is ready. SIGINT and SIGTERM close all connections with 1001.
        """,
    options: [
        .init("--host", value: "H", help: "address to listen at (127.0.0.1)"),
        .init("--port", value: "P", help: "port to listen at; 0 picks a free one (8080)"),
        .init("--unix", value: "PATH", help: "listen at a Unix-domain socket instead"),
        .init("--transport", value: "T", help: "epoll, poll or blocking (epoll)"),
        .init("--workers", value: "N", help: "threads, each with a loop of its own (1)"),
        .init("--mode", value: "M", help: "echo, broadcast or discard (echo)"),
        .init("--path", value: "/P", help: "the only path to accept (any)"),
        .init("--subprotocol", value: "A,B", help: "subprotocols to agree to (the first offered)"),
        .init("--max-payload", value: "N", help: "longest message, in bytes; 0 for no limit (100 MiB)"),
        .init("--hardened", help: "the limits for servers that face strangers"),
        .init("--deflate", help: "compress messages, if the client offers it"),
        .init("--record", value: "DIR", help: "write each connection into a file there, as a fixture for wsreplay"),
    ] + securityOptions + [
        .init("--autobahn", value: "URL", help: "be a client of this fuzzing server"),
        .init("--agent", value: "NAME", help: "the name to report there (swift-ws)"),
    ] + DeflateArguments.declared)

if let word = arguments.words.first { arguments.fail("unexpected argument \(word)") }
if let url = arguments.string("--autobahn") {
    let client = AutobahnClient(url: url, agent: arguments.string("--agent") ?? "swift-ws")
    #if TLS
    client.options.tls.ca = arguments.material("--tls-ca").map { [$0] }
    #endif
    client.options.recording = Settings.recording(arguments)
    client.run()
} else {
    EchoServer(Settings(arguments)).run()
}
