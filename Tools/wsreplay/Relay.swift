import WSFrame
import WSNode
import WSReplay

/// Passes on what two peers say to each other, and listens.
///
/// Each transport is handed one handler; the relay is kept by them until both are closed.
final class Relay {
    private let client: any Transport
    private let server: any Transport
    private let completion: (Result<Conversation, TransportError>) -> Void
    private let clock = ContinuousClock()
    private let beginning: ContinuousClock.Instant
    private var conversation = Conversation()
    private var isServerConnected = false
    private var isClosed = false
    /// What was read from each end and not yet written to the other.
    private var pending: [Role: [UInt8]] = [.client: [], .server: []]
    private var ended: Set<Role> = []

    /// - Parameter completion: called once both ends are closed, with what was said, or with why the server was not reached.
    init(
        client: any Transport, server: any Transport,
        completion: @escaping (Result<Conversation, TransportError>) -> Void
    ) {
        self.client = client
        self.server = server
        self.completion = completion
        beginning = clock.now
    }

    func start() {
        client.handler = End(of: self, role: .client)
        server.handler = End(of: self, role: .server)
        client.setInterest(reading: true, writing: false)
    }

    private subscript(role: Role) -> any Transport { role == .client ? client : server }

    private var time: Duration { clock.now - beginning }

    private func connected() {
        isServerConnected = true
        move(from: .client)
        update()
    }

    private func ready(_ readiness: Readiness, at role: Role) {
        if readiness.contains(.readable) || readiness.contains(.closed) { read(from: role) }
        if !isClosed { move(from: role.opposite) }
        if !isClosed { update() }
    }

    private func read(from role: Role) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let outcome = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { self[role].read(into: $0, capacity: buffer.count) } ?? .wouldBlock
        }
        switch outcome {
        case .bytes(let count):
            conversation.add(Array(bytes[..<count]), from: role, at: time)
            pending[role, default: []] += bytes[..<count]
        case .wouldBlock: return
        case .ended, .failed:
            guard ended.insert(role).inserted else { return close() }
            conversation.addEnd(of: role, at: time)
            if case .failed = outcome { return close() }
        }
        move(from: role)
    }

    /// Writes to the other end what one has said.
    private func move(from role: Role) {
        guard isServerConnected, let bytes = pending[role] else { return }
        if !bytes.isEmpty {
            switch bytes.withUnsafeBytes({ self[role.opposite].write($0, UnsafeRawBufferPointer(start: nil, count: 0)) }
            ) {
            case .wrote(let count): pending[role] = Array(bytes[count...])
            case .wouldBlock: return
            case .failed: return close()
            }
        }
        guard pending[role]?.isEmpty == true, ended.contains(role) else { return }
        self[role.opposite].endWriting()
        if ended.count == 2, pending.values.allSatisfy(\.isEmpty) { close() }
    }

    private func update() {
        guard !isClosed else { return }
        for role in [Role.client, .server] where role == .client || isServerConnected {
            self[role].setInterest(
                reading: !ended.contains(role), writing: pending[role.opposite]?.isEmpty == false)
        }
    }

    /// - Parameter failure: why there is nothing to record, whatever the client has said by now.
    private func close(because failure: TransportError? = nil) {
        guard !isClosed else { return }
        isClosed = true
        client.close()
        server.close()
        completion(failure.map { .failure($0) } ?? .success(conversation))
    }

    /// One end of the relay.
    private final class End: TransportHandler {
        private let relay: Relay
        private let role: Role

        init(of relay: Relay, role: Role) {
            self.relay = relay
            self.role = role
        }

        func transportDidConnect(_ transport: any Transport) { relay.connected() }

        func transport(_ transport: any Transport, didFailToConnect error: TransportError) {
            relay.close(because: error)
        }

        func transport(_ transport: any Transport, isReady readiness: Readiness) {
            guard !relay.isClosed else { return }
            relay.ready(readiness, at: role)
        }
    }
}
