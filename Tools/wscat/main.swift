import ToolSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

#if TLS
let securityOptions: [CommandLineParser.Option] = [
    .init("--ca", value: "FILE", help: "trust these authorities instead of the system's"),
    .init("--cert", value: "FILE", help: "show this certificate; with --listen, be a server with TLS"),
    .init("--key", value: "FILE", help: "and its private key"),
    .init("--servername", value: "NAME", help: "ask for this server, and expect its certificate (the URL's host)"),
    .init("--passphrase", value: "TEXT", help: "what the key is encrypted with"),
    .init("--no-check", "-n", help: "accept a server that cannot prove who it is"),
]
#else
let securityOptions: [CommandLineParser.Option] = []
#endif

let arguments = CommandLineParser(
    program: "wscat",
    usage: """
        usage: wscat [options] (--connect URL | --listen PORT)

        On a terminal, lines that are typed are sent and messages are shown as they arrive. Otherwise each line of
        standard input is sent as a text message, each message received is a line of standard output, and the end of the
        input closes the connection. Exit status: 0 after a clean close, else 1.
        """,
    options: [
        .init("--connect", "-c", value: "URL", help: "connect to a server (ws:// may be left out)"),
        .init("--listen", "-l", value: "PORT", help: "be a server, for one client at a time; 0 picks a free port"),
        .init("--execute", "-x", value: "COMMAND", help: "send this once connected; may be repeated"),
        .init("--wait", "-w", value: "SECONDS", help: "stay after --execute (2) or the end of input (0); -1: for ever"),
        .init("--subprotocol", "-s", value: "NAME", help: "offer, or agree to, a subprotocol; may be repeated"),
        .init("--header", "-H", value: "NAME:VALUE", help: "send a header field; may be repeated"),
        .init("--origin", "-o", value: "ORIGIN", help: "send an Origin"),
        .init("--host", value: "HOST", help: "send this Host; with --listen, the address to listen at (any)"),
        .init("--auth", value: "USER:PASSWORD", help: "send Basic credentials"),
        .init("--location", "-L", help: "follow redirects"),
        .init("--proxy", value: "ADDRESS", help: "connect through a proxy: http, https, socks5 or socks5h URL"),
        .init("--proxy-env", help: "connect through the proxies that http_proxy and the like name"),
        .init("--protocol", "-p", value: "VERSION", help: "version of the protocol: 13 or 8 (13)"),
        .init("--handshake-timeout", value: "SECONDS", help: "how long connecting may take (for ever)"),
    ] + securityOptions + [
        .init("--show-ping-pong", "-P", help: "tell about pings and pongs"),
        .init("--deflate", help: "with --listen: compress messages, if the client offers it"),
        .init("--no-deflate", help: "with --connect: do not offer to compress messages"),
        .init("--slash", help: "take /ping [DATA], /pong [DATA] and /close [CODE [REASON]] as commands"),
        .init("--binary", help: "send all input as one binary message; write received payloads as they are"),
        .init("--record", value: "DIR", help: "write each connection into a file there, as a fixture for wsreplay"),
        .init("--no-color", help: "no colours"),
        .init("--version", "-V", help: "print the version"),
    ] + DeflateArguments.declared)

if arguments.has("--version") {
    StandardOutput.write(Version.current + "\n")
    exit(0)
}
exit(Program(Settings(arguments)).run())
