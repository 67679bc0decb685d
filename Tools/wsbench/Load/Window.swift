/// The measured time of a run: begun once it is warm, ended before anything is taken down.
struct Window {
    private let server: ServerProcess?
    private let start: Int64
    private let ownStart: Int64
    private let serverStart: Int64

    init(_ server: ServerProcess?) {
        self.server = server
        ownStart = Clock.process
        serverStart = server?.processorTime ?? 0
        start = Clock.monotonic
    }

    /// Adds what the window saw to a report: rates, and processor time of both sides.
    ///
    /// - Parameters:
    ///   - operations: how many were completed in it.
    ///   - byteCount: payload bytes of each; nil where there are none.
    func end(operations: Int, byteCount: Int? = nil, in report: inout Report) {
        let serverTime = server.map { $0.processorTime - serverStart }
        let duration = Double(max(1, Clock.monotonic - start))
        let ownTime = Double(Clock.process - ownStart)
        let rate = Double(operations) * 1e9 / duration
        report.add("seconds", .number(duration / 1e9, decimals: 3))
        report.add("ops", .count(operations))
        report.add("ops_per_s", .number(rate, decimals: 0))
        report.add("mb_per_s", byteCount.map { .number(rate * Double($0) / 1e6, decimals: 2) })
        if let serverTime, operations > 0 {
            report.add("server_us_per_op", .number(Double(serverTime) / 1000 / Double(operations), decimals: 4))
            report.add("server_cpu", .number(Double(serverTime) / duration, decimals: 3))
        }
        report.add("client_cpu", .number(ownTime / duration, decimals: 3))
        report.add("server_rss_kb", server?.residentBytes.map { .count($0 / 1024) })
    }
}
