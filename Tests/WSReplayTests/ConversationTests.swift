import Testing
import WSFrame
import WSReplay

@Suite("Conversations heard in between")
struct ConversationTests {
    private static let request = Array(
        """
        GET /chat HTTP/1.1\r
        Host: server.example.com\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        \r

        """.utf8)
    private static let response = Array(
        """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
        \r

        """.utf8)
    private static let fromClient: [UInt8] = [
        0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58, 0x88, 0x80, 1, 2, 3, 4,
    ]
    private static let fromServer: [[UInt8]] = [[0x81, 5] + Array("Hello".utf8), [0x88, 0]]

    private func conversation() -> Conversation {
        var conversation = Conversation()
        conversation.add(Self.request, from: .client, at: .zero)
        conversation.add(Self.response, from: .server, at: .milliseconds(1))
        conversation.add(Array(Self.fromClient.prefix(11)), from: .client, at: .milliseconds(2))
        conversation.add(Self.fromServer[0], from: .server, at: .milliseconds(3))
        conversation.add(Array(Self.fromClient.dropFirst(11)), from: .client, at: .milliseconds(4))
        conversation.add(Self.fromServer[1], from: .server, at: .milliseconds(5))
        conversation.addEnd(of: .server, at: .milliseconds(6))
        conversation.addEnd(of: .client, at: .milliseconds(7))
        return conversation
    }

    @Test(arguments: [Role.client, .server])
    func `either end becomes a fixture that sends what it sent`(role: Role) throws {
        let fixture = try #require(conversation().fixture(for: role))
        #expect(fixture.story == [])
        #expect(SplitCheck(fixture, effort: .quick).run().fault == nil)
        let text = fixture.description
        #expect(text.contains("@0.003 \(role == .server ? "call send" : "event") text: \"Hello\"\n") || role == .client)
        #expect(text.contains("event closed 1005 clean\n"))
        #expect(text.contains("state closed\n"))
    }

    @Test func `a plain request that was answered is told as a refusal`() throws {
        var conversation = Conversation()
        conversation.add(Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8), from: .client, at: .zero)
        conversation.add(Array("HTTP/1.1 404 Not Found\r\n\r\n".utf8), from: .server, at: .milliseconds(1))
        conversation.addEnd(of: .server, at: .milliseconds(2))
        conversation.addEnd(of: .client, at: .milliseconds(3))
        let fixture = try #require(conversation.fixture(for: .server))
        let text = fixture.description
        #expect(text.contains("event plain-request \"GET\" \"/\"\n@0.001 call refuse 404\n"))
        // To end the stream behind a refusal is no giving up.
        #expect(!text.contains("call abort"))
        #expect(SplitCheck(fixture, effort: .quick).run().fault == nil)
    }

    @Test func `without a handshake there is no fixture`() {
        var conversation = Conversation()
        conversation.add([0x81, 0], from: .client, at: .zero)
        #expect(conversation.fixture(for: .server) == nil)
    }

    // MARK: Captures

    private func little(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private func big(_ value: Int, _ width: Int) -> [UInt8] { Array(little(value, width).reversed()) }

    /// One packet of the loopback device: IPv4, TCP.
    private func packet(from sender: Role, sequence: Int, flags: UInt8, _ payload: [UInt8] = [], at time: Int)
        -> [UInt8]
    {
        let ports = sender == .client ? big(40_000, 2) + big(80, 2) : big(80, 2) + big(40_000, 2)
        let segment = ports + big(sequence, 4) + big(0, 4) + [0x50, flags] + big(0, 6) + payload
        let network =
            [0x45, 0] + big(20 + segment.count, 2) + big(0, 4) + [64, 6] + big(0, 2) + [127, 0, 0, 1, 127, 0, 0, 1]
        let frame = big(0, 12) + [8, 0] + network + segment
        return little(1_000, 4) + little(time, 4) + little(frame.count, 4) + little(frame.count, 4) + frame
    }

    private func capture() -> [UInt8] {
        let first = Self.fromClient.count - 6
        let client = 1 + Self.request.count
        let server = 501 + Self.response.count
        return little(0xA1B2_C3D4, 4) + little(2, 2) + little(4, 2) + little(0, 8) + little(65_535, 4) + little(1, 4)
            + packet(from: .client, sequence: 0, flags: 2, at: 0)
            + packet(from: .server, sequence: 500, flags: 0x12, at: 10)
            + packet(from: .client, sequence: 1, flags: 0x10, Self.request, at: 20)
            + packet(from: .server, sequence: 501, flags: 0x10, Self.response, at: 1_000)
            // The close frame overtakes the message, part of which is sent twice.
            + packet(
                from: .client, sequence: client + first, flags: 0x10, Array(Self.fromClient[first...]), at: 2_000)
            + packet(from: .client, sequence: client, flags: 0x10, Array(Self.fromClient[..<5]), at: 2_100)
            + packet(from: .client, sequence: client, flags: 0x10, Array(Self.fromClient[..<first]), at: 2_200)
            + packet(from: .server, sequence: server, flags: 0x10, Self.fromServer[0], at: 3_000)
            + packet(from: .server, sequence: server + 7, flags: 0x11, Self.fromServer[1], at: 5_000)
            + packet(from: .client, sequence: client + Self.fromClient.count, flags: 0x11, at: 7_000)
    }

    @Test func `a capture is put in order, without what was sent twice`() throws {
        let heard = try PacketCapture(capture()).conversation
        #expect(heard.bytes(from: .client) == Self.request + Self.fromClient)
        #expect(heard.bytes(from: .server) == Self.response + Self.fromServer.joined())
        let fixture = try #require(heard.fixture(for: .server))
        #expect(fixture.description.contains("event closed 1005 clean\n"))
        #expect(SplitCheck(fixture, effort: .quick).run().fault == nil)
    }

    @Test func `what is no capture is refused, and a torn one read as far as it goes`() throws {
        #expect(throws: PacketCapture.Failure.notPcap) { try PacketCapture([1, 2, 3]) }
        #expect(throws: PacketCapture.Failure.notPcap) { try PacketCapture([UInt8](repeating: 0, count: 100)) }
        let whole = capture()
        #expect(throws: PacketCapture.Failure.noConnection) { try PacketCapture(Array(whole.prefix(24))) }
        for count in stride(from: 24, through: whole.count, by: 7) {
            _ = try? PacketCapture(Array(whole.prefix(count)))
        }
    }
}
