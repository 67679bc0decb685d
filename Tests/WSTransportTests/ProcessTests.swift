import CSystem
import Testing
import WSTransport

/// What only a process of its own can show: limits, signals and the whole table of descriptors.
@Suite("The process: descriptors, limits, signals")
struct ProcessTests {
    /// N-5: SIGPIPE would end the child.
    @Test func `sending to a reset peer raises no signal`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            for kind in BackendKind.sockets {
                let world = try World(kind)
                let (client, server) = try world.pair()
                server.transport.reset()
                try world.run { client.isOver }
                guard case .failed = client.transport.write("x") else { exit(3) }
                guard case .failed = Array("x".utf8).withUnsafeBytes({ client.transport.write($0, $0) }) else {
                    exit(4)
                }
            }
        }
    }

    /// N-3 with a real limit: a hundred clients, descriptors for ten.
    @Test func `a server out of descriptors does not spin, and serves everyone in the end`() async {
        await #expect(processExitsWith: .success) {
            for kind in BackendKind.selectors {
                let world = try World(kind)
                let acceptor = try world.listen()
                let address = acceptor.listener.address
                let clients = try (0..<100).map { _ in
                    try BlockingTransport.connect(to: .tcp(host: address.host, port: address.port))
                }
                acceptor.onAccept = { $0.answersEnd = true }
                var old = rlimit()
                getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &old)
                var tight = rlimit(rlim_cur: rlim_t(try openDescriptors().max() ?? 0) + 11, rlim_max: old.rlim_max)
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &tight)
                // All but ten of what is free in the table.
                var fillers: [Int32] = []
                while case let filler = open("/dev/null", O_RDONLY), filler >= 0 { fillers.append(filler) }
                for filler in fillers.suffix(10) { close(filler) }

                try world.run(within: .seconds(20)) { !acceptor.failures.isEmpty }
                let plan = SystemCallFaults()
                plan.run {
                    let end = world.backend.now + .milliseconds(350)
                    while world.backend.now < end { world.backend.wait(until: end) }
                    // About ten: the test library's own threads use the table too, and may free a descriptor for a
                    // moment, so that some more are accepted and the shortage is told again.
                    guard acceptor.peers.count < 100 else { exit(3) }
                    guard acceptor.failures.allSatisfy({ $0.code == "EMFILE" }) else { exit(5) }
                    guard plan.log.filter({ $0 == .epollWait || $0 == .poll }).count < 20 else { exit(4) }
                }
                // Each client that leaves frees two descriptors: its own, and that of its peer.
                for client in clients { client.close() }
                try world.run(within: .seconds(20)) {
                    for peer in acceptor.peers where peer.isOver { peer.transport.close() }
                    return acceptor.peers.count == 100 && acceptor.peers.allSatisfy(\.isOver)
                }
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &old)
                for filler in fillers.dropLast(10) { close(filler) }
            }
        }
    }

    /// N-7, on the transports: nothing is left of connections that end in every order and way.
    @Test func `after two thousand connections the table of sockets is what it was`() async {
        await #expect(processExitsWith: .success) {
            let before = try openSockets()
            for kind in BackendKind.sockets {
                let world = try World(kind)
                let acceptor = try world.listen()
                for number in 0..<(kind == .blocking ? 200 : 900) {
                    let (client, server) = try world.pair(acceptor)
                    let ends = number % 2 == 0 ? [client, server] : [server, client]
                    for (index, end) in ends.enumerated() {
                        switch (number / 2 + index) % 3 {
                        case 0: end.transport.close()
                        case 1: end.transport.reset()
                        default:
                            end.send("bye")
                            end.transport.endWriting()
                            end.transport.close()
                        }
                    }
                    // One that is abandoned while connecting, too.
                    world.connect(to: acceptor).transport.close()
                }
                world.runIdle()
                acceptor.closeAll()
                guard !world.backend.hasWork else { exit(3) }
            }
            guard try openSockets() == before else { exit(4) }
        }
    }
}

private func openDescriptors() throws -> [Int] {
    guard let directory = opendir("/proc/self/fd") else { throw World.Timeout(description: "/proc is not there") }
    defer { closedir(directory) }
    var descriptors: [Int] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if let descriptor = Int(name), descriptor != dirfd(directory) { descriptors.append(descriptor) }
    }
    return descriptors
}

/// The names of the open sockets. Of other descriptors the test library's own threads open some at any time.
private func openSockets() throws -> Set<String> {
    let names = try openDescriptors().map { descriptor in
        var bytes = [CChar](repeating: 0, count: 64)
        let count = readlink("/proc/self/fd/\(descriptor)", &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    return Set(names.filter { $0.hasPrefix("socket:") })
}
