import CZlib

/// All that decides what a compressor makes of its input.
struct DeflateSettings: Hashable {
    var windowBits: Int32
    var level: Int32
    var memLevel: Int32
    var strategy: Int32

    /// - Parameter agreedBits: the window may be 2^n bytes at most, 8 to 15.
    init(agreedBits: Int, _ options: ZlibDeflateOptions, isStockZlib: Bool = ZlibVersion.isStock) {
        level = Int32(options.level)
        memLevel = Int32(options.memLevel)
        strategy = Int32(options.strategy.rawValue)
        // There is no raw deflate of 8 bits in zlib. With a window of 9 it looks back at most 512 - 262 bytes, as it keeps
        // room for its look-ahead, which is within 256. Of other makes that is not known: they get to look for no match.
        windowBits = Int32(max(agreedBits, 9))
        if agreedBits < 9, !isStockZlib { strategy = Z_HUFFMAN_ONLY }
    }

    /// The settings in one number.
    var number: Int {
        ((Int(windowBits) * 16 + Int(level) + 1) * 16 + Int(memLevel)) * 16 + Int(strategy)
    }
}
