public import WSNode

/// How a command line wants messages compressed (permessage-deflate).
public enum DeflateArguments {
    /// The options, besides the one that turns compression on or off.
    public static let declared: [CommandLineParser.Option] = [
        .init("--deflate-level", value: "N", help: "zlib's level, 0 to 9 (6)"),
        .init("--deflate-threshold", value: "N", help: "shortest message compressed without context takeover (1024)"),
        .init(
            "--deflate-no-takeover", value: "SIDE", help: "messages of the server, client or both on their own (none)"),
        .init("--deflate-server-bits", value: "N", help: "the server's window, 8 to 15 (15)"),
        .init("--deflate-client-bits", value: "N", help: "the client's window, 8 to 15 (15)"),
    ]

    /// Whether this build can compress.
    public static var isAvailable: Bool {
        #if Compression
        true
        #else
        false
        #endif
    }

    /// What the options say.
    ///
    /// - Parameter isOn: whether compression is wanted at all.
    public static func setting(_ arguments: CommandLineParser, isOn: Bool) -> PerMessageDeflateSetting {
        guard isOn else {
            if let name = declared.map(\.names[0]).first(where: arguments.has) {
                arguments.fail("\(name) goes with compression only")
            }
            return false
        }
        #if Compression
        return .on { options in
            if let level = arguments.integer("--deflate-level", in: 0...9) { options.zlibDeflateOptions.level = level }
            if let count = arguments.integer("--deflate-threshold", in: 0...Int.max) { options.threshold = count }
            let side = arguments.choice("--deflate-no-takeover", of: ["server", "client", "both"])
            if side == "server" || side == "both" { options.serverNoContextTakeover = true }
            if side == "client" || side == "both" { options.clientNoContextTakeover = true }
            if let bits = arguments.integer("--deflate-server-bits", in: 8...15) {
                options.serverMaxWindowBits = .bits(bits)
            }
            if let bits = arguments.integer("--deflate-client-bits", in: 8...15) {
                options.clientMaxWindowBits = .bits(bits)
            }
        }
        #else
        return true
        #endif
    }
}
