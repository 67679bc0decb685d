import ToolSupport
import WSReplay

/// A fixture in a file.
struct FixtureFile {
    /// Why a file holds no fixture: one line.
    struct Failure: Error {
        let description: String
    }

    let path: String
    let fixture: Fixture

    init(_ path: String) throws(Failure) {
        self.path = path
        let bytes: [UInt8]
        do throws(File.Failure) {
            bytes = try File.read(path)
        } catch {
            throw Failure(description: error.description)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(description: "\(path): not UTF-8")
        }
        do throws(FixtureError) {
            fixture = try Fixture(parsing: text)
        } catch {
            throw Failure(description: "\(path):\(error.line): \(error.message)")
        }
    }

    /// The fixture, or the end of the program with one line that says why not.
    static func load(_ path: String, for arguments: CommandLineParser) -> FixtureFile {
        do throws(Failure) {
            return try FixtureFile(path)
        } catch {
            arguments.fail(error.description)
        }
    }
}
