import ToolSupport
import WSConnection
import WSHandshake
import WSNode

/// permessage-deflate for the generator: what it offers, how it compresses the ring, how it reads replies.
///
/// Each message of the ring is compressed on its own, since all connections send the same bytes; a peer takes that
/// whatever was agreed.
struct LoadCompression {
    /// What to offer; nothing without compression.
    let offers: [ExtensionOffer]
    /// What the server is expected to have agreed to.
    let terms: (any CompressionTerms)?

    static let declared: [CommandLineParser.Option] = [
        .init("--deflate", help: "compress messages both ways; the server must agree")
    ]

    init(_ arguments: CommandLineParser) {
        guard arguments.has("--deflate") else {
            offers = []
            terms = nil
            return
        }
        #if Compression
        let options = PerMessageDeflateOptions { $0.zlibDeflateOptions.level = 6 }
        offers = [PerMessageDeflateParameters.offer(options)]
        // Windows of 32 KiB take whatever else the server chose for itself.
        terms = PerMessageDeflate.Terms(PerMessageDeflateParameters(), isServer: false, options, in: DeflateWorkspace())
        #else
        arguments.fail("this build has no compression")
        #endif
    }

    /// What is sent of a payload.
    var compress: (([UInt8]) -> [UInt8])? {
        guard let terms else { return nil }
        return { payload in
            var compressed: [UInt8] = []
            do throws(CompressionError) {
                try Bytes(payload).withSpan { span throws(CompressionError) in
                    try terms.makeCompression().compress(span, isFinal: true) { compressed = Array($0) }
                }
            } catch {
                CommandLineParser.fail(program: "wsbench", error.message)
            }
            return compressed
        }
    }
}
