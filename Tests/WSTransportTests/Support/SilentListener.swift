import Testing
import WSTransport

/// An address that does not answer: its backlog is full, so the kernel drops what else wants to connect.
final class SilentListener {
    let port: UInt16
    private let listener: BlockingListener
    private var fillers: [BlockingTransport] = []

    init(host: String, port: UInt16) throws {
        listener = try BlockingListener(.tcp(host: host, port: port), options: ListenOptions(backlog: 0))
        self.port = listener.address.port
        // A backlog of none holds one; that it is full shows when the next attempt is not answered.
        while fillers.count < 8 {
            do {
                let endpoint = Endpoint.tcp(host: host, port: self.port)
                fillers.append(try BlockingTransport.connect(to: endpoint, timeout: .milliseconds(20)))
            } catch {
                return
            }
        }
        Issue.record("the backlog never filled")
    }

    func close() {
        for filler in fillers { filler.close() }
        listener.close()
    }
}
