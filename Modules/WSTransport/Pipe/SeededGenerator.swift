/// Random numbers that are the same for the same seed on every machine and with every compiler.
///
/// SplitMix64 (Steele, Lea and Flood, 2014): one addition and a mix per number, and any seed is a good one. The draws
/// are written out here instead of taken from the standard library, whose way of bounding a number may change between
/// versions; a seed in a bug report must not.
package struct SeededGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// Any number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number below the bound, which is at least one. The upper half of a product: biased by less than one part in
    /// 2⁶⁴/bound.
    package mutating func below(_ bound: UInt64) -> UInt64 {
        next().multipliedFullWidth(by: bound).high
    }

    /// A number of the range.
    package mutating func draw(_ range: ClosedRange<Int>) -> Int {
        let width = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound))
        let offset = width == .max ? next() : below(width + 1)
        return range.lowerBound &+ Int(truncatingIfNeeded: offset)
    }

    /// A duration of the range, in whole microseconds above its start.
    package mutating func draw(_ range: ClosedRange<Duration>) -> Duration {
        let width = (range.upperBound - range.lowerBound).wholeMicroseconds
        guard width > 0 else { return range.lowerBound }
        return range.lowerBound + .microseconds(Int64(below(UInt64(width) + 1)))
    }

    /// Whether something of this probability happens. Draws nothing for 0 and for 1.
    package mutating func happens(_ probability: Double) -> Bool {
        if probability <= 0 { return false }
        if probability >= 1 { return true }
        return Double(next() >> 11) * 0x1p-53 < probability
    }

    /// A generator of its own, for something whose draws must not move those of others.
    package mutating func fork() -> SeededGenerator {
        SeededGenerator(seed: next())
    }
}
