public import WSConnection
public import WSFrame
public import WSHandshake

/// The connection a fixture begins with.
public struct Setup: Sendable {
    /// Which end it is.
    public var role = Role.server
    /// Whether the opening handshake is part of the story.
    public var opening = Opening.done
    /// Limits and switches.
    public var configuration = ConnectionConfiguration()
    /// The masking keys of a client.
    public var keys = Keys.zero
    /// Whether the outcome depends on how the stream was cut, so that it is only replayed as it was written: the
    /// application gave up with messages still to come, say. The story tells why.
    public var isExact = false

    /// How the story begins.
    public enum Opening: Sendable, Equatable {
        /// With an open connection.
        case done
        /// With a server that waits for a request.
        case awaited
        /// With a client's request, which is the first output.
        case request(RequestHead)
    }

    /// Where masking keys come from.
    public enum Keys: Sendable, Equatable {
        /// The key 0, so that payloads can be read.
        case zero
        /// ``SeededMaskingKeys``.
        case seed(UInt64)
        /// Those a live connection used; after the last one they begin anew.
        case list([UInt32])
    }

    /// An open server's end with the defaults.
    public init() {}
}

extension Setup.Keys {
    /// The keys in the form a connection takes them.
    var source: any MaskingKeySource {
        switch self {
        case .zero: ZeroMaskingKeys()
        case .seed(let seed): SeededMaskingKeys(seed: seed)
        case .list(let keys): ListedMaskingKeys(keys)
        }
    }
}

/// The keys of a recording, in their order.
private final class ListedMaskingKeys: MaskingKeySource {
    private let keys: [UInt32]
    private var next = 0

    init(_ keys: [UInt32]) {
        self.keys = keys
    }

    func nextKey() -> MaskingKey {
        guard !keys.isEmpty else { return .zero }
        defer { next += 1 }
        return MaskingKey(bits: keys[next % keys.count].bigEndian)
    }
}
