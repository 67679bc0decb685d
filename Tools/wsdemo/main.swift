import ToolSupport
import WSNode

#if TLS
let securityOptions: [CommandLineParser.Option] = [
    .init("--tls-cert", value: "FILE", help: "serve https: and wss: with this certificate, which the check trusts"),
    .init("--tls-key", value: "FILE", help: "and its private key"),
]
#else
let securityOptions: [CommandLineParser.Option] = []
#endif

let arguments = CommandLineParser(
    program: "wsdemo",
    usage: """
        usage: wsdemo [options]

        Starts a server, checks it with a client while you watch, and then serves a page with a live chat and
        the server's figures until Ctrl-C.
        Exit status: 0, or 1 when the check failed or the server could not start.
        """,
    options: [
        .init("--port", value: "P", help: "port to listen at; 0 picks a free one (8080, or a free one)"),
        .init("--once", help: "end after the check"),
    ] + securityOptions)

if let word = arguments.words.first { arguments.fail("unexpected argument \(word)") }
Demo(port: arguments.integer("--port", in: 0...65535), isOnce: arguments.has("--once"), Security(arguments)).run()
