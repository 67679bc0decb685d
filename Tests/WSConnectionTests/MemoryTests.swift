import Testing
import WSFrame
import WSHandshake

@testable import WSConnection

@Suite("RFC 6455 §10.4: what an idle connection owns")
struct MemoryTests {
    @Test func `a connection is a few words, for there is one for each idle peer`() {
        #expect(MemoryLayout<Connection>.size <= 264)
        #expect(MemoryLayout<IncomingMessage>.size <= 64)
        #expect(MemoryLayout<CloseHandshake>.size <= 8)
        #expect(MemoryLayout<ConnectionEvent>.size <= 40)
    }

    // F-2, Z-3: the promise at the top of `Connection`.
    @Test(arguments: Role.both)
    func `an idle open connection owns no buffers, whatever it has done before`(role: Role) throws {
        let pair = ConnectionPair(handshake: try .sample())
        pair.run()
        let wire = Wire(role: role)
        let endpoint = pair[role]
        endpoint.keepsSlices = false
        try endpoint.send(pattern(100_000))
        try endpoint.send("a", isFinal: false)
        try endpoint.send("b")
        let ping = wire.frame(0x89, "ping")
        endpoint.receive(wire.message(1, [[0x61], [0x62]]))
        endpoint.receive(Array(ping.prefix(5)))
        endpoint.receive(Array(ping.dropFirst(5)))
        endpoint.receive(wire.frame(0x82, pattern(100_000)))
        for byte in wire.frame(0x82, pattern(1_000)) { endpoint.receive([byte]) }
        endpoint.settle()
        _ = endpoint.reclaim()
        #expect(endpoint.ownsNothing)
    }

    @Test(arguments: Role.both)
    func `a closed connection owns nothing`(role: Role) throws {
        let wire = Wire(role: role)
        let ends: [[UInt8]] = [wire.close(1000), [0x83], wire.frame(0x01, "part"), [0x88], wire.header(0x89, 5)]
        for end in ends {
            let endpoint = Endpoint.open(role) {
                $0.limits.messageTimeout = .seconds(1)
                $0.limits.keepAliveInterval = .seconds(1)
            }
            endpoint.receive(wire.frame(0x02, "part") + (end.first == 0x01 ? [] : end))
            endpoint.receiveEnd()
            _ = endpoint.reclaim()
            #expect(endpoint.state == .closed)
            #expect(endpoint.deadline == nil)
            #expect(endpoint.ownsNothing)
        }
    }

    @Test(arguments: Role.both)
    func `keeping a small message keeps the chunk, keeping a copy does not`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        endpoint.keepsSlices = false
        var kept: [Bytes] = []
        endpoint.listener = { _, event in
            if case .message(let message) = event { kept.append(message.bytes) }
        }
        let frame = Wire(role: role).frame(0x81, "kept")
        var chunk = ByteStorage(capacity: 1_000)
        UnsafeMutableRawBufferPointer(start: chunk.base, count: 1_000).copyBytes(from: frame)
        endpoint.connection.receive(Bytes(chunk, 0..<frame.count), now: endpoint.now)
        endpoint.settle()
        #expect(!isKnownUniquelyReferenced(&chunk))
        kept = kept.map { Bytes(copying: $0) }
        #expect(isKnownUniquelyReferenced(&chunk))
        #expect(kept.map { String($0) } == ["kept"])
    }

    @Test(arguments: Role.both)
    func `bytes received as a copy leave the caller's memory alone`(role: Role) {
        let endpoint = Endpoint.open(role)
        let frame = Wire(role: role).frame(0x81, "copied")
        var memory = frame
        endpoint.connection.receive(copying: memory.span.bytes, now: endpoint.now)
        // A server unmasks in place: not here.
        #expect(memory == frame)
        memory = [UInt8](repeating: 0, count: frame.count)
        endpoint.settle()
        #expect(endpoint.events == [.text("copied")])
    }
}

extension Endpoint {
    /// Whether the connection holds no memory besides its own.
    fileprivate var ownsNothing: Bool {
        connection.input == nil && connection.control == nil && connection.outputBuffer == nil
            && connection.pongs == nil && connection.handshake == nil && connection.queuedEvents.capacity == 0
            && connection.message.assembly.freeRoom == nil && connection.message.frameCount == 0
    }
}
