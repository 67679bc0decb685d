import ToolSupport
import WSReplay

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Compares two transcripts: what two fixtures, or two recordings of one story, say that came of them.
struct DiffCommand {
    private let files: [FixtureFile]

    init(_ arguments: CommandLineParser, paths: [String]) {
        if paths.count != 2 { arguments.fail("diff compares two files") }
        files = paths.map { FixtureFile.load($0, for: arguments) }
    }

    func run() {
        let old = files[0].fixture.expectation
        let new = files[1].fixture.expectation
        let changes = new.entries.map(\.description).difference(from: old.entries.map(\.description)).inferringMoves()
        var lines: [(position: Int, line: String)] = changes.map { change in
            switch change {
            case .remove(let offset, let line, _): (2 * offset, "- \(line)")
            case .insert(let offset, let line, _): (2 * offset + 1, "+ \(line)")
            }
        }
        lines.sort { $0.position < $1.position }
        lines.forEach { print($0.line) }
        if old.state != new.state {
            print(
                "- state \(old.state.map { "\($0)" } ?? "unknown")\n+ state \(new.state.map { "\($0)" } ?? "unknown")")
        }
        exit(lines.isEmpty && old.state == new.state ? 0 : 1)
    }
}
