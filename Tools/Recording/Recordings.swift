import ToolSupport
public import WSConnection
import WSReplay

/// Recordings of live connections in the files of a directory: what `--record` means in our programs.
public enum Recordings {
    /// Makes journals that write fixtures there, numbered in the order in which connections are made. A fixture is written
    /// when its connection has closed.
    public static func journals(in directory: String, for program: String) -> @Sendable () -> any ConnectionJournal {
        let files = NumberedFiles(in: directory)
        return {
            let path = files.next()
            return Recorder { fixture in
                do throws(File.Failure) {
                    try File.write(Array(fixture.description.utf8), to: path)
                } catch {
                    StandardError.write("\(program): \(error)\n")
                }
            }
        }
    }
}
