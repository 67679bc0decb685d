import ToolSupport

let usage = """
    usage: wsbench codec [options]         masking, UTF-8, headers, the connection machine and the handshake, without a network
           wsbench load --url U [options]        echoed messages
           wsbench broadcast --url U [options]   one sender, many receivers
           wsbench handshakes --url U [options]  connections opened and closed
           wsbench idle --url U [options]        the memory of connections at rest
           wsbench zlib [options]                zlib alone, for what compressed messages cost at least

    `wsbench COMMAND --help` lists the options of a command. Only servers on this machine are measured.
    """

switch CommandLine.arguments.dropFirst().first {
case "codec": CodecCommand.run()
case "load": LoadCommand.run()
case "broadcast": BroadcastCommand.run()
case "handshakes": HandshakesCommand.run()
case "idle": IdleCommand.run()
#if Compression
case "zlib": ZlibCommand.run()
#endif
case "--help", "-h": print(usage)
case let word?: CommandLineParser.fail(program: "wsbench", "no command \(word) (see --help)")
case nil: CommandLineParser.fail(program: "wsbench", "which command? (see --help)")
}
