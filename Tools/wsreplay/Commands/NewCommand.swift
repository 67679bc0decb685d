import ToolSupport
import WSFrame
import WSReplay

/// Makes a fixture from bytes, or from a capture of packets.
struct NewCommand {
    private let arguments: CommandLineParser
    private let path: String
    private let role: Role

    init(_ arguments: CommandLineParser, paths: [String]) {
        guard paths.count == 1 else { arguments.fail("new reads one file; - is standard input") }
        self.arguments = arguments
        path = paths[0]
        role = arguments.choice("--role", of: ["client", "server"]) == "client" ? .client : .server
    }

    func run() {
        do throws(File.Failure) {
            let bytes = try File.read(path)
            let fixture = path.hasSuffix(".pcap") ? captured(bytes) : written(bytes)
            StandardOutput.write(fixture.description)
        } catch {
            arguments.fail(error.description)
        }
    }

    private func captured(_ bytes: [UInt8]) -> Fixture {
        do throws(PacketCapture.Failure) {
            guard let fixture = try PacketCapture(bytes).conversation.fixture(for: role) else {
                arguments.fail("\(path): the connection does not begin with an opening handshake")
            }
            return fixture
        } catch {
            arguments.fail("\(path): \(error)")
        }
    }

    /// Bytes in the notation of fixtures: digits, texts, expressions.
    private func written(_ bytes: [UInt8]) -> Fixture {
        let start = arguments.has("--handshake") ? "start: handshake\n" : ""
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { "    \($0)\n" }
        do throws(FixtureError) {
            return try Fixture(parsing: "role: \(role)\n\(start)\nin\n\(lines.joined())").retold()
        } catch {
            arguments.fail("\(path): \(error.message)")
        }
    }
}
