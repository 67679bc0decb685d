import ToolSupport
import WSReplay

/// Writes into fixtures what their connections do now. Whoever calls this looks at the difference before it is kept.
struct FillCommand {
    private let arguments: CommandLineParser
    private let files: [FixtureFile]

    init(_ arguments: CommandLineParser, paths: [String]) {
        if paths.isEmpty { arguments.fail("which file?") }
        self.arguments = arguments
        files = paths.map { FixtureFile.load($0, for: arguments) }
    }

    func run() {
        for file in files {
            do throws(File.Failure) {
                try File.write(Array(file.fixture.retold().description.utf8), to: file.path)
            } catch {
                arguments.fail(error.description)
            }
        }
    }
}
