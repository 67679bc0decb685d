/// What an endpoint says about the size of an LZ77 window, as the option of Node's `ws` does: a number, `true` or `false`.
public enum WindowBits: Sendable, Equatable {
    /// So many bits, 8 to 15: a window of 2^bits bytes.
    case bits(Int)
    /// Whatever the other side wants.
    case any
    /// Not to be talked about.
    case never

    /// The number, if it is one.
    var number: Int? {
        switch self {
        case .bits(let bits): bits
        case .any, .never: nil
        }
    }
}

extension WindowBits: ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// A number of bits.
    public init(integerLiteral bits: Int) {
        self = .bits(bits)
    }

    /// Whatever the other side wants, or nothing at all.
    public init(booleanLiteral isWelcome: Bool) {
        self = isWelcome ? .any : .never
    }
}
