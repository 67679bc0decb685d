/// A break that may happen to one direction of a link, drawn when the link is made.
public struct PipeRisk: Sendable, Hashable {
    /// What would happen.
    public var cut: PipeCut

    /// How likely it is, from 0 to 1.
    public var probability: Double

    /// After how many bytes of that direction, drawn evenly.
    public var bytes: ClosedRange<Int>

    /// A risk.
    public init(_ cut: PipeCut, probability: Double, after bytes: ClosedRange<Int>) {
        self.cut = cut
        self.probability = probability
        self.bytes = bytes
    }
}
