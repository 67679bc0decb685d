import ToolSupport
import WSFrame
import WSNode
import WSReplay

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A proxy between a client and a server that writes each connection down as a fixture.
final class RecordCommand {
    private let arguments: CommandLineParser
    private let server: Endpoint
    private let files: NumberedFiles
    private let role: Role
    private let loop = EventLoop.current
    private var listener: (any Listener)?

    init(_ arguments: CommandLineParser, paths: [String]) {
        guard paths.count == 1, let colon = paths[0].lastIndex(of: ":"),
            let port = UInt16(paths[0][paths[0].index(after: colon)...])
        else { arguments.fail("record wants the server's HOST:PORT") }
        self.arguments = arguments
        server = .tcp(host: String(paths[0][..<colon]), port: port)
        files = NumberedFiles(in: arguments.string("--directory") ?? "recordings")
        role = arguments.choice("--role", of: ["client", "server"]) == "client" ? .client : .server
    }

    func run() {
        do throws(TransportError) {
            let port = UInt16(arguments.integer("--port", in: 0...65535) ?? 8081)
            let listener = try loop.backend.listen(on: .tcp(host: "127.0.0.1", port: port))
            listener.handler = self
            self.listener = listener
            StandardOutput.write("listening ws://127.0.0.1:\(listener.address.port)/\n")
        } catch {
            arguments.fail("\(error)")
        }
        loop.onSignals([SIGINT, SIGTERM]) { _, _ in exit(0) }
        loop.setInterval(.seconds(3600)) {}
        loop.run()
    }

    private func save(_ conversation: Conversation, to path: String) {
        guard let fixture = conversation.fixture(for: role) else {
            StandardError.write("wsreplay: a connection without an opening handshake is not recorded\n")
            return
        }
        do throws(File.Failure) {
            try File.write(Array(fixture.description.utf8), to: path)
            StandardOutput.write("\(path)\n")
        } catch {
            StandardError.write("wsreplay: \(error)\n")
        }
    }
}

extension RecordCommand: ListenerHandler {
    func listener(_ listener: any Listener, didAccept transport: any Transport) {
        let path = files.next()
        let relay = Relay(client: transport, server: loop.backend.connect(to: server)) { [self] result in
            switch result {
            case .success(let conversation): save(conversation, to: path)
            case .failure(let error): StandardError.write("wsreplay: \(error)\n")
            }
        }
        relay.start()
    }

    func listener(_ listener: any Listener, didFailToAccept error: TransportError) {
        StandardError.write("wsreplay: \(error)\n")
    }
}
