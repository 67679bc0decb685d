import CSystem
import Testing
import WSTransport

@Suite("Blocking calls, without any backend")
struct BlockingCallTests {
    /// A listener, and both ends of a connection to it. The kernel completes a connect before anyone accepts, so one
    /// thread will do.
    private func pair() throws -> (listener: BlockingListener, client: BlockingTransport, server: BlockingTransport) {
        let listener = try BlockingListener(.tcp(host: "127.0.0.1", port: 0))
        let port = listener.address.port
        let client = try BlockingTransport.connect(to: .tcp(host: "127.0.0.1", port: port), timeout: .seconds(5))
        let server = try #require(try listener.accept(timeout: .seconds(5)))
        return (listener, client, server)
    }

    @Test func `a daemon echoes without a loop`() throws {
        let (listener, client, server) = try pair()
        #expect(client.write("hello") == .wrote(5))
        let heard = server.read(64)
        #expect(heard.text == "hello")
        #expect(server.write(heard.text) == .wrote(5))
        #expect(client.read(64).text == "hello")
        #expect(client.remoteAddress == listener.address && server.remoteAddress == client.localAddress)
        client.endWriting()
        #expect(server.read(64).outcome == .ended)
        server.close()
        #expect(client.read(64).outcome == .ended)
    }

    @Test func `a read waits for a peer on another thread`() throws {
        let listener = try BlockingListener(.tcp(host: "127.0.0.1", port: 0))
        let port = listener.address.port
        let thread = Thread {
            guard let client = try? BlockingTransport.connect(to: .tcp(host: "127.0.0.1", port: port)) else { return }
            client.write("from afar")
            _ = client.read(1)
        }
        let server = try #require(try listener.accept(timeout: nil))
        #expect(server.read(64).text == "from afar")
        server.close()
        thread.join()
    }

    @Test func `time-outs are values`() throws {
        let (listener, client, server) = try pair()
        try client.setTimeouts(read: .milliseconds(1), write: .milliseconds(1))
        #expect(client.read(16).outcome == .wouldBlock)
        let chunk = [UInt8](repeating: 0, count: 1 << 20)
        var outcome = WriteOutcome.wrote(0)
        while case .wrote = outcome { outcome = chunk.withUnsafeBytes { client.write($0, $0) } }
        #expect(outcome == .wouldBlock)
        #expect(try listener.accept(timeout: .milliseconds(1)) == nil)
        #expect(try listener.accept(timeout: .zero) == nil)
        server.close()
    }

    /// An accepted socket inherits the listener's limit; it must not time out by that.
    @Test func `the limit of an accept is not the limit of the reads that follow`() throws {
        let listener = try BlockingListener(.tcp(host: "127.0.0.1", port: 0))
        let address = listener.address
        let client = try BlockingTransport.connect(to: .tcp(host: address.host, port: address.port))
        let plan = SystemCallFaults()
        let server = try plan.run { try #require(try listener.accept(timeout: .milliseconds(50))) }
        let descriptor = try #require(plan.openDescriptors.first)
        var limit = timeval()
        var length = socklen_t(MemoryLayout<timeval>.size)
        #expect(getsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, &length) == 0)
        #expect(limit.tv_sec == 0 && limit.tv_usec == 0)
        client.close()
        #expect(server.read(1).outcome == .ended)
    }

    @Test func `connecting fails by value too`() throws {
        let listener = try BlockingListener(.tcp(host: "127.0.0.1", port: 0))
        let endpoint = Endpoint.tcp(host: "127.0.0.1", port: listener.address.port)
        listener.close()
        let refused = #expect(throws: TransportError.self) { try BlockingTransport.connect(to: endpoint) }
        #expect(refused?.description == "connect ECONNREFUSED 127.0.0.1:\(listener.address.port)")
        let unknown = #expect(throws: TransportError.self) {
            try BlockingTransport.connect(to: .tcp(host: "bad\0name", port: 1))
        }
        #expect(unknown?.code == "ENOTFOUND" && unknown?.operation == .lookup)
        let long = #expect(throws: TransportError.self) {
            try BlockingTransport.connect(to: .unix(path: String(repeating: "x", count: 108)))
        }
        #expect(long?.code == "ENAMETOOLONG")
        #expect(throws: TransportError.self) { try listener.accept(timeout: .zero) }
    }

    @Test func `an address that does not answer times out`() throws {
        let plan = SystemCallFaults()
        try plan.run {
            let silent = try SilentListener(host: "127.0.0.9", port: 0)
            let error = #expect(throws: TransportError.self) {
                try BlockingTransport.connect(
                    to: .tcp(host: "127.0.0.9", port: silent.port), timeout: .milliseconds(5))
            }
            #expect(error?.description == "connect ETIMEDOUT 127.0.0.9:\(silent.port)")
            silent.close()
        }
        #expect(plan.openDescriptors.isEmpty)
    }

    @Test func `localhost connects, whichever of its addresses listens`() throws {
        let listener = try BlockingListener(.tcp(host: "127.0.0.1", port: 0))
        let client = try BlockingTransport.connect(to: .tcp(host: "localhost", port: listener.address.port))
        #expect(client.remoteAddress?.host == "127.0.0.1")
    }

    @Test func `a Unix-domain path serves blocking peers`() throws {
        let directory = try TemporaryDirectory()
        let endpoint = Endpoint.unix(path: directory.path("meter"))
        let listener = try BlockingListener(endpoint)
        let client = try BlockingTransport.connect(to: endpoint, timeout: .seconds(1))
        let server = try #require(try listener.accept(timeout: nil))
        client.write("42")
        #expect(server.read(8).text == "42")
        listener.close()
        #expect(!directory.contains("meter"))
    }

    @Test func `a descriptor that is handed over is closed with the transport`() throws {
        var descriptors: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &descriptors) == 0)
        let plan = SystemCallFaults()
        plan.run {
            let left = BlockingTransport(adopting: descriptors[0])
            let right = BlockingTransport(adopting: descriptors[1])
            #expect(left.write("x") == .wrote(1))
            #expect(right.read(4).text == "x")
            left.reset()
            #expect(left.read(1).outcome == .failed(TransportError(.read, errno: ENOTCONN)))
            #expect(left.write("x") == .failed(TransportError(.write, errno: ENOTCONN)))
        }
        #expect(plan.log.filter { $0 == .close }.count == 2)
    }

    @Test func `EMFILE in accept throws, and the peer still waits`() throws {
        let listener = try BlockingListener(.tcp(host: "127.0.0.1", port: 0))
        let client = try BlockingTransport.connect(to: .tcp(host: "127.0.0.1", port: listener.address.port))
        let plan = SystemCallFaults([.init(.accept, .fail(EMFILE))])
        let error = plan.run { #expect(throws: TransportError.self) { try listener.accept(timeout: .seconds(1)) } }
        #expect(error == TransportError(.accept, errno: EMFILE))
        #expect(try listener.accept(timeout: .seconds(1)) != nil)
        client.close()
    }
}
