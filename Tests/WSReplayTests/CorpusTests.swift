import Testing
import ToolSupport
import WSReplay

@Suite("The fixtures")
struct CorpusTests {
    /// The files, found beside this one; without the largest, which `wsreplay check` replays in a release build.
    static let files: [String] = {
        let here = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let all = (try? File.files(below: "/\(here)/Fixtures", suffix: ".txt")) ?? []
        return all.filter { !$0.contains("/autobahn/") || !$0.contains("/9.") }
    }()

    @Test func `there are fixtures`() {
        #expect(Self.files.count > 10)
    }

    @Test(arguments: files)
    func `a fixture replays as it says, however its stream is cut`(path: String) throws {
        let text = String(decoding: try File.read(path), as: UTF8.self)
        let outcome = SplitCheck(try Fixture(parsing: text), effort: .quick).run()
        #expect(outcome.fault == nil)
    }
}
