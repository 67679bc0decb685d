import Testing
import WSConnection
import WSFrame
import WSHandshake

@Suite("RFC 6455 §7.4: status codes")
struct CloseCodeTests {
    /// Codes that may stand in a close frame, written down once more.
    static func isAllowed(_ code: UInt16) -> Bool {
        [1000, 1001, 1002, 1003].contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
    }

    // R-7.4-2, R-5.5.1-4, B-RECV-039, B-RECV-066
    @Test(arguments: Role.both)
    func `of all codes a peer can send, the valid ones are sent back and the others fail with 1002`(role: Role) {
        let configuration = ConnectionConfiguration.Shared(ConnectionConfiguration())
        var frame = Wire(role: role, key: [0, 0, 0, 0]).close(0)
        var allowed = 0
        for code in UInt16.min...UInt16.max {
            // Without an endpoint, for there are many.
            var connection = Connection(
                upgraded: role, configuration: configuration, keys: ZeroMaskingKeys(), now: .zero)
            frame[frame.count - 2] = UInt8(code >> 8)
            frame[frame.count - 1] = UInt8(code & 0xFF)
            connection.receive(Bytes(frame), now: .zero)
            let seen = connection.nextEvent(now: .zero).map { Seen($0) }
            let answer = connection.takeOutput()
            let isAllowed = Self.isAllowed(code)
            if isAllowed { allowed += 1 }
            let event: Seen = isAllowed ? .closing(code, "") : .failed(.closePayload(.invalidCode(code)))
            if seen != event || answer != closeFrame(isAllowed ? code : 1002, role) {
                Issue.record("\(code): \(String(describing: seen)) \(hexText(answer))")
            }
        }
        #expect(allowed == 4 + 8 + 2000)
    }

    // R-7.4-1, B-CLOSE-011, B-CLOSE-012, B-CLOSE-021, B-SNDR-018
    @Test(arguments: Role.both)
    func `of all codes, those that may not stand in a close frame are refused to the caller`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        for code in UInt16.min...UInt16.max where !Self.isAllowed(code) {
            do {
                try endpoint.close(code)
                Issue.record("\(code) was sent")
            } catch {
                if error != .invalidCloseCode(CloseCode(code)) { Issue.record("\(code): \(error)") }
            }
        }
        #expect(endpoint.state == .open)
        #expect(!endpoint.hasOutput)
        for code: UInt16 in [1000, 1003, 1007, 1013, 1014, 3000, 4999] {
            let endpoint = Endpoint.open(role)
            try endpoint.close(code)
            endpoint.settle()
            #expect(endpoint.output == closeFrame(code, role))
        }
    }

    // R-7.1.2-1, B-SNDR-020
    @Test(arguments: Role.both)
    func `a reason has at most 123 bytes, and a code before it`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        #expect(throws: SendError.closeReasonTooLong(byteCount: 124)) {
            try endpoint.close(1000, String(repeating: "a", count: 124))
        }
        #expect(throws: SendError.closeReasonTooLong(byteCount: 124)) {
            try endpoint.close(1000, String(repeating: "é", count: 62))
        }
        #expect(throws: SendError.closeReasonWithoutCode) {
            try endpoint.close(nil, "why")
        }
        #expect(endpoint.state == .open)
        try endpoint.close(1000, String(repeating: "a", count: 123))
        endpoint.settle()
        #expect(try endpoint.frames.first?.payload.count == 125)
    }

    // B-CLOSE-022, B-CLOSE-013
    @Test(arguments: Role.both)
    func `a wrong code is no fault once the connection closes, nor after`(role: Role) throws {
        let endpoint = Endpoint.open(role)
        try endpoint.close()
        try endpoint.close(1)
        endpoint.receiveEnd()
        #expect(endpoint.state == .closed)
        try endpoint.close(1)
        #expect(endpoint.events == [.closedAbnormally])
    }

    // R-7.4-4, R-7.1.7-1
    @Test func `each failure says in its close frame what was wrong`() {
        let codes: [(ConnectionFailure, CloseCode?)] = [
            (.frame(.reservedBits), .protocolError), (.frame(.payloadTooLong(1 << 60)), .messageTooBig),
            (.closePayload(.truncatedCode), .protocolError), (.closePayload(.invalidCode(1)), .protocolError),
            (.closePayload(.invalidReason(offset: 2)), .invalidPayloadData),
            (.invalidUTF8(offset: 0), .invalidPayloadData),
            (.compression(CompressionError(code: "", message: "")), .invalidPayloadData),
            (.messageTooBig(limit: 1), .messageTooBig), (.tooManyFragments(limit: 1), .policyViolation),
            (.messageTimedOut, .policyViolation), (.tooMuchQueued(limit: 1), .policyViolation),
            (.keepAliveTimedOut, nil), (.handshakeTimedOut, nil), (.endedBeforeOpen, nil), (.closedBeforeOpen, nil),
            (.handshake(.noSubprotocol), nil),
        ]
        for (failure, code) in codes {
            #expect(failure.closeCode == code)
            #expect(!failure.rfcSection.isEmpty)
        }
    }
}
