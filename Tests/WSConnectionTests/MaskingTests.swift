import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §5.1, §5.3: masking")
struct MaskingTests {
    /// An endpoint that has sent one of everything.
    private func sender(_ connection: consuming Connection) throws -> Endpoint {
        let endpoint = Endpoint(connection)
        let role = endpoint.connection.role
        try endpoint.send("text")
        try endpoint.send(pattern(20_000))
        try endpoint.send("frag", isFinal: false)
        try endpoint.ping([1])
        try endpoint.send("ment")
        try endpoint.pong()
        try endpoint.send(PreparedMessage(Message(bytes: Bytes(pattern(9_000)), isBinary: true)))
        endpoint.receive(Wire(role: role).frame(0x89, "ping"))
        try endpoint.close(1000)
        endpoint.settle()
        return endpoint
    }

    private let contents: [[UInt8]] = [
        Array("text".utf8), pattern(20_000), Array("frag".utf8), [1], Array("ment".utf8), [], pattern(9_000),
        Array("ping".utf8), [0x03, 0xE8],
    ]

    // R-5.1-1, R-5.3-1, R-5.3-2, B-SNDR-024, F-6
    @Test func `a client masks every frame with a key of its own`() throws {
        let connection = Connection(
            upgraded: .client, configuration: .init(ConnectionConfiguration()), keys: SeededMaskingKeys(seed: 7),
            now: .zero)
        let frames = try sender(connection).frames
        #expect(frames.map(\.payload) == contents)
        #expect(frames.map(\.opcode) == [1, 2, 1, 9, 0, 10, 2, 10, 8])
        let reference = SeededMaskingKeys(seed: 7)
        for frame in frames {
            let key = reference.nextKey()
            #expect(frame.key.map { MaskingKey($0[0], $0[1], $0[2], $0[3]) } == key)
        }
    }

    // R-5.1-2
    @Test func `a server masks nothing, even if it was given keys`() throws {
        for keys in [nil, SeededMaskingKeys(seed: 7)] {
            let connection = Connection(
                upgraded: .server, configuration: .init(ConnectionConfiguration()), keys: keys, now: .zero)
            let frames = try sender(connection).frames
            #expect(frames.map(\.payload) == contents)
            #expect(frames.allSatisfy { $0.key == nil })
        }
    }

    // R-5.1-3, R-5.1-4, B-RECV-032, B-RECV-033
    @Test(arguments: Role.both, [0x81, 0x82, 0x01, 0x88, 0x89, 0x8A] as [UInt8])
    func `a frame with the wrong mask bit fails with 1002 at its second byte`(role: Role, first: UInt8) {
        for length: UInt8 in [0, 2] {
            let endpoint = Endpoint.open(role)
            endpoint.receive([first])
            #expect(endpoint.events == [])
            endpoint.receive([(role == .server ? 0 : 0x80) | length])
            let error: FrameError = role == .server ? .missingMask : .unexpectedMask
            #expect(endpoint.events == [.failed(.frame(error))])
            #expect(endpoint.output == closeFrame(1002, role))
        }
    }

    // B-RECV-004, B-RECV-032, B-RECV-033
    @Test func `the samples of Node's tests`() {
        let sample = Feeder.play(hex("81933483a86801b992524fa1c60959e68a5216e6cb005ba1d5")) { .open(.server) }
        #expect(sample.events == [.text(#"5:::{"name":"echo"}"#)])
        #expect(Feeder.play(hex("81026869")) { .open(.server) }.events == [.failed(.frame(.missingMask))])
        #expect(Feeder.play(hex("8182563aac803e53")) { .open(.client) }.events == [.failed(.frame(.unexpectedMask))])
    }

    // R-5.3-2, B-RECV-005, B-RECV-006, B-RECV-012, B-RECV-014
    @Test func `a server unmasks payloads of any length, wherever they are cut`() {
        let wire = Wire(role: .server)
        let stream = (0...67).flatMap { wire.frame(0x82, pattern($0, from: $0)) }
        let played = Feeder.play(stream) { .open(.server) }
        #expect(played.events == (0...67).map { .binary(pattern($0, from: $0)) })
        for size in [200, 256, 64 * 1024, 200 * 1024] {
            let payload = pattern(size)
            #expect(Feeder.play(wire.frame(0x82, payload)) { .open(.server) }.events == [.binary(payload)])
        }
    }

    // R-5.3-3, B-SNDR-023
    @Test func `the key may be zero, in both directions`() throws {
        let wire = Wire(role: .server, key: [0, 0, 0, 0])
        #expect(Feeder.play(wire.frame(0x81, "plain")) { .open(.server) }.events == [.text("plain")])
        let endpoint = Endpoint.open(.client)
        try endpoint.send([1, 2])
        endpoint.settle()
        #expect(endpoint.output == hex("8282 00000000 0102"))
    }

    // R-10.3-1, F-7, B-SEND-019, B-SNDR-001
    @Test(arguments: Role.both, [100, 100_000])
    func `the caller's bytes are neither changed by sending nor followed afterwards`(role: Role, size: Int) throws {
        let endpoint = Endpoint.open(role)
        var payload = pattern(size)
        let bytes = Bytes(payload)
        endpoint.room = 10
        try endpoint.connection.send(bytes, isBinary: true, now: endpoint.now)
        try endpoint.send(payload)
        endpoint.settle()
        for index in payload.indices { payload[index] = 0xFF }
        endpoint.room = .max
        endpoint.settle()
        #expect(try endpoint.frames.map(\.payload) == [pattern(size), pattern(size)])
        #expect(Array(bytes) == pattern(size))
    }
}
