/// How far a connection is with its compression.
enum CompressionState {
    /// There is none, or no more.
    case none
    /// It was agreed upon, and not used yet.
    case agreed(any CompressionTerms)
    /// It is in use.
    case inUse(ActiveCompression)

    init(_ terms: (any CompressionTerms)?) {
        self = terms.map(CompressionState.agreed) ?? .none
    }

    /// Whether messages may be compressed.
    var isAgreed: Bool {
        @inline(__always) get {
            switch self {
            case .none: false
            case .agreed, .inUse: true
            }
        }
    }

    /// What was agreed.
    var terms: (any CompressionTerms)? {
        switch self {
        case .none: nil
        case .agreed(let terms): terms
        case .inUse(let active): active.compression.terms
        }
    }

    /// What to compress with.
    mutating func use() -> ActiveCompression? {
        switch self {
        case .none: return nil
        case .agreed(let terms):
            let active = ActiveCompression(terms.makeCompression())
            self = .inUse(active)
            return active
        case .inUse(let active): return active
        }
    }

    /// What it is compressed with, if that was used already.
    var active: ActiveCompression? {
        switch self {
        case .none, .agreed: nil
        case .inUse(let active): active
        }
    }
}

/// A compression in use, and what a connection has to remember for it.
final class ActiveCompression {
    let compression: any MessageCompression

    /// What was decompressed of an unfinished message.
    var inflated: InflatedPayload?

    /// How much was decompressed since the turn began, in bytes; input counts too.
    var workInTurn = 0

    init(_ compression: any MessageCompression) {
        self.compression = compression
    }
}
