#if Compression
public import WSDeflate
#endif

/// The option `perMessageDeflate`: whether messages may be compressed (RFC 7692), and how.
///
///     options.perMessageDeflate = true
///     options.perMessageDeflate = .on { $0.threshold = 0 }
///
/// On one connection, lengths of compressed messages can give away a secret that stands beside text an attacker chose
/// (RFC 7692 §8). Send what holds secrets with `compress: false`.
public struct PerMessageDeflateSetting: Sendable, ExpressibleByBooleanLiteral {
    #if Compression
    /// How to negotiate and compress; nil for not at all.
    public let options: PerMessageDeflateOptions?

    private init(_ options: PerMessageDeflateOptions?) {
        self.options = options
    }

    /// The defaults, or no compression.
    public init(booleanLiteral isOn: Bool) {
        self.init(isOn ? PerMessageDeflateOptions() : nil)
    }

    /// Compression with these options.
    public static func on(_ options: PerMessageDeflateOptions) -> PerMessageDeflateSetting {
        PerMessageDeflateSetting(options)
    }

    /// Compression with the defaults, but for what the closure changes.
    public static func on(_ change: (inout PerMessageDeflateOptions) -> Void) -> PerMessageDeflateSetting {
        PerMessageDeflateSetting(PerMessageDeflateOptions(change))
    }

    /// A client offers compression, as in Node.
    static let clientDefault: PerMessageDeflateSetting = true
    #else
    /// Whether compression is asked for, which this build does not have.
    let isOn: Bool

    /// No compression; `true` is an error when it is used.
    public init(booleanLiteral isOn: Bool) {
        self.isOn = isOn
    }

    /// There is nothing to offer.
    static let clientDefault: PerMessageDeflateSetting = false
    #endif
}
