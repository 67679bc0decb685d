extension Double {
    /// The number with so many decimals, which the standard library alone cannot print.
    func fixed(_ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        guard isFinite, magnitude * scale < 9e18 else { return "0" }
        var digits = String(Int64((magnitude * scale).rounded()))
        if digits.count <= decimals { digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits }
        if decimals > 0 { digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals)) }
        return (self < 0 ? "-" : "") + digits
    }
}
