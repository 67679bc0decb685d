/// How a stream is cut into pieces and handed to a connection.
public struct Delivery: Sendable {
    /// In which memory a piece comes.
    public enum Manner: Sendable, CaseIterable {
        /// In memory of its own.
        case fresh
        /// In the memory of the piece before, unless somebody kept a slice of that.
        case reused
        /// Straight in the unfinished message, where the connection offers room there.
        case direct
        /// In memory of its own, with events pulled only when all pieces have come.
        case held
    }

    /// Where the stream is cut: positions in all the input, ascending.
    public var cuts: Cuts
    /// In which memory.
    public var manner: Manner

    /// Where a stream is cut, beyond the cuts a fixture has itself.
    public enum Cuts: Sendable, Equatable {
        /// Nowhere.
        case none
        /// Behind every byte, with nothing at all delivered in between as well.
        case everywhere
        /// At these positions.
        case at([Int])
    }

    /// A way to deliver.
    public init(_ cuts: Cuts = .none, _ manner: Manner = .fresh) {
        self.cuts = cuts
        self.manner = manner
    }

    /// The cuts inside a stretch of the input.
    func cuts(in range: Range<Int>) -> [Int] {
        switch cuts {
        case .none: []
        case .everywhere: Array(range.dropFirst())
        case .at(let positions): positions.filter { $0 > range.lowerBound && $0 < range.upperBound }
        }
    }
}

extension Delivery: CustomStringConvertible {
    /// In words.
    public var description: String {
        switch cuts {
        case .none: "whole, \(manner)"
        case .everywhere: "byte by byte, \(manner)"
        case .at(let positions): "cut at \(positions), \(manner)"
        }
    }
}
