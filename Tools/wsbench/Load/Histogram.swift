/// How often which duration occurred, to within one part in 64.
struct Histogram {
    private var counts: [Int]
    private var total = 0
    private(set) var greatest: Int64 = 0

    init() {
        counts = Array(repeating: 0, count: Self.bucket(.max) + 1)
    }

    /// Counts a duration in nanoseconds.
    mutating func record(_ nanoseconds: Int64) {
        let value = max(0, nanoseconds)
        counts[Self.bucket(value)] += 1
        total += 1
        greatest = max(greatest, value)
    }

    mutating func removeAll() {
        for index in counts.indices { counts[index] = 0 }
        total = 0
        greatest = 0
    }

    /// The duration in microseconds that a part of all stayed below; nil without any.
    func microseconds(quantile: Double) -> Double? {
        guard total > 0 else { return nil }
        let wanted = min(total, max(1, Int((Double(total) * quantile).rounded(.up))))
        var seen = 0
        for (bucket, count) in counts.enumerated() {
            seen += count
            if seen >= wanted { return Double(min(Self.middle(of: bucket), greatest)) / 1000 }
        }
        return Double(greatest) / 1000
    }

    /// Durations below 128 have a bucket each; above, each doubling has 64.
    private static func bucket(_ value: Int64) -> Int {
        let shift = max(0, 57 - value.leadingZeroBitCount)
        return shift << 6 + Int(value >> Int64(shift))
    }

    private static func middle(of bucket: Int) -> Int64 {
        guard bucket >= 128 else { return Int64(bucket) }
        let shift = bucket >> 6 - 1
        return Int64(bucket - shift << 6) << Int64(shift) + Int64(1) << Int64(shift - 1)
    }

    /// Adds the usual quantiles to a report.
    func add(to report: inout Report) {
        report.add("p50_us", microseconds(quantile: 0.5).map { .number($0, decimals: 1) })
        report.add("p99_us", microseconds(quantile: 0.99).map { .number($0, decimals: 1) })
        report.add("p999_us", microseconds(quantile: 0.999).map { .number($0, decimals: 1) })
        if total > 0 { report.add("max_us", .number(Double(greatest) / 1000, decimals: 1)) }
    }
}
