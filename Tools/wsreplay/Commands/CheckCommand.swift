import ToolSupport
import WSReplay

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Replays all fixtures in all ways, and prints a table by folder.
struct CheckCommand {
    private let files: [String]
    private let queue: CheckQueue
    private let jobs: Int
    private let isJSON: Bool

    init(_ arguments: CommandLineParser, paths: [String]) {
        do throws(File.Failure) {
            var files: [String] = []
            for path in paths.isEmpty ? ["Fixtures"] : paths { files += try File.files(below: path, suffix: ".txt") }
            self.files = files
        } catch {
            arguments.fail(error.description)
        }
        if files.isEmpty { arguments.fail("no fixtures") }
        queue = CheckQueue(
            files: files, effort: arguments.has("--quick") ? .quick : .full,
            seed: UInt64(arguments.integer("--seed", in: 0...Int.max) ?? 1))
        jobs = arguments.integer("--jobs", in: 1...64) ?? 2
        isJSON = arguments.has("--json")
    }

    func run() {
        let clock = ContinuousClock()
        let start = clock.now
        let done = Semaphore()
        for _ in 1..<jobs {
            Thread.start { [queue] in
                queue.work()
                done.signal()
            }
        }
        queue.work()
        for _ in 1..<jobs { done.wait() }
        let reports = zip(files, queue.reports)
        let faults = reports.filter { $0.1.fault != nil }
        for (file, report) in faults { print("FAILED \(file): \(report.fault ?? "")") }
        if isJSON {
            for (file, report) in reports { print(Self.json(file, report)) }
        } else {
            printTable(Array(reports), after: clock.now - start)
        }
        exit(faults.isEmpty ? 0 : 1)
    }

    private func printTable(_ reports: [(file: String, report: CheckQueue.Report)], after time: Duration) {
        print("fixtures     replays  whole only  failed       s  folder")
        let folders = Dictionary(grouping: reports) { $0.file.split(separator: "/").dropLast().joined(separator: "/") }
        for (name, members) in folders.sorted(by: { $0.key < $1.key }) { print(Self.row(name, members.map(\.report))) }
        print(Self.row("all, in \(time.components.seconds) s on \(jobs) threads", reports.map(\.report)))
    }

    private static func row(_ name: String, _ reports: [CheckQueue.Report]) -> String {
        let milliseconds = reports.reduce(0) { $0 + $1.milliseconds }
        return [
            column(reports.count, 8), column(reports.reduce(0) { $0 + $1.replayCount }, 11),
            column(reports.count(where: \.isExact), 11), column(reports.count { $0.fault != nil }, 7),
            column(milliseconds / 1000, 7), "  \(name)",
        ].joined(separator: " ")
    }

    private static func column(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func json(_ file: String, _ report: CheckQueue.Report) -> String {
        let fault = report.fault.map { JSON.string($0) } ?? "null"
        return """
            {"file":\(JSON.string(file)),"replays":\(report.replayCount),"exact":\(report.isExact),\
            "milliseconds":\(report.milliseconds),"fault":\(fault)}
            """
    }
}
