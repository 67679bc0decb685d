/// How long an operation took.
struct Measurement {
    let name: String
    let byteCount: Int?
    let nanoseconds: Double
    /// Its speed beside that of the first operation of its group; nil for that one, and where bytes are not counted.
    let ratio: Double?

    /// A billion bytes a second are a byte a nanosecond.
    var gigabytesPerSecond: Double? { byteCount.map { Double($0) / nanoseconds } }

    var report: Report {
        var report = Report()
        report.add("name", .word(name))
        report.add("bytes", byteCount.map { .count($0) })
        report.add("ns", .measured(nanoseconds))
        report.add("gb_per_s", gigabytesPerSecond.map { .measured($0) })
        report.add("ratio", ratio.map { .number($0, decimals: 3) })
        return report
    }
}
