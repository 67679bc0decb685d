/// How permessage-deflate is negotiated and how it compresses. Names and defaults are those of Node's `ws`.
public struct PerMessageDeflateOptions: Sendable, Equatable {
    /// Whether the server's messages are each compressed on their own. A server: `true` imposes it, `false` declines
    /// offers that ask for it. A client: `true` asks for it.
    public var serverNoContextTakeover: Bool?

    /// Whether the client's messages are each compressed on their own. A server: `true` imposes it. A client: `true`
    /// announces it, `false` fails the connection if the server asks for it.
    public var clientNoContextTakeover: Bool?

    /// The server's window. A server: a number imposes it and declines offers of a smaller one, `false` declines offers
    /// that name any. A client: a number asks for it.
    public var serverMaxWindowBits: WindowBits?

    /// The client's window. A server: a number imposes it and declines offers without the parameter, `false` never
    /// answers with it. A client: a number is announced and used, `false` leaves the parameter out and fails the
    /// connection if the server sends it; nil and `true` announce support without a number.
    public var clientMaxWindowBits: WindowBits?

    /// Messages of fewer bytes are sent as they are, where ours are each compressed on their own; the first fragment
    /// decides. With a context even the shortest message is worth it, and the threshold does not count.
    public var threshold = 1024

    /// How many contexts a loop keeps for connections that compress each message on its own, in each direction; 0 for
    /// no limit. So many such messages may be under way at a time without a context being made anew.
    public var concurrencyLimit = 10

    /// How zlib compresses.
    public var zlibDeflateOptions = ZlibDeflateOptions()

    /// How zlib decompresses.
    public var zlibInflateOptions = ZlibInflateOptions()

    /// The defaults.
    public init() {}

    /// The defaults, but for what the closure changes.
    public init(_ change: (inout PerMessageDeflateOptions) -> Void) {
        change(&self)
    }

    /// The option that has no sense, if there is one.
    public var fault: InvalidOption? {
        func outside(_ name: String, _ value: Int?, _ range: ClosedRange<Int>) -> InvalidOption? {
            guard let value, !range.contains(value) else { return nil }
            return InvalidOption(name: name, value: value, range: range)
        }
        return outside("serverMaxWindowBits", serverMaxWindowBits?.number, 8...15)
            ?? outside("clientMaxWindowBits", clientMaxWindowBits?.number, 8...15)
            ?? outside("threshold", threshold, 0...Int.max)
            ?? outside("concurrencyLimit", concurrencyLimit, 0...Int.max)
            ?? outside("level", zlibDeflateOptions.level, -1...9)
            ?? outside("memLevel", zlibDeflateOptions.memLevel, 1...9)
            ?? outside("chunkSize", zlibDeflateOptions.chunkSize, 64...Int(Int32.max))
            ?? outside("chunkSize", zlibInflateOptions.chunkSize, 64...Int(Int32.max))
    }

    /// An option outside of its range.
    public struct InvalidOption: Error, Sendable, Equatable {
        /// The option's name.
        public let name: String
        /// Its value.
        public let value: Int
        /// What it may be.
        public let range: ClosedRange<Int>
    }
}

/// How zlib compresses: the options of Node's `zlib`.
public struct ZlibDeflateOptions: Sendable, Equatable {
    /// 0 (stored) to 9 (smallest); -1 for zlib's default, which is 6.
    public var level = -1

    /// 1 (least memory, slow) to 9 (most).
    public var memLevel = 8

    /// How matches are looked for.
    public var strategy = Strategy.default

    /// Bytes of memory for the output of a message to begin with; it is shared by all connections of a loop, and grows
    /// as needed.
    public var chunkSize = 64 * 1024

    /// zlib's strategies.
    public enum Strategy: Int, Sendable {
        /// For anything.
        case `default` = 0
        /// For small random values: less matching.
        case filtered = 1
        /// No matching at all.
        case huffmanOnly = 2
        /// Only runs of one byte.
        case rle = 3
        /// No codes made for the data.
        case fixed = 4
    }

    /// The defaults.
    public init() {}
}

/// How zlib decompresses: the option of Node's `zlib`.
public struct ZlibInflateOptions: Sendable, Equatable {
    /// The most bytes made in one go, before the length of the message is looked at.
    public var chunkSize = 64 * 1024

    /// The defaults.
    public init() {}
}
