import ToolSupport
import WSNode

/// The client of a fuzzing server: asks how many cases there are, echoes through each of them, and asks for the report.
final class AutobahnClient {
    private let url: String
    private let agent: String
    private var caseCount = 0
    var options = ClientOptions()

    init(url: String, agent: String) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.agent = agent
    }

    func run() {
        connect("/getCaseCount", onMessage: { _, message in self.caseCount = Int(message.text) ?? 0 }) {
            guard self.caseCount > 0 else { CommandLineParser.fail(program: "wsecho", "no cases at \(self.url)") }
            self.runCase(1)
        }
        EventLoop.current.run()
    }

    private func runCase(_ number: Int) {
        guard number <= caseCount else {
            connect("/updateReports?agent=\(agent)", onMessage: { _, _ in }) {
                print("ran \(self.caseCount) cases")
            }
            return
        }
        connect("/runCase?case=\(number)&agent=\(agent)", onMessage: { $0.send($1) }) { self.runCase(number + 1) }
    }

    private func connect(
        _ path: String, onMessage: @escaping (WebSocket, Message) -> Void, onClose: @escaping () -> Void
    ) {
        do {
            let socket = try WebSocket(url + path, options: options)
            socket.on(.message) { [unowned socket] message in onMessage(socket, message) }
            // What a case provokes is for the fuzzing server to judge; it is not ours to report.
            socket.on(.error) { _ in }
            socket.on(.close) { _, _ in onClose() }
        } catch {
            CommandLineParser.fail(program: "wsecho", error.message)
        }
    }
}
