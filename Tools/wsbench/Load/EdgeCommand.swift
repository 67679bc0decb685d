import ToolSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A shell command that is run when measuring begins and when it ends, at moments when nothing is on its way: whoever wants
/// to look into the server has the same view both times. It gets `start` or `end` as its last word.
struct EdgeCommand {
    let command: String

    enum Edge: String {
        case start, end
    }

    func run(_ edge: Edge) {
        guard system("\(command) \(edge.rawValue)") == 0 else {
            CommandLineParser.fail(program: "wsbench", "this failed: \(command) \(edge.rawValue)")
        }
    }
}
