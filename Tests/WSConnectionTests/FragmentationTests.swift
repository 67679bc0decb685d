import Testing
import WSConnection
import WSFrame

@Suite("RFC 6455 §5.4: fragmentation")
struct FragmentationTests {
    // R-5.4-1, R-5.4-6, R-6.2-1, B-RECV-007
    @Test(arguments: Role.both, [2, 3, 100])
    func `a message in many fragments is the sum of them, in order, of the first one's type`(role: Role, count: Int) {
        let wire = Wire(role: role)
        let fragments = (0..<count).map { [UInt8($0)] }
        for opcode: UInt8 in [1, 2] {
            let played = Feeder.play(wire.message(opcode, fragments)) { .open(role) }
            #expect(played.events == [.message(fragments.flatMap(\.self), isBinary: opcode == 2)])
            #expect(played.output == [])
        }
    }

    // B-RECV-015, B-RECV-048, B-RECV-049, B-RECV-051, B-BUF-001: sizes from Node's tests; here every message is one run of bytes.
    @Test(
        arguments: Role.both, [[204_800], [7_321, 137, 285_787, 3], [19_221, 954, 62_398], [75_688, 2_688, 46_753]])
    func `long messages in uneven fragments, each header and payload apart`(role: Role, sizes: [Int]) {
        let wire = Wire(role: role)
        let fragments = sizes.enumerated().map { pattern($1, from: 10 * $0) }
        let stream = wire.message(2, fragments)
        #expect(Feeder.play(stream) { .open(role) }.events == [.binary(fragments.flatMap(\.self))])

        let endpoint = Endpoint.open(role)
        for (index, fragment) in fragments.enumerated() {
            let first: UInt8 = (index == 0 ? 2 : 0) | (index == fragments.count - 1 ? 0x80 : 0)
            let frame = wire.frame(first, fragment)
            endpoint.receive(Array(frame.prefix(frame.count - fragment.count)))
            endpoint.receive(Array(frame.suffix(fragment.count)))
        }
        #expect(endpoint.events == [.binary(fragments.flatMap(\.self))])
    }

    // R-5.4-7, B-RECV-067
    @Test(arguments: Role.both)
    func `fragments may be empty, the first, those between, the last, and all of them`(role: Role) {
        let wire = Wire(role: role)
        for fragments in [
            [[], [], []], [[], [1, 2]], [[1, 2], []], [[1], [], [], [2]], [[], [1], [], [2], []],
        ] as [[[UInt8]]] {
            let stream = wire.message(1, fragments) + wire.message(2, fragments)
            let sum = fragments.flatMap(\.self)
            let played = Feeder.play(stream) { .open(role) }
            #expect(played.events == [.message(sum, isBinary: false), .message(sum, isBinary: true)])
        }
    }

    // R-5.4-2, B-RECV-027
    @Test(arguments: Role.both, [0x00, 0x80] as [UInt8])
    func `a continuation of nothing fails with 1002`(role: Role, first: UInt8) {
        let wire = Wire(role: role)
        for before in [[], wire.frame(0x81, "a"), wire.message(2, [[1], [2]]), wire.frame(0x8A)] {
            let played = Feeder.play(before + [first]) { .open(role) }
            #expect(played.events.last == .failed(.frame(.unexpectedContinuation)))
            #expect(played.events.count == (before.isEmpty ? 1 : 2))
            #expect(played.output == closeFrame(1002, role))
        }
    }

    // R-5.4-3, B-RECV-028, B-RECV-029
    @Test(arguments: Role.both, [Opcode.text, .binary])
    func `a new message inside an unfinished one fails with 1002`(role: Role, opcode: Opcode) {
        let wire = Wire(role: role)
        for begun: UInt8 in [0x01, 0x02] {
            for fin: UInt8 in [0x00, 0x80] {
                for between in [[], wire.frame(0x00, "b"), wire.frame(0x8A)] {
                    let played = Feeder.play(wire.frame(begun, "a") + between + [fin | opcode.rawValue]) { .open(role) }
                    #expect(played.events.last == .failed(.frame(.expectedContinuation(opcode))))
                    #expect(played.output == closeFrame(1002, role))
                }
            }
        }
    }

    // B-RECV-056, B-PAUSE-005, B-EVT-011
    @Test(arguments: Role.both)
    func `all events of one piece come in order, one after the other, without further input`(role: Role) {
        let wire = Wire(role: role)
        let stream =
            wire.frame(0x81, "1") + wire.frame(0x89, "2") + wire.frame(0x8A, "3") + wire.frame(0x82, [4])
        let endpoint = Endpoint.open(role)
        endpoint.listener = { endpoint, _ in endpoint.connection.isPaused = true }
        endpoint.connection.receive(Bytes(stream), now: endpoint.now)
        for count in 1...4 {
            #expect(endpoint.pullOne())
            #expect(endpoint.events.count == count)
        }
        #expect(!endpoint.pullOne())
        #expect(endpoint.events == [.text("1"), .ping([0x32]), .pong([0x33]), .binary([4])])
    }

    // What a listener sends leaves before the answer to what came behind its message.
    @Test(arguments: Role.both)
    func `what a listener sends precedes the answer to the rest of the same read`(role: Role) throws {
        let wire = Wire(role: role)
        for (rest, code) in [(wire.close(1000), 1000), ([0x83], 1002)] as [([UInt8], UInt16)] {
            let played = Feeder.play(wire.frame(0x81, "question") + rest) {
                let endpoint = Endpoint.open(role)
                endpoint.listener = { endpoint, event in
                    if case .message = event { _ = try? endpoint.send("answer") }
                }
                return endpoint
            }
            #expect(played.output == written(0x81, Array("answer".utf8), role) + closeFrame(code, role))
        }
    }
}
